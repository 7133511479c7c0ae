from waitress.parser import HTTPRequestParser, get_header_lines


class Http_Parser(HTTPRequestParser):
    """waitress' parser, which also keeps header names with an underscore, and doesn't wait for a body of no bytes.

    waitress drops them, as a WSGI application can't tell `a_b` from `a-b`; S3's metadata keys have them.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the request line and headers; `exact_headers` holds those that waitress leaves out."""
        super().parse_header(header_plus)
        if self.body_rcv is None:
            self.expect_continue = False  # waitress would wait for a body that never comes (S3's empty objects)
        self.exact_headers: dict[str, str] = {}
        if b'_' not in header_plus:
            return
        for line in get_header_lines(header_plus.partition(b'\r\n')[2]):
            name, _, value = line.partition(b':')
            if b'_' in name:
                self.exact_headers[name.decode('latin-1').lower()] = value.strip(b' \t').decode('latin-1')

    def lower_headers(self) -> dict[str, str]:
        """All headers, names in lower case as sent; several of one name are joined by ', '."""
        headers = {name.replace('_', '-').lower(): value for name, value in self.headers.items()}
        headers.update(self.exact_headers)
        return headers
