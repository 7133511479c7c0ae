import os
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Optional

from osbot_lambda.packaging.Module_File import Module_File
from osbot_lambda.packaging.Module_Finder import Module_Finder
from osbot_lambda.packaging.requirements.Installed_Distribution import Installed_Distribution
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line


class Installed_Distributions:
    """What is installed in this Python's environment, and which of it an import comes from.

    By the lists of files that installers write (RECORD), not by names: 'yaml' is of PyYAML. Only what is asked for is
    read; nothing is imported.

    Shapes : folders are those that packages are installed into; those of sys.path unless told.
    """

    def __init__(self, folders: Optional[Iterable[Path]] = None):
        paths = Module_Finder.installed_sys_path() if folders is None else folders
        self.folders = tuple(dict.fromkeys(Path(os.path.abspath(folder)) for folder in paths))
        self._finder = Module_Finder(self.folders)

    @cached_property
    def by_name(self) -> dict[str, Installed_Distribution]:
        """All, by normalised name; of two the one that Python would find first."""
        found: dict[str, Installed_Distribution] = {}
        for folder in self.folders:
            for name in sorted(os.listdir(folder)):
                if name.endswith(('.dist-info', '.egg-info')) and os.path.isdir(folder / name):
                    one = Installed_Distribution(folder / name)
                    found.setdefault(one.name, one)
        return found

    def get(self, name: str) -> Optional[Installed_Distribution]:
        """The one of this name, in any spelling."""
        return self.by_name.get(Requirement_Line.normal(name))

    def of_import(
        self, module: str, names: Sequence[str] = (), prefer: Collection[str] = ()
    ) -> list[Installed_Distribution]:
        """Those that `import module`, or `from module import names`, comes from; usually one, [] when there is none.

        'google.cloud' with names ('storage',) is of google-cloud-storage. prefer: of several that have the same file,
        those named here.
        """
        found: dict[str, Installed_Distribution] = {}
        wanted = [module, *(f'{module}.{name}' for name in names if name != '*')]
        for one in wanted:
            for distribution in self._of_module(self._finder.find(one), prefer):
                found[distribution.name] = distribution
        if not found:
            found = {one.name: one for one in (self._of_editable(module) or self._of_nearest(module, prefer))}
        return [found[name] for name in sorted(found)]

    def _of_module(self, found: Optional[Module_File], prefer: Collection[str]) -> list[Installed_Distribution]:
        if found is None or found.file is None:
            return []
        path = found.file.relative_to(found.root).as_posix()
        for one in self._likely_first(found.name, prefer):
            if one.folder == found.root and one.has_file(path):
                return [one]
        return []

    def _of_nearest(self, module: str, prefer: Collection[str]) -> list[Installed_Distribution]:
        """A part of it that isn't there (any more), or a namespace: whose the package around it is, if of one alone."""
        while module:
            found = self._finder.find(module)
            if found is not None and not found.is_namespace:
                return self._of_module(found, prefer)
            if found is not None:
                start = found.name.replace('.', '/') + '/'
                within = [one for one in self.by_name.values() if f'\n{start}' in one.record]
                return within if len(within) == 1 else []
            module = module.rpartition('.')[0]
        return []

    def _of_editable(self, module: str) -> list[Installed_Distribution]:
        for one in self.by_name.values():
            roots = [(name, where) for name, where in one.modules().items()] if one.is_editable else []
            for name, where in roots:
                top = name.removesuffix('.py')
                if module == top and where.exists():
                    return [one]
                inside = module.removeprefix(f'{top}.')
                if inside != module and where.is_dir() and Module_Finder([where]).find(inside) is not None:
                    return [one]
        return []

    def _likely_first(self, module: str, prefer: Collection[str]) -> list[Installed_Distribution]:
        """All, those first whose name is like the module's: mostly the right one, so that the others aren't read."""
        parts = module.split('.')
        likely = [*prefer, *('-'.join(parts[:depth]) for depth in range(len(parts), 0, -1))]
        first = dict.fromkeys(Requirement_Line.normal(name) for name in likely)
        return [self.by_name[name] for name in (*first, *self.by_name) if name in self.by_name]
