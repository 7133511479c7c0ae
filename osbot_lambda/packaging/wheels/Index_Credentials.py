import os
import re
from collections.abc import Sequence
from typing import Optional

VARIABLES = (
    *('UV_DEFAULT_INDEX', 'UV_INDEX', 'UV_INDEX_URL', 'UV_EXTRA_INDEX_URL', 'UV_FIND_LINKS'),
    *('PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS'),
)


class Index_Credentials:
    """Users and passwords of the indexes that were named, for the files on the same servers.

    Shapes : options are lines of a requirements file ('--index-url https://user:password@host/simple'); the variables
             of uv and pip count too. ~/.netrc is looked at by who downloads.
    """

    def __init__(self, options: Sequence[str] = ()):
        self._by_server: dict[str, tuple[str, str]] = {}
        for text in (*options, *(os.environ.get(name, '') for name in VARIABLES)):
            for url in re.findall(r'(?:[\w.-]+=)?(https?://[^\s,\'"]+)', text):
                self._add(url)
        for name, url in re.findall(r'(?:^|\s)([\w.-]+)=(https?://\S+)', os.environ.get('UV_INDEX', '')):
            self._add_of_uv(name, url)

    def of(self, url: str) -> Optional[tuple[str, str]]:
        """The user and password for a URL; None when there are none."""
        from urllib.parse import urlsplit

        return self._by_server.get(urlsplit(url).netloc.rpartition('@')[2])

    def _add(self, url: str) -> None:
        from urllib.parse import unquote, urlsplit

        parts = urlsplit(url)
        if parts.username:
            server = parts.netloc.rpartition('@')[2]
            self._by_server.setdefault(server, (unquote(parts.username), unquote(parts.password or '')))

    def _add_of_uv(self, name: str, url: str) -> None:
        """As uv names them: UV_INDEX_<NAME>_USERNAME."""
        from urllib.parse import urlsplit

        prefix = f'UV_INDEX_{re.sub(r"[^A-Z0-9]", "_", name.upper())}'
        user, password = (os.environ.get(f'{prefix}_{what}', '') for what in ('USERNAME', 'PASSWORD'))
        if user or password:
            self._by_server.setdefault(urlsplit(url).netloc.rpartition('@')[2], (user, password))
