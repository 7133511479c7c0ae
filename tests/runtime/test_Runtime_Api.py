import http.client
import json
import select
import socket

import pytest

from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Runtime_Api import Runtime_Api
from osbot_lambda.runtime.Runtime_Api__Connection import Runtime_Api__Connection

NEXT = b'GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n'


def post(path, body, length=None):
    length = len(body) if length is None else length
    return f'POST /2018-06-01/runtime/{path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n'.encode() + body


class Peer:
    """A worker's side, and the driving of ours."""

    def __init__(self):
        self.poller = select.poll()
        self.api = Runtime_Api(self.poller)
        self.sockets = []

    def connect(self):
        host, port = self.api.address.split(':')
        self.sockets.append(socket.create_connection((host, int(port)), timeout=20))
        return self.sockets[-1]

    def events(self, count=1):
        found = []
        while len(found) < count:
            reported = self.poller.poll(20_000)
            assert reported
            for fd, mask in reported:
                found += self.api.handle(fd, mask)
        return [(event.kind, event.body) for event in found]

    def step(self, milliseconds=20_000):
        return [event for fd, mask in self.poller.poll(milliseconds) for event in self.api.handle(fd, mask)]

    def close(self):
        for connection in self.sockets:
            connection.close()
        self.api.close()


@pytest.fixture
def peer():
    peer = Peer()
    yield peer
    peer.close()


class test_Runtime_Api:
    def test_an_event_and_its_response_over_one_connection(self, peer):
        connection = peer.connect()
        connection.sendall(NEXT)
        assert peer.events() == [('next', b'')]
        peer.api.send_event(Invocation('id-1', b'{"a":1}', 'arn:x', '{\r\n"k":1}', 'Root=1'), 1234)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, answer.read()) == (200, b'{"a":1}')
        assert {name: value for name, value in answer.getheaders() if name.startswith('Lambda')} == {
            'Lambda-Runtime-Aws-Request-Id': 'id-1',
            'Lambda-Runtime-Deadline-Ms': '1234',
            'Lambda-Runtime-Invoked-Function-Arn': 'arn:x',
            'Lambda-Runtime-Client-Context': '{  "k":1}',
            'Lambda-Runtime-Trace-Id': 'Root=1',
        }
        connection.sendall(post('invocation/id-1/response', b'"done"') + NEXT)
        assert peer.events(2) == [('response', b'"done"'), ('next', b'')]
        accepted = http.client.HTTPResponse(connection)
        accepted.begin()
        assert (accepted.status, json.loads(accepted.read())) == (202, {'status': 'OK'})

    def test_errors_may_come_on_another_connection(self, peer):
        peer.connect().sendall(NEXT)
        peer.events()
        peer.api.send_event(Invocation('id-1', b'{}', 'arn:x'), 1)
        peer.connect().sendall(post('invocation/id-1/error', b'{"e":1}'))
        assert peer.events() == [('error', b'{"e":1}')]
        peer.connect().sendall(post('init/error', b'{"e":2}'))
        assert peer.events() == [('init_error', b'{"e":2}')]

    def test_a_request_may_come_in_pieces(self, peer):
        connection = peer.connect()
        data = post('init/error', b'{"e":2}')
        for byte in data[:-1]:
            connection.sendall(bytes([byte]))
            assert peer.step() == []
        connection.sendall(data[-1:])
        assert peer.events() == [('init_error', b'{"e":2}')]

    def test_a_large_event_is_sent_as_the_worker_reads_it(self, peer):
        connection = peer.connect()
        connection.sendall(NEXT)
        peer.events()
        payload = b'x' * (6 * 1024 * 1024)
        peer.api.send_event(Invocation('id-1', payload, 'arn:x'), 1)
        received = bytearray()
        connection.setblocking(False)
        while not received.endswith(b'\r\n\r\n' + payload):
            peer.step(0)
            try:
                while data := connection.recv(1024 * 1024):
                    received += data
            except BlockingIOError:
                pass

    @pytest.mark.parametrize(
        ('request_bytes', 'status'),
        [
            (post('invocation/other/response', b'1'), 400),
            (post('invocation/id-1/nonsense', b'1'), 400),
            (post('nonsense', b'1'), 404),
        ],
        ids=['another request', 'another verb', 'another path'],
    )
    def test_what_it_does_not_know_is_answered_and_is_no_event(self, peer, request_bytes, status):
        connection = peer.connect()
        connection.sendall(NEXT)
        peer.events()
        peer.api.send_event(Invocation('id-1', b'', 'arn:x'), 1)
        other = peer.connect()
        other.sendall(request_bytes)
        assert peer.step() == []
        assert peer.step() == []
        answer = http.client.HTTPResponse(other)
        answer.begin()
        assert answer.status == status

    def test_a_body_over_the_limit_is_known_from_its_header(self, peer):
        peer.connect().sendall(post('invocation/id-1/response', b'', Runtime_Api__Connection.MAX_BODY + 1))
        assert peer.events() == [('too_large', b'')]

    def test_what_is_not_http_is_hung_up_on(self, peer):
        connection = peer.connect()
        connection.sendall(b'nonsense\r\n\r\n')
        assert peer.step() == []
        assert peer.step() == []
        assert connection.recv(1) == b''

    def test_a_worker_that_has_hung_up_is_no_obstacle(self, peer):
        connection = peer.connect()
        connection.sendall(NEXT)
        peer.events()
        connection.close()
        peer.step()
        peer.api.send_event(Invocation('id-1', b'{}', 'arn:x'), 1)
        peer.connect().sendall(NEXT)
        assert peer.events() == [('next', b'')]
