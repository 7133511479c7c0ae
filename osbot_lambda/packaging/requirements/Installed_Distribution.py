import json
import os
import re
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Optional
from urllib.parse import unquote, urlsplit

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Local_Distribution import Local_Distribution
from osbot_lambda.packaging.requirements.Marker_Check import Marker_Check
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line

NOTES = ('RECORD', 'INSTALLER', 'REQUESTED', 'WHEEL', 'direct_url.json', 'uv_cache.json', 'uv_build.json')


class Installed_Distribution:
    """One distribution of this Python's environment, by its *.dist-info (or *.egg-info) folder. Read when asked.

    Shapes : name is normalised; version is as it was installed ('2.1.0+cpu').
    Source : PEP 376, PEP 610 (direct_url.json), "Recording installed projects".
    """

    def __init__(self, info: Path):
        self.info = info
        stem = info.name.removesuffix('.dist-info').removesuffix('.egg-info')
        name, _, version = stem.partition('-')
        if info.name.endswith('.egg-info') or not version:
            found = re.search(r'^Version:(.*)', self._metadata, re.MULTILINE)
            version = found[1].strip() if found else '0'
        self.name, self.version = Requirement_Line.normal(name), version

    @property
    def folder(self) -> Path:
        """What it is installed into: site-packages."""
        return self.info.parent

    @cached_property
    def direct_url(self) -> dict[str, Any]:
        """Where it was installed from, when not from an index: {'url': …, 'dir_info' | 'vcs_info' | 'archive_info'}."""
        try:
            found = json.loads((self.info / 'direct_url.json').read_text('utf-8'))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def project(self) -> Optional[Path]:
        """The folder that it was installed from."""
        parts = urlsplit(str(self.direct_url.get('url', '')))
        is_folder = 'dir_info' in self.direct_url and parts.scheme == 'file'
        return Path(unquote(parts.path)) if is_folder else None

    @property
    def is_editable(self) -> bool:
        """Do its modules lie in that folder, not in site-packages?"""
        return bool(self.direct_url.get('dir_info', {}).get('editable'))

    @cached_property
    def record(self) -> str:
        """The text of its list of files: '\\nyaml/__init__.py,sha256=…'."""
        for name in ('RECORD', 'installed-files.txt', 'SOURCES.txt'):
            try:
                return '\n' + (self.info / name).read_text('utf-8', 'replace')
            except OSError:
                continue
        return ''

    def has_file(self, path: str) -> bool:
        """Did it install this file ('yaml/__init__.py')?"""
        return path in self.record and any(
            f'\n{start}{path}{end}' in self.record for start in ('', '"', '../') for end in (',', '"', '\n')
        )

    def requires(self, platform: Lambda_Platform, extras: Collection[str] = ()) -> list[Requirement_Line]:
        """What it needs on the platform, with these extras of it."""
        check = Marker_Check(platform)
        found = [Requirement_Line.parse(text, str(self.info / 'METADATA')) for text in self._requires_dist]
        return [line for line in found if check.holds(line.marker, extras)]

    def line(self, extras: Collection[str] = (), marker: str = '') -> Optional[Requirement_Line]:
        """How to get the same elsewhere; None when no index and no address has it: then its files are to be copied."""
        name, names = self.name, tuple(sorted(extras))
        url = str(self.direct_url.get('url', ''))
        if not url:
            public = self.version.partition('+')[0]  # '+cpu' isn't on PyPI; '==2.1.0' takes it where it is
            return Requirement_Line(name, names, f'=={public}', '', marker)
        if 'vcs_info' in self.direct_url:
            vcs = self.direct_url['vcs_info']
            folder = f'#subdirectory={self.direct_url["subdirectory"]}' if 'subdirectory' in self.direct_url else ''
            address = f'{vcs.get("vcs", "git")}+{url}@{vcs.get("commit_id", "")}{folder}'
            return Requirement_Line(name, names, '', address, marker)
        if 'archive_info' in self.direct_url and (not url.startswith('file:') or os.path.exists(self._path_of(url))):
            return Requirement_Line(name, names, '', url, marker, self._archive_hashes())
        if self.project is not None and not self.is_pure and self.project.is_dir():
            return Requirement_Line(name, names, '', self.project.as_uri(), marker)  # to be compiled anew
        return None

    @property
    def is_pure(self) -> bool:
        """Is it the same for every platform?"""
        try:
            wheel = (self.info / 'WHEEL').read_text('utf-8')
        except OSError:
            return True
        return '-none-any' in wheel

    def local(self) -> Local_Distribution:
        """Its files, to be copied: as installed, or of an editable one as they are in its folder."""
        files = dict(self._editable_files() if self.is_editable else self._installed_files())
        for name in ('METADATA', 'entry_points.txt'):
            if (self.info / name).is_file():
                files[f'{self.info.name}/{name}'] = self.info / name
        return Local_Distribution(self.name, self.version, tuple(sorted(files.items())))

    def modules(self) -> dict[str, Path]:
        """Of an editable one: {name of a top module or package: its folder or file}."""
        found: dict[str, Path] = {}
        for path in self._paths():
            file = self.folder / path
            if path.startswith('__editable__') and path.endswith('_finder.py'):
                found |= self._mapping(file)
        if not found and self.project is not None and self.project.is_dir():
            from osbot_lambda.packaging.requirements.Project_Folder import Project_Folder

            found |= dict(Project_Folder(self.project).modules())
        return found

    # ---- files

    def _paths(self) -> list[str]:
        import csv

        return [row[0] for row in csv.reader(self.record.splitlines()) if row]

    def _installed_files(self) -> Iterator[tuple[str, Path]]:
        for path in self._paths():
            file = self.folder / path
            own_info = path.startswith(f'{self.info.name}/')
            if path.startswith(('..', '/')) or '__pycache__' in path or path.endswith('.pyc'):
                continue
            if file.is_file() and not (own_info and file.name in NOTES):
                yield path, file

    def _editable_files(self) -> Iterator[tuple[str, Path]]:
        from osbot_lambda.archive.Folder_Files import Folder_Files

        for name, where in sorted(self.modules().items()):
            if where.is_file():
                yield where.name, where
            elif where.is_dir():
                yield from ((f'{name.replace(".", "/")}/{path}', file) for path, file in Folder_Files(where))

    @staticmethod
    def _mapping(finder: Path) -> dict[str, Path]:
        """MAPPING of the import hook that setuptools writes; read, not run."""
        import ast

        try:
            tree = ast.parse(finder.read_text('utf-8'))
        except (OSError, SyntaxError):
            return {}
        for node in tree.body:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                continue
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and target.id == 'MAPPING':
                found = ast.literal_eval(node.value)
                return {name: Path(path) if Path(path).is_dir() else Path(f'{path}.py') for name, path in found.items()}
        return {}

    # ---- metadata

    @cached_property
    def _metadata(self) -> str:
        for name in ('METADATA', 'PKG-INFO'):
            try:
                return (self.info / name).read_text('utf-8', 'replace').partition('\n\n')[0]
            except OSError:
                continue
        return ''

    @cached_property
    def _requires_dist(self) -> list[str]:
        return [text.strip() for text in re.findall(r'^Requires-Dist:(.*(?:\n[ \t].*)*)', self._metadata, re.MULTILINE)]

    def _archive_hashes(self) -> tuple[str, ...]:
        hashes = self.direct_url['archive_info'].get('hashes', {})
        return (f'sha256:{hashes["sha256"]}',) if 'sha256' in hashes else ()

    @staticmethod
    def _path_of(url: str) -> str:
        return unquote(urlsplit(url).path)
