import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from osbot_lambda.aws.session.AWS_Session import AWS_Session
from tests.aws.Fault import Fault

NO_SUCH_HOST = 'no-such-host.localhost'


class Failing_Endpoint:
    """An AWS endpoint of any service that fails as it is told to, with sessions that neither retry nor wait for long.

    with Failing_Endpoint() as endpoint:
        error = endpoint.error_of(fault, lambda session: S3(session), 'buckets')
        assert type(error) is fault.error
    """

    def __init__(self) -> None:
        self._fault: Fault | None = None
        self._released = threading.Event()
        self._sessions: dict[str, AWS_Session] = {}

    def __enter__(self) -> Self:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            disable_nagle_algorithm = True  # or each body waits 40 ms for the client's ACK of the headers

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if self.raw_requestline and self.parse_request():
                    self.rfile.read(int(self.headers.get('content-length') or 0))
                    endpoint._answer(self)
                else:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self._server.daemon_threads = True
        self._nobody = socket.socket()  # bound and not listening: connecting is refused
        self._nobody.bind(('127.0.0.1', 0))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._nobody.close()

    def session(self, fault: Fault) -> AWS_Session:
        """A session whose calls meet this fault."""
        if fault.name not in self._sessions:
            host, port = '127.0.0.1', self._server.server_address[1]
            if fault.name == 'refused':
                port = self._nobody.getsockname()[1]
            if fault.name == 'no such host':
                host = NO_SUCH_HOST
            self._sessions[fault.name] = AWS_Session(
                {
                    'endpoint_url': f'http://{host}:{port}',
                    'region_name': 'us-east-1',
                    'aws_access_key_id': 'ASIAEXAMPLE',
                    'aws_secret_access_key': 'secret',
                    'aws_session_token': 'token',
                    'max_attempts': 1,
                    'connect_timeout': 5,
                    'read_timeout': 0.02 if fault.name == 'silent' else 30,
                }
            )
        self._fault = fault
        return self._sessions[fault.name]

    def error_of(self, fault: Fault, factory: Any, method: str, *args: Any, **kwargs: Any) -> BaseException | None:
        """What comes out of factory(session).method(*args, **kwargs) when every call meets the fault: what it raises,
        or the 'exception' of the dict that it returns; None when it is no error at all. Iterators are read."""
        session = self.session(fault)
        try:
            with self._names(fault):
                found = getattr(factory(session), method)(*args, **kwargs)
                if isinstance(found, Iterator):
                    found = list(found)
        except Exception as error:  # noqa: BLE001  the error is what the test is about
            return error
        return found.get('exception') if isinstance(found, dict) else None

    @contextmanager
    def _names(self, fault: Fault) -> Iterator[None]:
        """For the fault of that name, one host has no address."""
        if fault.name != 'no such host':
            yield
            return
        look_up = socket.getaddrinfo

        def none_of_it(host: Any, *args: Any, **kwargs: Any) -> Any:
            if host == NO_SUCH_HOST:
                raise socket.gaierror(socket.EAI_NONAME, 'Name or service not known')
            return look_up(host, *args, **kwargs)

        socket.getaddrinfo = none_of_it  # type: ignore[assignment]
        try:
            yield
        finally:
            socket.getaddrinfo = look_up

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        fault = self._fault
        assert fault is not None
        if fault.name == 'silent':
            self._released.wait()
        if not fault.codes:
            request.close_connection = True
            return
        protocol = _protocol(request)
        status, code = fault.codes[protocol]
        body, headers = _body(protocol, code)
        request.send_response(status)
        for name, value in {**headers, 'x-amzn-RequestId': 'r-1', 'Content-Length': str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        if request.command != 'HEAD':
            request.wfile.write(body)
        request.wfile.flush()


def _protocol(request: BaseHTTPRequestHandler) -> str:
    if request.headers.get('x-amz-target'):
        return 'json'
    if request.headers.get('content-type', '').startswith('application/x-www-form-urlencoded'):
        return 'query'
    return 'rest-xml' if '/s3/aws4_request' in request.headers.get('authorization', '') else 'rest-json'


def _body(protocol: str, code: str) -> tuple[bytes, dict[str, str]]:
    text = 'because the test says so'
    if protocol == 'json':
        return json.dumps({'__type': code, 'message': text}).encode(), {'Content-Type': 'application/x-amz-json-1.1'}
    if protocol == 'rest-json':
        return json.dumps({'Message': text}).encode(), {'x-amzn-ErrorType': code, 'Content-Type': 'application/json'}
    error = f'<Error><Code>{code}</Code><Message>{text}</Message></Error>'
    if protocol == 'query':
        error = f'<ErrorResponse>{error}<RequestId>r-1</RequestId></ErrorResponse>'
    return error.encode(), {'Content-Type': 'text/xml'}
