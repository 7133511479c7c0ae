"""Shows the folders of this machine under the names they have on Lambda."""

import json
import re
from collections.abc import Iterable
from pathlib import Path


class Path_Mask:
    """Shows the folders of this machine under the names they have on Lambda, in error payloads and logs.

    Shapes : folders are pairs (folder here, name on Lambda: '/var/task').
    A folder is also found in the form that JSON gives it (non-ASCII letters escaped). '/x/code' isn't found in
    '/x/code2'.
    """

    def __init__(self, folders: Iterable[tuple[Path, str]]):
        self._names: dict[bytes, bytes] = {}
        for folder, name in folders:
            text = str(folder)
            for form in (text, json.dumps(text)[1:-1]):
                self._names[form.encode(errors='surrogateescape')] = name.encode()
        longest_first = sorted(self._names, key=len, reverse=True)
        found = b'|'.join(re.escape(name) for name in longest_first)
        self._pattern = re.compile(b'(?:' + found + rb')(?![\w.-])')

    def apply(self, data: bytes) -> bytes:
        """The bytes with Lambda's names in place of ours."""
        return self._pattern.sub(lambda match: self._names[match[0]], data)
