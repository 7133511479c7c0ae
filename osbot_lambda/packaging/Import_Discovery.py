import ast
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.archive.Package_Ignore import Package_Ignore
from osbot_lambda.packaging.Dependency_Loads import Dependency_Loads
from osbot_lambda.packaging.Import_Ref import Import_Ref
from osbot_lambda.packaging.Import_Scanner import Import_Scanner
from osbot_lambda.packaging.Lambda_Runtime_Modules import LAMBDA_RUNTIME_MODULES
from osbot_lambda.packaging.Missing_Import import Missing_Import
from osbot_lambda.packaging.Module_File import Module_File
from osbot_lambda.packaging.Module_Finder import Module_Finder
from osbot_lambda.packaging.Python_Source import Python_Source


class Import_Discovery:
    """Finds, from a source, every first-party module that it reaches; static: the user's code isn't run.

    First-party is what lies under one of the roots. The standard library and installed packages aren't followed:
    they are noted in `external`.

    Shapes : files is {path in the zip: file on disk}: reached modules, __init__.py of their packages, and the data
             files of those packages. external is {dotted name: [(file, line), …]}, without the optional ones.
    Errors : Source__Syntax_Error (file and line).
    """

    OURSELVES = 'osbot_lambda'  # never taken along by itself: what deploys isn't what is deployed

    def __init__(self, roots: Iterable[str | Path], top_names: Optional[Iterable[str]] = None):
        self.finder = Module_Finder(roots)
        self.top_names = None if top_names is None else set(top_names)  # when only these are first-party
        self.files: dict[str, Path] = {}
        self.external: dict[str, list[tuple[str, int]]] = {}
        self._loaded: set[str] = set()
        self._seen: set[str] = set()
        self._first_party: dict[str, bool] = {}

    def add_source(self, module: str, source: Python_Source, is_package: bool = False) -> Self:
        """Start from this text, which is module `module` in the zip; the text itself isn't in files."""
        self._seen.add(module)
        self._reach_parents(module)
        self._scan(module, source, is_package)
        self.files = dict(sorted(self.files.items()))
        return self

    def missing(self, provided: Iterable[str] = ()) -> list[Missing_Import]:
        """Names in `external` that neither these zip paths, nor Lambda's runtime, nor a load from S3 provide; the first
        use of each."""
        paths = {*self.files, *provided}
        have = {'/'.join(path.split('/')[:depth]) for path in paths for depth in range(1, path.count('/') + 1)}
        have |= {path.partition('.')[0] for path in paths if path.endswith(('.py', '.so'))}
        return [
            Missing_Import(name, *sites[0])
            for name, sites in sorted(self.external.items())
            if name.partition('.')[0] not in LAMBDA_RUNTIME_MODULES
            and name.replace('.', '/') not in have
            and name.partition('.')[0].lower() not in self._loaded
        ]

    def _scan(self, module: str, source: Python_Source, is_package: bool) -> None:
        self._loaded |= Dependency_Loads(source).packages
        for ref in Import_Scanner(source, module, is_package).scan():
            found = self._reach(ref, source.label)
            if found is None or not ref.names:
                continue
            names = self._exported(found) if '*' in ref.names else ref.names
            for name in names:
                inner = f'{ref.module}.{name}'
                if found.is_package and self.finder.find(inner) is not None:
                    self._reach(Import_Ref(inner, (), ref.line, ref.optional), source.label)

    def _reach(self, ref: Import_Ref, label: str) -> Optional[Module_File]:
        """Take the module along, with its parents; None when it isn't first-party, or isn't there."""
        top = ref.module.partition('.')[0]
        if not self._is_first_party(top):
            if top not in sys.stdlib_module_names and not ref.optional:
                self.external.setdefault(top, []).append((label, ref.line))
            return None
        self._reach_parents(ref.module)
        found = self.finder.find(ref.module)
        if found is None:
            if not ref.optional:
                self.external.setdefault(ref.module, []).append((label, ref.line))
            return None
        self._take(found)
        return found

    def _reach_parents(self, module: str) -> None:
        parts = module.split('.')
        for depth in range(1, len(parts)):
            parent = self.finder.find('.'.join(parts[:depth]))
            if parent is not None:
                self._take(parent)

    def _take(self, found: Module_File) -> None:
        if found.name in self._seen:
            return
        self._seen.add(found.name)
        if found.file is not None:
            self.files[found.zip_path] = found.file
            if found.file.suffix == '.py':
                self._scan(found.name, Python_Source.load(found.file), found.is_package)
        for folder in found.folders:
            self._take_data(folder, found.name.replace('.', '/'))

    def _take_data(self, folder: Path, zip_folder: str) -> None:
        for entry in sorted(folder.iterdir()):
            if Package_Ignore.data_file(entry.name):
                continue
            if entry.is_dir():
                if not Package_Ignore.is_environment(entry) and not any(entry.glob('*.py')):
                    self._take_data(entry, f'{zip_folder}/{entry.name}')
            elif entry.is_file():
                self.files[f'{zip_folder}/{entry.name}'] = entry

    def _is_first_party(self, top: str) -> bool:
        if top not in self._first_party:
            self._first_party[top] = self._decide(top)
        return self._first_party[top]

    def _decide(self, top: str) -> bool:
        if top == self.OURSELVES or top in sys.builtin_module_names:
            return False
        if self.top_names is not None and top not in self.top_names:
            return False
        found = self.finder.find(top)
        if found is None:
            return False
        if not found.is_namespace:
            return True
        # a mere folder gives way to the standard library and to an installed package, as in Python's own import
        if top in sys.stdlib_module_names:
            return False
        installed = Module_Finder(Module_Finder.installed_sys_path()).find(top)
        return installed is None or installed.is_namespace

    @staticmethod
    def _exported(found: Module_File) -> tuple[str, ...]:
        """The literal __all__ of a package: its submodules in there are imported by a star import."""
        if found.file is None or found.file.suffix != '.py':
            return ()
        for statement in Python_Source.load(found.file).tree.body:
            if (
                isinstance(statement, ast.Assign)
                and any(isinstance(target, ast.Name) and target.id == '__all__' for target in statement.targets)
                and isinstance(statement.value, ast.List | ast.Tuple)
            ):
                return tuple(str(one.value) for one in statement.value.elts if isinstance(one, ast.Constant))
        return ()
