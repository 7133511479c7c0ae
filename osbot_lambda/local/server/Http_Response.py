from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Http_Response:
    """One HTTP answer. Content-Length is the server's to add."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str, default: str = '') -> str:
        """The first header of that name, whatever its case; else the default."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), default)
