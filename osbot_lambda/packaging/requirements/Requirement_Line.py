import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Self

from osbot_lambda.errors import Requirement__Invalid

if TYPE_CHECKING:
    from packaging.requirements import Requirement

HASH = re.compile(r'\s--hash(?:=|\s+)(\S+)')
SCHEME = re.compile(r'(?:(?:git|hg|svn|bzr)\+)?[a-z][a-z0-9+.]+:', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Requirement_Line:
    """One requirement, taken apart; str() puts it together in one form, as a requirements file has it.

    Shapes : name is normalised as on PyPI ('ruamel-yaml'). url is absolute: https://, file://, git+https://…; hashes
             are 'sha256:…'. marker is the text behind ';'.
    Errors : Requirement__Invalid (file and line).
    Source : PEP 508; pip's "Requirements File Format" for hashes, and for paths and URLs without a name.
    """

    name: str
    extras: tuple[str, ...] = ()
    specifier: str = ''
    url: str = ''
    marker: str = ''
    hashes: tuple[str, ...] = ()

    def __str__(self) -> str:
        extras = f'[{",".join(self.extras)}]' if self.extras else ''
        wanted = f' @ {self.url}' if self.url else self.specifier
        marker = f' ; {self.marker}' if self.marker else ''
        return ''.join((self.name, extras, wanted, marker, *(f' --hash={one}' for one in self.hashes)))

    @property
    def is_pinned(self) -> bool:
        """Does it name one version: by '==' or an address?"""
        return bool(self.url) or bool(re.match(r'===?\s*[^*]+$', self.specifier))

    @staticmethod
    def normal(name: str) -> str:
        """A distribution's name as on PyPI: 'Ruamel.YAML' is 'ruamel-yaml'."""
        return re.sub(r'[-_.]+', '-', name).lower()

    @classmethod
    def parse(cls, text: str, file: str = '', line: int = 0, folder: Optional[Path] = None) -> Self:
        """From a line without its comment; relative paths in it are looked up from `folder`, else from here."""
        hashes = tuple(sorted(HASH.findall(text)))
        for one in hashes:
            if not re.fullmatch(r'\w+:[0-9a-fA-F]+', one):
                raise Requirement__Invalid(file, line, f'--hash={one} is not of the form --hash=sha256:<hex digits>')
        bare = HASH.sub('', text).strip()
        if ' --' in bare:
            option = bare[bare.index(' --') :].split()[0]
            raise Requirement__Invalid(file, line, f'{option} of a single requirement is not supported: remove it')
        parsed = cls._parsed(bare)
        if parsed is None:
            return replace(cls._from_address(bare, file, line, folder or Path.cwd()), hashes=hashes)
        url = parsed.url or ''
        return cls(
            cls.normal(parsed.name),
            tuple(sorted(cls.normal(extra) for extra in parsed.extras)),
            str(parsed.specifier),
            cls._absolute(url, folder or Path.cwd()) if url else '',
            str(parsed.marker) if parsed.marker else '',
            hashes,
        )

    @staticmethod
    def _parsed(text: str) -> 'Optional[Requirement]':
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            return Requirement(text)
        except InvalidRequirement:
            return None

    @classmethod
    def _from_address(cls, text: str, file: str, line: int, folder: Path) -> Self:
        """A path or a URL alone: the name is in '#egg=', in the file's name, or in the folder's pyproject.toml."""
        address, _, marker = text.partition(' ;')
        address = address.strip()
        extras = re.search(r'\[([\w.,\s-]*)\]$', address)
        if extras:
            address = address[: extras.start()]
        is_path = address.startswith(('.', '/', '~', 'file:')) or '/' in address or address.endswith('.whl')
        if not address or (not SCHEME.match(address) and not is_path):
            raise Requirement__Invalid(
                file, line, f"{text!r} is not a requirement such as 'requests', 'requests>=2' or 'pkg @ https://…'"
            )
        url = cls._absolute(address, folder)
        fragment = dict(part.partition('=')[::2] for part in url.partition('#')[2].split('&') if part)
        egg = re.fullmatch(r'([\w.-]+)(?:\[(.*)\])?', fragment.pop('egg', ''))
        name = egg[1] if egg else cls._name_at(url, file, line)
        if not name:
            raise Requirement__Invalid(file, line, f"{text!r} does not tell its name: write 'name @ {address}'")
        listed = (extras[1] if extras else (egg and egg[2])) or ''
        rest = '&'.join(f'{key}={value}' for key, value in fragment.items())
        url = url.partition('#')[0] + (f'#{rest}' if rest else '')
        names = tuple(sorted(cls.normal(one.strip()) for one in listed.split(',') if one.strip()))
        return cls(cls.normal(name), names, '', url, marker.strip())

    @staticmethod
    def _absolute(url: str, folder: Path) -> str:
        path = url.removeprefix('file:') if url.startswith('file:') and not url.startswith('file://') else url
        if SCHEME.match(path):
            return url
        plain, _, fragment = path.partition('#')
        where = Path(os.path.abspath(folder / Path(plain).expanduser()))
        return where.as_uri() + (f'#{fragment}' if fragment else '')

    @classmethod
    def _name_at(cls, url: str, file: str, line: int) -> str:
        from urllib.parse import unquote, urlsplit

        from osbot_lambda.packaging.requirements.Project_Folder import Project_Folder

        parts = urlsplit(url)
        path = unquote(parts.path)
        if parts.scheme == 'file':
            if not os.path.exists(path):
                raise Requirement__Invalid(file, line, f'{path} does not exist')
            if os.path.isdir(path):
                return Project_Folder(Path(path)).name
        stem = path.rstrip('/').rpartition('/')[2]
        if stem.endswith('.whl'):
            return stem.partition('-')[0]
        found = re.fullmatch(r'(.+?)-\d[^-]*(?:\.tar\.\w+|\.zip|\.tgz)', stem)
        return found[1] if found else ''
