import importlib.util
import os
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Optional

from osbot_lambda.packaging.Module_File import Module_File

LEGACY_NAMESPACE = ('extend_path', 'declare_namespace')  # of pkgutil and pkg_resources: an __init__.py in each portion


class Module_Finder:
    """Finds a module under some roots by walking the folders as Python's import would: nothing is imported.

    Shapes : roots are folders as on sys.path, first wins; a regular package or module wins over a namespace package.
             elsewhere(dotted name) is asked for what no root has. Folders are read once.
    Source : PEP 420; importlib.machinery.FileFinder; pkgutil.extend_path.
    """

    SUFFIXES = (*EXTENSION_SUFFIXES, '.py')  # as importlib: the extension first

    def __init__(self, roots: Iterable[str | Path], elsewhere: Optional[Callable[[str], Optional[Module_File]]] = None):
        self.roots = tuple(dict.fromkeys(Path(os.path.abspath(root)) for root in roots))
        self._elsewhere = elsewhere
        self._prefixes: dict[Path, str] = {}
        self._found: dict[str, Optional[Module_File]] = {}
        self._listed: dict[Path, dict[str, os.DirEntry[str]]] = {}

    def add_root(self, folder: Path, prefix: str = '', first: bool = False) -> None:
        """One more folder, whose modules go under `prefix` ('vendor/') in the zip."""
        self.roots = (folder, *self.roots) if first else (*self.roots, folder)
        self._prefixes[folder] = prefix
        self._found.clear()

    def find(self, name: str) -> Optional[Module_File]:
        """The module of this dotted name, or None."""
        if name in self._found:
            return self._found[name]
        parent, _, last = name.rpartition('.')
        above = self.find(parent) if parent else None
        found: Optional[Module_File] = None
        if last and (not parent or above is not None):
            folders = self.roots if above is None else above.folders
            found = self._look_for(folders, name, last)
        if self._elsewhere is not None and (found is None or found.is_namespace):
            found = self._elsewhere(name) or found
        self._found[name] = found
        return found

    def modules_in(self, package: Module_File) -> Iterator[Module_File]:
        """The modules and packages right below it, sorted by name."""
        names = {name for folder in package.folders for name in self._names_in(folder)}
        for name in sorted(names):
            found = self.find(f'{package.name}.{name}')
            if found is not None:
                yield found

    def has_modules(self, package: Module_File) -> bool:
        """Is there any module in its folders, at any depth?"""
        return any(self._has_modules(folder) for folder in package.folders)

    def _names_in(self, folder: Path) -> Iterator[str]:
        for name, entry in self._entries(folder).items():
            suffix = next((suffix for suffix in self.SUFFIXES if name.endswith(suffix)), '')
            stem = name.removesuffix(suffix) if suffix else name
            is_module = bool(suffix) or (entry.is_dir() and self._has_modules(folder / name))
            if is_module and stem.isidentifier() and stem not in ('__init__', '__main__', '__pycache__'):
                yield stem

    def _has_modules(self, folder: Path) -> bool:
        entries = self._entries(folder)
        return any(name.endswith(self.SUFFIXES) for name in entries) or any(
            # links aren't followed: they may lead back
            entry.is_dir(follow_symlinks=False) and self._has_modules(folder / name)
            for name, entry in entries.items()
            if name.isidentifier() and name != 'node_modules'
        )

    @staticmethod
    def root_of(folder: Path, package: str) -> Path:
        """The folder on sys.path by which this is a folder of the package; '' is no package."""
        return folder.parents[package.count('.')] if package else folder

    def zip_folder(self, folder: Path, package: str) -> str:
        """Where this folder of the package is in the zip."""
        return self._prefixes.get(self.root_of(folder, package), '') + package.replace('.', '/')

    def _look_for(self, folders: Sequence[Path], name: str, last: str) -> Optional[Module_File]:
        portions = []
        for folder in folders:
            root = self.root_of(folder, name.rpartition('.')[0])
            prefix = self._prefixes.get(root, '')
            entries = self._entries(folder)
            inner = folder / last if last in entries and entries[last].is_dir() else None
            if inner is not None:
                for suffix in self.SUFFIXES:
                    if self._is_file(self._entries(inner), '__init__' + suffix):
                        file = inner / f'__init__{suffix}'
                        return Module_File(name, file, (inner, *self._more(folders, inner, file)), root, prefix)
            for suffix in self.SUFFIXES:
                if self._is_file(entries, last + suffix):
                    return Module_File(name, folder / (last + suffix), (), root, prefix)
            if inner is not None:
                portions.append((inner, root, prefix))
        if not portions:
            return None
        return Module_File(name, None, tuple(one[0] for one in portions), portions[0][1], portions[0][2])

    def _more(self, folders: Sequence[Path], first: Path, file: Path) -> list[Path]:
        """The further portions of a package whose __init__.py extends its __path__."""
        others = [folder / first.name for folder in folders if first.name in self._entries(folder)]
        others = [folder for folder in others if folder != first and (folder / '__init__.py').is_file()]
        if not others or file.suffix != '.py':
            return []
        text = file.read_text(errors='replace')
        return others if any(word in text for word in LEGACY_NAMESPACE) else []

    def _entries(self, folder: Path) -> dict[str, os.DirEntry[str]]:
        if folder not in self._listed:
            try:
                with os.scandir(folder) as entries:
                    self._listed[folder] = {entry.name: entry for entry in entries}
            except OSError:  # not a folder, not there, or not to be read: Python's import finds nothing in it
                self._listed[folder] = {}
        return self._listed[folder]

    @staticmethod
    def _is_file(entries: dict[str, os.DirEntry[str]], name: str) -> bool:
        return name in entries and entries[name].is_file()

    @staticmethod
    def first_party_sys_path() -> list[Path]:
        """The entries of sys.path that hold the user's own code: not Python's, not installed packages."""
        return [folder for folder, own in Module_Finder._sys_path() if own]

    @staticmethod
    def installed_sys_path() -> list[Path]:
        """The entries of sys.path that hold installed packages."""
        standard = Module_Finder._standard_folders()
        return [folder for folder, own in Module_Finder._sys_path() if not own and folder not in standard]

    @classmethod
    def find_installed(cls, name: str) -> Optional[Module_File]:
        """An installed module, also one that only an import hook knows (editable installs)."""
        found = cls(cls.installed_sys_path()).find(name)
        if found is not None and not found.is_namespace:
            return found
        top, _, rest = name.partition('.')
        if top in sys.stdlib_module_names:
            return found
        try:
            spec = importlib.util.find_spec(top)  # of a top name: asks the finders, imports nothing
        except (ValueError, ImportError):
            spec = None
        if spec is None or spec.origin in ('built-in', 'frozen'):
            return found
        if spec.submodule_search_locations:
            folders = [Path(folder) for folder in spec.submodule_search_locations]
            outside = [folder for folder in folders if folder.name == top]
            return cls(folder.parent for folder in outside).find(name)
        if spec.origin and spec.origin.endswith('.py') and not rest:
            file = Path(spec.origin)
            return Module_File(top, file, (), file.parent)
        return found

    @staticmethod
    def _standard_folders() -> set[Path]:
        paths = sysconfig.get_paths()
        standard = {Path(os.path.abspath(paths[key])) for key in ('stdlib', 'platstdlib')}
        return standard | {folder / 'lib-dynload' for folder in standard}

    @classmethod
    def _sys_path(cls) -> list[tuple[Path, bool]]:
        standard = cls._standard_folders() | {Path(os.path.abspath(sys.executable)).parent}
        found = []
        for entry in sys.path:
            folder = Path(os.path.abspath(entry or os.getcwd()))
            if folder.is_dir():
                installed = bool({'site-packages', 'dist-packages'} & set(folder.parts))
                found.append((folder, not installed and folder not in standard))
        return found
