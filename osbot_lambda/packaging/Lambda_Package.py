import base64
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.archive.Folder_Files import Folder_Files
from osbot_lambda.archive.Package_Ignore import Package_Ignore
from osbot_lambda.errors import File__Not_Found, Module__Not_Found, Zip__Bad_Path, Zip__Too_Large
from osbot_lambda.packaging.Dynamic_Import import Dynamic_Import
from osbot_lambda.packaging.Handler_Code import Handler_Code
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Import_Discovery import Import_Discovery
from osbot_lambda.packaging.Missing_Import import Missing_Import
from osbot_lambda.packaging.Module_File import Module_File
from osbot_lambda.packaging.Module_Finder import Module_Finder
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.Package_Content import Package_Content
from osbot_lambda.packaging.Package_Entry import Package_Entry
from osbot_lambda.packaging.Package_Files import Package_Files
from osbot_lambda.packaging.Package_Options import Package_Options
from osbot_lambda.packaging.Package_Row import Package_Row
from osbot_lambda.packaging.requirements.Local_Distribution import Local_Distribution
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set


class Lambda_Package:
    """The files of one Lambda function, and the zip of them. Files are read when they are added.

        package = Lambda_Package().add_handler(Handler_Source('app.run')).add_wheels(wheels)
        package.code_sha256(), package.zip_bytes()

    Shapes : paths in the zip are relative, with '/'. roots are looked through for modules before sys.path.
             exclude are fnmatch patterns of paths or folders in the zip; they hold for all but the handler's
             own file and what add_file names. entries are what isn't from wheels.
    Errors : File__Not_Found, Module__Not_Found, Zip__Bad_Path (two contents for one path; names both sources),
             Zip__Too_Large, Packaging__Tool_Missing (see Package_Options), and those of Handler_Source.code().
    """

    MAX_BYTES = 262_144_000  # unzipped, as Lambda counts them: "Lambda quotas"

    def __init__(
        self, roots: Iterable[str | Path] = (), exclude: Sequence[str] = (), cache: Optional[Package_Cache] = None
    ):
        self.roots = tuple(Path(os.path.abspath(root)) for root in roots)
        self.exclude, self.cache = tuple(exclude), cache
        self.entries: dict[str, Package_Entry] = {}
        self.wheels: Optional[Wheel_Set] = None
        self.options = Package_Options()
        self.handler_code: Optional[Handler_Code] = None
        self._discovery: Optional[Import_Discovery] = None
        self._local: list[str] = []
        self._left_out: dict[str, str] = {}
        self._why: dict[str, str] = {}
        self._content: Optional[Package_Content] = None

    def add_handler(self, source: Handler_Source, discovery: Optional[Import_Discovery] = None) -> Self:
        """The handler's module, and every first-party module that it reaches; discovery is the source's own, unless
        given."""
        code = source.code()
        found = discovery or source.discovery()
        found.add_source(code.module, code.source, code.is_package)
        self._put(Package_Entry(code.path, code.data, False, code.source.label, 'the handler'))
        for path, file in found.files.items():
            self._put_file(path, file, found.why.get(path, ''))
        self.roots = tuple(dict.fromkeys((*source.roots(), *self.roots)))
        self.handler_code, self._discovery = code, found
        return self

    def add_wheels(
        self,
        wheels: Wheel_Set,
        options: Optional[Package_Options] = None,
        why: Optional[Mapping[str, str]] = None,
    ) -> Self:
        """Everything in these wheels, at the zip's root, instead of those that were added before; options hold for
        the whole package; why is {distribution: reason} of those that are not merely needed by others. Own files for
        one path with other content are refused when the zip is made."""
        self.wheels, self.options, self._why = wheels, options or Package_Options(), dict(why or {})
        self._content = None
        return self

    def leave_out(self, what: str, reason: str) -> Self:
        """Say of something that it isn't in the package, and why; files() shows it."""
        self._left_out[what] = reason
        return self

    def add_local_distribution(self, distribution: Local_Distribution) -> Self:
        """The files of a distribution that was installed from a folder."""
        name = f'{distribution.name}=={distribution.version}'
        for path, file in distribution.files:
            self._put_file(path, file, f'of {name}, installed from a folder', distribution.name)
        self._local.append(name)
        return self

    def add_file(self, path: str | Path, folder: Optional[str] = None) -> Self:
        """One file, at the zip's root or in `folder` of it."""
        file = Path(path)
        if not file.is_file():
            raise File__Not_Found(f'{file} is not a file (looked from {os.getcwd()})')
        parts = [*(folder or '').replace('\\', '/').strip('/').split('/'), file.name]
        self._put(self._entry('/'.join(parts).lstrip('/'), file, 'added by add_file'))
        return self

    def add_folder(self, source: str | Path, ignore: Optional[Sequence[str]] = None) -> Self:
        """A folder, under its own name, without caches, version control, .env files, and what fits `ignore`.

        ignore: fnmatch patterns for a name or for the path inside the folder. Links are followed only inside of it.
        """
        folder = Path(os.path.abspath(source))
        if not folder.is_dir():
            raise File__Not_Found(f'{folder} is not a folder')
        for relative, file in Folder_Files(folder, ignore or ()):
            self._put_file(f'{folder.name}/{relative}', file, f'in folder {folder.name}, added by add_folder')
        return self

    def add_module(self, name: str) -> Self:
        """A module or whole package by its dotted name, installed or the user's own; found without importing it.

        Of the standard library, and therefore already on Lambda: nothing to add.
        """
        found = self.find_module(name)
        if found is None:
            return self
        parts, why = name.split('.'), f'of module {name}, added by add_module'
        for depth in range(1, len(parts)):
            parent = Module_Finder([found.root]).find('.'.join(parts[:depth]))
            if parent is not None and parent.file is not None:
                self._put_file(parent.zip_path, parent.file, why)
        if not found.folders and found.file is not None:
            self._put_file(found.zip_path, found.file, why)
        for folder in found.folders:
            for relative, file in Folder_Files(folder):
                self._put_file(f'{name.replace(".", "/")}/{relative}', file, why)
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

    def files(self) -> Package_Files:
        """The paths in the zip, sorted, with why each is there and what was left out."""
        content = self.content()
        versions = {one.partition('==')[0]: one for one in self.distributions()}
        owners = {path: versions[name] for path, name in content.owners.items()}
        reasons = {path: f'of {owner}' for path, owner in owners.items()}
        reasons |= {path: entry.why for path, entry in {**self.entries, **content.own}.items()}
        discovered = self._discovery.left_out if self._discovery else {}
        left_out = {**{path: str(reason) for path, reason in discovered.items()}, **self._left_out, **content.left_out}
        return Package_Files(content.paths(), reasons, left_out, owners, self._why)

    def rows(self) -> list[Package_Row]:
        """Each file with its distribution and its sizes, sorted by path."""
        return self.content().rows()

    def distributions(self) -> list[str]:
        """'name==version' of what is from wheels or local distributions, sorted."""
        return sorted([*(self.wheels.names() if self.wheels else ()), *self._local])

    def dynamic_imports(self) -> list[Dynamic_Import]:
        """The places in the handler's code that import what can't be told without running it."""
        return list(self._discovery.dynamic) if self._discovery else []

    def has_module(self, name: str) -> bool:
        """Is there such a module, package or namespace in the package?"""
        return self.content().has_module(name)

    def has_own_module(self, name: str) -> bool:
        """Is there such a module or package in what isn't from wheels?"""
        path = name.replace('.', '/')
        return any(own.startswith((f'{path}/', f'{path}.')) and own.endswith(('.py', '.so')) for own in self.entries)

    def saved(self) -> dict[str, int]:
        """Unzipped bytes that each option took out of the package; negative for what it added."""
        return self.content().saved

    def size(self) -> int:
        """Unzipped bytes."""
        return self.content().size()

    def check_size(self) -> Self:
        """Zip__Too_Large when Lambda would refuse it, naming the biggest distributions and files of one's own."""
        size = self.size()
        if size > self.MAX_BYTES:
            raise Zip__Too_Large(
                f'the package has {size:,} bytes unzipped, and Lambda takes {self.MAX_BYTES:,}; '
                f'the biggest: {self.content().biggest()}'
            )
        return self

    def content(self) -> Package_Content:
        """What goes into the zip, put together; kept until something is added. Zip__Bad_Path."""
        if self._content is None:
            self._content = Package_Content(self.entries, self.wheels, self.options, self.exclude, self.cache)
        return self._content

    def zip_bytes(self) -> bytes:
        """The zip; made once, until something is added. Same files, same bytes."""
        self.check_size()
        return self.content().zip_bytes()

    def zip_size(self) -> int:
        """Bytes of the zip; known without making it when the same was made before."""
        return self.content().zip_size()

    def code_sha256(self) -> str:
        """Of the zip, as AWS says it: base64 of the SHA-256; known without making the zip when the same was made
        before."""
        self.check_size()
        return base64.b64encode(bytes.fromhex(self.content().sha256())).decode()

    def missing(self) -> list[Missing_Import]:
        """Imports of the handler's code that neither the package nor Lambda's runtime provides."""
        return self._discovery.missing(self.content().paths()) if self._discovery else []

    def _put_file(self, path: str, file: Path, why: str, distribution: str = '') -> None:
        pattern = Package_Ignore.chosen(path, self.exclude) if self.exclude else None
        if pattern is not None:
            self._left_out[path] = f'excluded by {pattern!r}'
            return
        self._put(self._entry(path, file, why, distribution))

    @staticmethod
    def _entry(path: str, file: Path, why: str, distribution: str = '') -> Package_Entry:
        return Package_Entry(path, file.read_bytes(), bool(file.stat().st_mode & 0o111), str(file), why, distribution)

    def _put(self, entry: Package_Entry) -> None:
        there = self.entries.get(entry.path)
        if there is not None:
            if there.data != entry.data:
                raise Zip__Bad_Path(
                    f'{entry.path!r} comes from {there.origin} and, with other content, from {entry.origin}'
                )
            return
        self.entries[entry.path] = entry
        self._content = None

    @staticmethod
    def _with_all_portions(own: Optional[Module_File], installed: Optional[Module_File]) -> Optional[Module_File]:
        if own is None or installed is None or not installed.is_namespace:
            return installed or own
        return Module_File(own.name, None, tuple(dict.fromkeys((*own.folders, *installed.folders))), own.root)
