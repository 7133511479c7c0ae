import http.client
import socket
import threading

import pytest

from osbot_lambda.errors import Local_Cloud__Port_Taken
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.Http_Server import Http_Server
from osbot_lambda.local.server.Http_Threads import Http_Threads


class Handler:
    """Keeps what came in, and answers what a test says."""

    def __init__(self):
        self.seen: list[Http_Request] = []
        self.answer = Http_Response(200, (), b'hello')

    def __call__(self, request, peer):
        self.seen.append(request)
        return self.answer(request) if callable(self.answer) else self.answer


@pytest.fixture
def handler():
    return Handler()


@pytest.fixture
def server(handler):
    with Http_Server(handler) as server:
        yield server


@pytest.fixture
def connection(server):
    connection = http.client.HTTPConnection('127.0.0.1', server.port, timeout=20)
    yield connection
    connection.close()


def raw(server, text):
    """What the server says to these bytes, until it closes the connection."""
    with socket.create_connection(('127.0.0.1', server.port), timeout=20) as sock:
        sock.sendall(text)
        return b''.join(iter(lambda: sock.recv(65536), b''))


class test_Http_Server:
    def test_a_request_arrives_as_it_was_sent(self, connection, handler):
        connection.request('POST', '/a%2Fb/c%20d//e?x=%41&y', body=b'\x00\xff', headers={'X-Some': 'Value'})
        assert connection.getresponse().read() == b'hello'
        request = handler.seen[0]
        assert (request.method, request.path, request.query) == ('POST', '/a%2Fb/c%20d//e', 'x=%41&y')
        assert request.body == b'\x00\xff'
        assert request.headers['x-some'] == 'Value'
        assert request.headers['content-length'] == '2'

    def test_header_names_keep_their_underscores(self, connection, handler):
        connection.request('GET', '/', headers={'x-amz-meta-a_b': 'one', 'x-amz-meta-a-b': 'two'})
        connection.getresponse().read()
        assert handler.seen[0].headers['x-amz-meta-a_b'] == 'one'
        assert handler.seen[0].headers['x-amz-meta-a-b'] == 'two'

    def test_an_absolute_request_target_loses_its_host(self, server, handler):
        raw(server, b'GET http://sqs.localhost/x/y?z HTTP/1.0\r\n\r\n')
        assert (handler.seen[0].path, handler.seen[0].query) == ('/x/y', 'z')

    def test_a_path_that_is_not_ascii_is_refused(self, server, handler):
        assert raw(server, 'GET /bücket/key HTTP/1.0\r\n\r\n'.encode()).startswith(b'HTTP/1.0 400 Bad Request')
        assert handler.seen == []

    def test_a_chunked_body_arrives_whole(self, connection, handler):
        connection.request('PUT', '/', body=iter([b'one ', b'two']), encode_chunked=True)
        connection.getresponse().read()
        assert handler.seen[0].body == b'one two'
        assert handler.seen[0].headers['content-length'] == '7'

    def test_expect_100_continue_is_answered_before_the_body(self, server, handler):
        with socket.create_connection(('127.0.0.1', server.port), timeout=20) as sock:
            sock.sendall(b'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n')
            assert sock.recv(100).startswith(b'HTTP/1.1 100 Continue')
            sock.sendall(b'abc')
            assert sock.recv(100).startswith(b'HTTP/1.1 200 OK')
        assert handler.seen[0].body == b'abc'

    def test_expect_100_continue_without_a_body_is_answered_at_once(self, server, handler):
        with socket.create_connection(('127.0.0.1', server.port), timeout=20) as sock:
            sock.sendall(b'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n')
            assert sock.recv(100).startswith(b'HTTP/1.1 200 OK')
        assert handler.seen[0].body == b''

    def test_a_connection_is_kept_for_the_next_request(self, connection):
        connection.request('GET', '/1')
        connection.getresponse().read()
        sock = connection.sock
        connection.request('GET', '/2')
        assert connection.getresponse().read() == b'hello'
        assert connection.sock is sock is not None

    def test_a_connection_is_closed_when_the_client_asks_for_it(self, server):
        answer = raw(server, b'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        assert b'\r\nConnection: close\r\n' in answer
        assert answer.endswith(b'\r\n\r\nhello')

    def test_headers_pass_as_the_handler_gave_them(self, connection, handler):
        handler.answer = Http_Response(200, (('x-amzn-RequestId', 'r'), ('Set-Cookie', 'a'), ('Set-Cookie', 'b')), b'')
        connection.request('GET', '/')
        headers = connection.getresponse().getheaders()
        names = [name for name, _ in headers]
        assert sorted(names) == ['Content-Length', 'Date', 'Set-Cookie', 'Set-Cookie', 'x-amzn-RequestId']
        assert [value for name, value in headers if name == 'Set-Cookie'] == ['a', 'b']

    def test_a_header_cannot_end_the_headers(self, connection, handler):
        handler.answer = Http_Response(200, (('x-amz-meta-a', 'one\r\nInjected: yes'),), b'')
        connection.request('GET', '/')
        response = connection.getresponse()
        assert response.getheader('x-amz-meta-a') == 'one Injected: yes'
        assert response.getheader('Injected') is None

    def test_head_keeps_the_length_and_has_no_body(self, connection, handler):
        handler.answer = Http_Response(200, (('content-length', '1234'),), b'')
        connection.request('HEAD', '/')
        response = connection.getresponse()
        assert (response.getheader('content-length'), response.read()) == ('1234', b'')
        handler.answer = Http_Response(200, (), b'next')
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'next'

    @pytest.mark.parametrize('status', [204, 304])
    def test_an_answer_without_a_body_has_no_length(self, connection, handler, status):
        handler.answer = Http_Response(status, (('Content-Length', '5'),), b'extra')
        connection.request('GET', '/')
        response = connection.getresponse()
        assert (response.status, response.getheader('content-length'), response.read()) == (status, None, b'')
        handler.answer = Http_Response(200, (), b'next')
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'next'

    def test_a_wrong_length_from_the_handler_is_put_right(self, connection, handler):
        handler.answer = Http_Response(200, (('Content-Length', '5'),), b'longer than five')
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'longer than five'

    def test_20_megabytes_go_both_ways(self, connection, handler):
        body = bytes(range(256)) * (80 * 1024)
        handler.answer = lambda request: Http_Response(200, (), request.body)
        connection.request('POST', '/', body=body)
        assert connection.getresponse().read() == body

    def test_requests_that_wait_do_not_hold_back_others(self, server, connection, handler):
        arrived, release = threading.Semaphore(0), threading.Event()

        def answer(request):
            if request.path == '/wait':
                arrived.release()
                release.wait(20)
            return Http_Response(200, (), request.path.encode())

        handler.answer = answer
        waiting = [http.client.HTTPConnection('127.0.0.1', server.port, timeout=20) for _ in range(64)]
        try:
            for each in waiting:
                each.request('GET', '/wait')
            for _ in waiting:
                assert arrived.acquire(timeout=20)
            connection.request('GET', '/quick')
            assert connection.getresponse().read() == b'/quick'
            release.set()
            assert {each.getresponse().read() for each in waiting} == {b'/wait'}
        finally:
            release.set()
            for each in waiting:
                each.close()

    def test_a_port_that_is_taken_is_a_typed_error(self, server, handler):
        with pytest.raises(Local_Cloud__Port_Taken):
            Http_Server(handler, server.port).start()

    def test_it_listens_on_loopback_alone(self, server):
        with socket.socket() as sock:
            sock.bind(('127.0.0.2', server.port))  # would be taken if it listened on every address

    def test_stopping_closes_the_port_and_leaves_no_thread(self, handler):
        before = set(threading.enumerate())
        server = Http_Server(handler).start()
        assert set(threading.enumerate()) > before
        server.stop()
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(('127.0.0.1', server.port))
        for thread in set(threading.enumerate()) - before:
            thread.join(20)
        assert set(threading.enumerate()) <= before


class test_Http_Threads:
    def test_it_grows_by_a_step_only_when_all_threads_are_busy(self):
        threads = Http_Threads()
        release = threading.Event()
        done = threading.Semaphore(0)

        class Task:
            def service(self):
                release.wait(20)
                done.release()

            def cancel(self):
                pass

        try:
            for _ in range(Http_Threads.FIRST):
                threads.add_task(Task())
            assert len(threads.threads) == Http_Threads.FIRST
            threads.add_task(Task())
            assert len(threads.threads) == Http_Threads.FIRST + Http_Threads.STEP
            release.set()
            for _ in range(Http_Threads.FIRST + 1):
                assert done.acquire(timeout=20)
        finally:
            release.set()
            threads.shutdown()
        assert not threads.threads
