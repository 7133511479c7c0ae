"""One HTTP connection from a worker to its Runtime API."""

import socket
from collections.abc import Mapping
from typing import Optional


class Runtime_Api__Connection:
    """One HTTP/1.1 connection from a worker to its Runtime API, non-blocking.

    Units  : MAX_BODY is Lambda's limit of a response, in bytes: 6 MiB + 100; MAX_HEADERS is bytes (awslambdaric sends
             up to 1 MiB about an error in a header).
    """

    MAX_BODY = 6_291_556
    MAX_HEADERS = 2 * 1024 * 1024
    READ_SIZE = 256 * 1024
    REASONS: Mapping[int, str] = {200: 'OK', 202: 'Accepted', 400: 'Bad Request', 404: 'Not Found'}

    def __init__(self, connection: socket.socket):
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._in = bytearray()
        self._head: Optional[tuple[str, str, int]] = None
        self._scanned = 0
        self._out = memoryview(b'')
        self.too_large = False

    def fileno(self) -> int:
        """For poll()."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def read(self) -> bool:
        """Take what has come; false when the connection is over."""
        try:
            data = self._socket.recv(self.READ_SIZE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._in += data
        return bool(data)

    def request(self) -> Optional[tuple[str, str, bytes]]:
        """The next complete request: method, path and body. Sets too_large when its body is over the limit.

        ValueError when it isn't HTTP.
        """
        if self._head is None:
            self._head = self._read_head()
            if self._head is None:
                return None
        method, path, length = self._head
        if length > self.MAX_BODY:
            self.too_large = True
            return None
        if len(self._in) < length:
            return None
        body = bytes(self._in[:length])
        del self._in[:length]
        self._head = None
        return method, path, body

    def answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> bool:
        """Send an answer, as much of it as goes now; true when that is all, else flush() sends on."""
        head = [f'HTTP/1.1 {status} {self.REASONS[status]}', 'Content-Type: application/json']
        head += [f'{name}: {value}' for name, value in headers.items()]
        head.append(f'Content-Length: {len(body)}\r\n\r\n')
        self._out = memoryview(b'\r\n'.join(line.encode() for line in head) + body)
        return self.flush()

    def flush(self) -> bool:
        """Send more of the answer; true when all has been sent, or the other side is gone."""
        while self._out:
            try:
                self._out = self._out[self._socket.send(self._out) :]
            except BlockingIOError:
                return False
            except OSError:
                self._out = memoryview(b'')  # the end of its process tells the rest
        return True

    def _read_head(self) -> Optional[tuple[str, str, int]]:
        end = self._in.find(b'\r\n\r\n', max(self._scanned - 3, 0))
        if end < 0:
            self._scanned = len(self._in)
            if self._scanned > self.MAX_HEADERS:
                raise ValueError('the headers are too long')
            return None
        lines = self._in[:end].decode('latin-1').split('\r\n')
        del self._in[: end + 4]
        self._scanned = 0
        method, path, _ = lines[0].split(' ')
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(':')
            if name.lower() == 'content-length':
                length = int(value)
        return method, path, length
