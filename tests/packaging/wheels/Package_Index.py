import base64
import hashlib
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Optional, Self


class Package_Index:
    """A package index over HTTP on loopback, of the wheels in a folder.

    Shapes : credentials are 'user:password', asked for on every page; change(name, data) is what is sent instead of a
             wheel's bytes, the hash on the page stays; cut: how many times a wheel's answer breaks off in the middle;
             refuse: a part of the client's name (User-Agent) that gets 403 for wheels. asked are the paths, in order.
    """

    def __init__(
        self,
        folder: Path,
        credentials: str = '',
        change: Optional[Callable[[str, bytes], bytes]] = None,
        cut: int = 0,
        refuse: str = '',
    ):
        self.folder, self.credentials, self.change, self.cut, self.refuse = folder, credentials, change, cut, refuse
        self.asked: list[tuple[str, str]] = []
        self.server = ThreadingHTTPServer(('127.0.0.1', 0), self._handler())

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.01})
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Nobody answers any more."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def url(self, with_credentials: bool = True) -> str:
        """Of its pages."""
        user = f'{self.credentials}@' if self.credentials and with_credentials else ''
        return f'http://{user}127.0.0.1:{self.server.server_port}/simple'

    def answer(self, path: str, agent: str, authorization: str) -> tuple[int, bytes, str]:
        """Status, content and type."""
        wanted = 'Basic ' + base64.b64encode(self.credentials.encode()).decode()
        if self.credentials and authorization != wanted:
            return 401, b'', 'text/plain'
        wheels = {file.name: file.read_bytes() for file in self.folder.glob('*.whl')}
        if path.startswith('/simple/'):
            name = path.split('/')[2].replace('-', '_')
            links = ''.join(
                f'<a href="/files/{file}#sha256={hashlib.sha256(data).hexdigest()}">{file}</a>\n'
                for file, data in sorted(wheels.items())
                if file.split('-')[0] == name
            )
            return (200 if links else 404), f'<!DOCTYPE html><body>{links}</body>'.encode(), 'text/html'
        data = wheels.get(path.removeprefix('/files/'))
        if data is None:
            return 404, b'', 'text/plain'
        if self.refuse and self.refuse in agent:
            return 403, b'', 'text/plain'
        return 200, self.change(path, data) if self.change else data, 'application/octet-stream'

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                agent = self.headers.get('User-Agent', '')
                index.asked.append((self.path, agent))
                status, data, kind = index.answer(self.path, agent, self.headers.get('Authorization', ''))
                self.send_response(status)
                if status == 401:
                    self.send_header('WWW-Authenticate', 'Basic realm="index"')
                self.send_header('Content-Type', kind)
                self.send_header('Content-Length', str(len(data)))
                self.end_headers()
                cut = status == 200 and self.path.startswith('/files/') and 'requests' in agent and index.cut > 0
                index.cut -= cut
                if self.command == 'GET':
                    self.wfile.write(data[: len(data) // 2] if cut else data)
                self.close_connection = True

            do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing on stderr."""

        return Handler
