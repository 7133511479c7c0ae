import re
from functools import cached_property
from pathlib import Path
from typing import Any

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.requirements.Toml_File import Toml_File


class Toml_Blocks:
    """A lock file of many [[package]] tables, of which only those asked for are parsed: a lock of 200 packages takes
    a tenth of a second to parse, and a function needs a few of them.

    Shapes : key is the tables' name, 'package' or 'packages'.
    Errors : File__Not_Found, Requirement__Invalid (file and line).
    """

    def __init__(self, path: Path, key: str):
        self.path, self.key = path, key
        text = Toml_File.text(path)
        if '\n<<<<<<< ' in text:
            raise Requirement__Invalid(
                str(path), Toml_File.line_of(text, '<<<<<<< '), 'a merge was not finished here: lock again'
            )
        head, *bodies = re.split(rf'^\[\[{key}\]\][ \t]*\n', text, flags=re.MULTILINE)
        self.header = Toml_File.parse(head, str(path))
        self._parsed: dict[str, list[dict[str, Any]]] = {}
        self._texts: dict[str, list[tuple[int, str]]] = {}
        line = head.count('\n') + 1
        for body in bodies:
            named = re.search(r'^name\s*=\s*["\'](.+?)["\']', body, re.MULTILINE)
            self._texts.setdefault(named[1] if named else '', []).append((line, body))
            line += body.count('\n') + 1
        for one in self.header.get(key, ()):  # written as one array, not as tables
            self._parsed.setdefault(str(one.get('name', '')), []).append(one)

    @cached_property
    def names(self) -> frozenset[str]:
        """Of all the tables."""
        return frozenset((*self._texts, *self._parsed))

    def get(self, name: str) -> list[dict[str, Any]]:
        """The tables of this name: none, one, or one for each version."""
        if name not in self._parsed:
            self._parsed[name] = [
                Toml_File.parse(f'[[{self.key}]]\n{body}', str(self.path), line)[self.key][0]
                for line, body in self._texts.get(name, ())
            ]
        return self._parsed[name]

    def all(self) -> list[dict[str, Any]]:
        """All tables, by name."""
        return [one for name in sorted(self.names) for one in self.get(name)]
