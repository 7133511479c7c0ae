import re
from http.client import responses

from waitress.task import Task
from waitress.utilities import build_http_date

from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response


class Http_Task(Task):
    """One request on a thread: calls the server's handler and writes its answer, with no WSGI in between.

    Units  : WRITE_BYTES is how much of a body is handed to the socket's buffer at once.
    Source : RFC 9110 §6.4.1 and §8.6 (no body, no Content-Length with 1xx, 204, 304 and HEAD).
    """

    WRITE_BYTES = 1024 * 1024
    OURS = frozenset({'content-length', 'transfer-encoding', 'connection', 'keep-alive'})

    def execute(self) -> None:
        """Called by waitress, between start() and finish()."""
        self.complete = True
        request, channel = self.request, self.channel
        handler, peer = channel.server.application, channel.addr[0]
        self._write(handler(self._http_request(), peer), request.command == 'HEAD')

    def finish(self) -> None:
        """Nothing is left to do: the whole answer is written at once."""

    def _http_request(self) -> Http_Request:
        request = self.request
        target = request.request_uri
        if not target.startswith('/'):
            # the absolute form, as proxies write it; '*' of OPTIONS becomes '/'
            target = '/' + target.partition('://')[2].partition('/')[2]
        path, _, query = target.partition('?')
        body = request.get_body_stream().read() if request.body_rcv is not None else b''
        return Http_Request(request.command, path, query, request.lower_headers(), body)

    def _write(self, response: Http_Response, is_head: bool) -> None:
        body = response.body
        bare = response.status < 200 or response.status in (204, 304)
        length = response.header('content-length') if is_head else ''
        lines = [f'HTTP/1.1 {response.status} {responses.get(response.status, "Unknown")}']
        names = set()
        for name, value in response.headers:
            names.add(name.lower())
            if name.lower() not in self.OURS:
                lines.append(f'{name}: {_one_line(value)}')
        if 'date' not in names:
            lines.append(f'Date: {build_http_date(self.start_time)}')
        if not bare:
            lines.append(f'Content-Length: {length or len(body)}')
        connection = self.request.headers.get('CONNECTION', '').lower()
        if connection == 'close' or (self.version == '1.0' and connection != 'keep-alive'):
            self.close_on_finish = True
            lines.append('Connection: close')
        elif self.version == '1.0':
            lines.append('Connection: Keep-Alive')
        head = '\r\n'.join([*lines, '', '']).encode('latin-1', 'replace')
        self.wrote_header = True
        if bare or is_head or not body:
            self.channel.write_soon(head)
        elif len(body) <= self.WRITE_BYTES:
            self.channel.write_soon(head + body)  # one packet when it fits
        else:
            self.channel.write_soon(head)
            for start in range(0, len(body), self.WRITE_BYTES):
                self.channel.write_soon(body[start : start + self.WRITE_BYTES])


def _one_line(value: str) -> str:
    """A header's value that can't end the header, whatever an engine put in."""
    return re.sub(r'[\r\n]+', ' ', value) if '\r' in value or '\n' in value else value
