import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Optional

from osbot_lambda.packaging.Module_File import Module_File


class Module_Finder:
    """Finds a module under some roots by walking the folders as Python's import would: nothing is imported.

    Shapes : roots are folders as on sys.path, first wins; a regular package or module wins over a namespace package.
    Source : PEP 420; importlib.machinery.FileFinder.
    """

    def __init__(self, roots: Iterable[str | Path]):
        self.roots = tuple(dict.fromkeys(Path(os.path.abspath(root)) for root in roots))
        self._children: dict[tuple[tuple[Path, ...], str], Optional[Module_File]] = {}

    def find(self, name: str) -> Optional[Module_File]:
        """The module of this dotted name, or None."""
        folders, parent, found = self.roots, '', None
        for part in name.split('.'):
            found = self._child(folders, parent, part)
            if found is None:
                return None
            folders, parent = found.folders, found.name
        return found

    def _child(self, folders: Sequence[Path], parent: str, part: str) -> Optional[Module_File]:
        key = (tuple(folders), part)
        if key not in self._children:
            self._children[key] = self._look_for(folders, parent, part)
        return self._children[key]

    def _look_for(self, folders: Sequence[Path], parent: str, part: str) -> Optional[Module_File]:
        name = f'{parent}.{part}' if parent else part
        if not part:
            return None
        portions = []
        for folder in folders:
            root = folder if not parent else folder.parents[parent.count('.')]
            inner = folder / part
            if (inner / '__init__.py').is_file():
                return Module_File(name, inner / '__init__.py', (inner,), root)
            for suffix in (*EXTENSION_SUFFIXES, '.py'):  # as importlib: the extension first
                file = folder / (part + suffix)
                if file.is_file():
                    return Module_File(name, file, (), root)
            if inner.is_dir():
                portions.append(inner)
        if portions:
            return Module_File(name, None, tuple(portions), portions[0].parents[name.count('.')])
        return None

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
