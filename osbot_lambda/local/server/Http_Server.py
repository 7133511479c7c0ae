import errno
import socket
import threading
from collections.abc import Callable
from typing import Any, Optional, Self

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from osbot_lambda.errors import Local_Cloud__Port_Taken
from osbot_lambda.local.server.Http_Channel import Http_Channel
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.Http_Threads import Http_Threads


class Http_Server:
    """HTTP/1.1 on 127.0.0.1: one function answers every request, on a thread of a growing pool.

    Shapes : handler(Http_Request, peer: str) -> Http_Response; peer is the caller's address.
    Units  : MAX_BODY, IN_MEMORY bytes; IDLE_SECONDS is how long a silent connection is kept.
    Errors : Local_Cloud__Port_Taken.
    """

    HOST = '127.0.0.1'
    MAX_BODY = 5 * 1024**3  # S3's limit of one PUT
    IN_MEMORY = 64 * 1024**2  # above it a body goes through a temporary file
    IDLE_SECONDS = 3600

    def __init__(self, handler: Callable[[Http_Request, str], Http_Response], port: int = 0):
        self.handler = handler
        self.port = port
        self._server: Optional[Any] = None
        self._threads: Optional[Http_Threads] = None
        self._loop: Optional[threading.Thread] = None
        self._map: dict[int, Any] = {}
        self._stopping = False

    def start(self) -> Self:
        """Listen and answer; `port` is the real one from here on."""
        sock = self._bind()
        self.port = sock.getsockname()[1]
        self._threads = Http_Threads()
        settings = Adjustments(
            sockets=[sock],
            asyncore_use_poll=True,
            backlog=1024,
            channel_timeout=self.IDLE_SECONDS,
            clear_untrusted_proxy_headers=False,
            connection_limit=100_000,
            ident='',
            inbuf_overflow=self.IN_MEMORY,
            log_socket_errors=False,  # a client may leave whenever it likes
            max_request_body_size=self.MAX_BODY,
            outbuf_overflow=self.IN_MEMORY,
            recv_bytes=256 * 1024,
        )
        self._server = TcpWSGIServer(
            self.handler,
            map=self._map,
            _sock=sock,
            dispatcher=self._threads,
            adj=settings,
            sockinfo=(sock.family, sock.type, sock.proto, sock.getsockname()),
            bind_socket=False,
        )
        self._server.channel_class = Http_Channel
        self._loop = threading.Thread(target=self._run, name='http-server', daemon=True)
        self._loop.start()
        return self

    def stop(self, seconds: float = 1.0) -> None:
        """Close the port, give running answers these seconds, close every connection. Idempotent."""
        if self._server is None or self._threads is None or self._loop is None or self._stopping:
            return
        self._stopping = True
        self._server.pull_trigger()
        self._loop.join()
        self._server.del_channel()
        self._server.socket.close()
        self._threads.logger.disabled = True  # its warnings about unfinished threads are no news here
        self._threads.shutdown(timeout=seconds)
        self._threads.logger.disabled = False
        if not self._threads.threads:  # else one of them may still write to the trigger's pipe
            wasyncore.close_all(self._map)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _bind(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left may be taken again
            sock.bind((self.HOST, self.port))
            sock.listen(1024)
        except OSError as error:
            sock.close()
            if error.errno == errno.EADDRINUSE:
                raise Local_Cloud__Port_Taken(self.port) from None
            raise
        return sock

    def _run(self) -> None:
        while not self._stopping:
            wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)
