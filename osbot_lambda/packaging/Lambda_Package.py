import base64
import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.archive.Folder_Files import Folder_Files
from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.errors import File__Not_Found, Module__Not_Found, Zip__Bad_Path, Zip__Too_Large
from osbot_lambda.packaging.Handler_Code import Handler_Code
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Import_Discovery import Import_Discovery
from osbot_lambda.packaging.Missing_Import import Missing_Import
from osbot_lambda.packaging.Module_File import Module_File
from osbot_lambda.packaging.Module_Finder import Module_Finder
from osbot_lambda.packaging.Package_Entry import Package_Entry


class Lambda_Package:
    """The files of one Lambda function, and the zip of them. Files are read when they are added.

    Shapes : paths in the zip are relative, with '/'. roots are looked through for modules before sys.path.
    Errors : File__Not_Found, Module__Not_Found, Zip__Bad_Path (two contents for one path; names both sources),
             Zip__Too_Large, and those of Handler_Source.code().
    """

    MAX_BYTES = 262_144_000  # unzipped, as Lambda counts them: "Lambda quotas"

    def __init__(self, roots: Iterable[str | Path] = ()):
        self.roots = tuple(Path(os.path.abspath(root)) for root in roots)
        self.entries: dict[str, Package_Entry] = {}
        self.handler_code: Optional[Handler_Code] = None
        self._discovery: Optional[Import_Discovery] = None
        self._zip: Optional[bytes] = None

    def add_handler(self, source: Handler_Source) -> Self:
        """The handler's module, and every first-party module that it reaches."""
        code = source.code()
        discovery = source.discovery().add_source(code.module, code.source, code.is_package)
        self._put(code.path, code.data, False, code.source.label)
        for path, file in discovery.files.items():
            self._put_file(path, file)
        self.roots = tuple(dict.fromkeys((*source.roots(), *self.roots)))
        self.handler_code, self._discovery = code, discovery
        return self

    def add_file(self, path: str | Path, folder: Optional[str] = None) -> Self:
        """One file, at the zip's root or in `folder` of it."""
        file = Path(path)
        if not file.is_file():
            raise File__Not_Found(f'{file} is not a file (looked from {os.getcwd()})')
        self._put_file(
            '/'.join([*(folder or '').replace('\\', '/').strip('/').split('/'), file.name]).lstrip('/'), file
        )
        return self

    def add_folder(self, source: str | Path, ignore: Optional[Sequence[str]] = None) -> Self:
        """A folder, under its own name, without caches, version control, .env files, and what fits `ignore`.

        ignore: fnmatch patterns for a name or for the path inside the folder. Links are followed only inside of it.
        """
        folder = Path(os.path.abspath(source))
        if not folder.is_dir():
            raise File__Not_Found(f'{folder} is not a folder')
        for relative, file in Folder_Files(folder, ignore or ()):
            self._put_file(f'{folder.name}/{relative}', file)
        return self

    def add_module(self, name: str) -> Self:
        """A module or whole package by its dotted name, installed or the user's own; found without importing it.

        Of the standard library, and therefore already on Lambda: nothing to add.
        """
        found = self.find_module(name)
        if found is None:
            return self
        parts = name.split('.')
        for depth in range(1, len(parts)):
            parent = Module_Finder([found.root]).find('.'.join(parts[:depth]))
            if parent is not None and parent.file is not None:
                self._put_file(parent.zip_path, parent.file)
        if not found.folders and found.file is not None:
            self._put_file(found.zip_path, found.file)
        for folder in found.folders:
            for relative, file in Folder_Files(folder):
                self._put_file(f'{name.replace(".", "/")}/{relative}', file)
        return self

    def find_module(self, name: str) -> Optional[Module_File]:
        """Where add_module takes it from; None for one of the standard library. Module__Not_Found."""
        own = Module_Finder((*self.roots, *Module_Finder.first_party_sys_path()))
        found = own.find(name)
        if found is None or found.is_namespace:
            found = self._with_all_portions(found, Module_Finder.find_installed(name))
        standard = name.partition('.')[0] in sys.stdlib_module_names
        if standard and (found is None or found.is_namespace):
            return None
        if found is None:
            searched = dict.fromkeys((*own.roots, *Module_Finder.installed_sys_path()))
            raise Module__Not_Found(f'no module {name!r}; searched {", ".join(str(root) for root in searched)}')
        return found

    def add_modules(self, names: Iterable[str]) -> Self:
        """Several modules, as add_module."""
        for name in names:
            self.add_module(name)
        return self

    def files(self) -> list[str]:
        """The paths in the zip, sorted."""
        return sorted(self.entries)

    def size(self) -> int:
        """Unzipped bytes."""
        return sum(len(entry.data) for entry in self.entries.values())

    def check_size(self) -> Self:
        """Zip__Too_Large when Lambda would refuse it, naming the biggest files."""
        size = self.size()
        if size > self.MAX_BYTES:
            biggest = sorted(self.entries.values(), key=lambda entry: (-len(entry.data), entry.path))[:5]
            listed = ', '.join(f'{entry.path} {len(entry.data):,}' for entry in biggest)
            raise Zip__Too_Large(
                f'the package has {size:,} bytes unzipped, and Lambda takes {self.MAX_BYTES:,}; the biggest: {listed}'
            )
        return self

    def zip_bytes(self) -> bytes:
        """The zip; made once, until something is added. Same files, same bytes."""
        if self._zip is None:
            self.check_size()
            zipped = Zip__Deterministic()
            for entry in self.entries.values():
                zipped.add(entry.path, entry.data, entry.executable)
            self._zip = zipped.bytes()
        return self._zip

    def code_sha256(self) -> str:
        """Of the zip, as AWS says it: base64 of the SHA-256."""
        return base64.b64encode(hashlib.sha256(self.zip_bytes()).digest()).decode()

    def missing(self) -> list[Missing_Import]:
        """Imports of the handler's code that neither the package nor Lambda's runtime provides."""
        return self._discovery.missing(self.entries) if self._discovery else []

    def _put_file(self, path: str, file: Path) -> None:
        self._put(path, file.read_bytes(), bool(file.stat().st_mode & 0o111), str(file))

    def _put(self, path: str, data: bytes, executable: bool, origin: str) -> None:
        there = self.entries.get(path)
        if there is not None:
            if there.data != data:
                raise Zip__Bad_Path(f'{path!r} comes from {there.origin} and, with other content, from {origin}')
            return
        self.entries[path] = Package_Entry(path, data, executable, origin)
        self._zip = None

    @staticmethod
    def _with_all_portions(own: Optional[Module_File], installed: Optional[Module_File]) -> Optional[Module_File]:
        if own is None or installed is None or not installed.is_namespace:
            return installed or own
        return Module_File(own.name, None, tuple(dict.fromkeys((*own.folders, *installed.folders))), own.root)
