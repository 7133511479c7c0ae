"""A server that does nothing but answer: what an AWS client costs by itself. Run as a process: it writes its port."""

import socket
import subprocess
import sys
import threading
from typing import Self

BODY = b'{"MessageId": "0", "MD5OfMessageBody": "0"}'
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b' % (len(BODY), BODY)


class Fixed_Answer:
    """The server as a child process; it ends with the `with` block, or with this process."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, '-m', __spec__.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()  # closes its stdin, which ends it

    @property
    def endpoint_url(self) -> str:
        """http://127.0.0.1:PORT"""
        return f'http://127.0.0.1:{self.port}'


def answer(connection: socket.socket) -> None:
    """One connection, until the client closes it."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile('rb') as stream:
        while stream.readline():
            length = 0
            while (line := stream.readline()) not in (b'\r\n', b''):
                name, _, value = line.partition(b':')
                if name.lower() == b'content-length':
                    length = int(value)
            stream.read(length)
            connection.sendall(ANSWER)


def serve() -> None:
    """Answer on a free port until stdin closes."""
    server = socket.create_server(('127.0.0.1', 0))
    print(server.getsockname()[1], flush=True)

    def accept() -> None:
        while True:
            threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == '__main__':
    serve()
