import ast
import fnmatch
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.archive.Folder_Files import Folder_Files
from osbot_lambda.archive.Package_Ignore import Package_Ignore
from osbot_lambda.errors import File__Not_Found, Source__Syntax_Error
from osbot_lambda.packaging.Dependency_Loads import Dependency_Loads
from osbot_lambda.packaging.Dynamic_Import import Dynamic_Import
from osbot_lambda.packaging.Import_Path import Import_Path
from osbot_lambda.packaging.Import_Ref import Import_Ref
from osbot_lambda.packaging.Import_Scanner import Import_Scanner
from osbot_lambda.packaging.Lambda_Runtime_Modules import LAMBDA_RUNTIME_MODULES
from osbot_lambda.packaging.Missing_Import import Missing_Import
from osbot_lambda.packaging.Module_Data import Module_Data
from osbot_lambda.packaging.Module_Editables import Module_Editables
from osbot_lambda.packaging.Module_File import Module_File
from osbot_lambda.packaging.Module_Finder import Module_Finder
from osbot_lambda.packaging.Module_Standard import Module_Standard
from osbot_lambda.packaging.Python_Source import Python_Source


class Import_Discovery:
    """Finds, from a source, every first-party module that it reaches; static: the user's code isn't run.

    First-party is what lies under one of the roots, in an editable install, or in a folder of a root that the code
    itself puts on sys.path. The standard library and installed packages aren't followed: see external_refs().

    Shapes : files is {path in the zip: file on disk}: reached modules, __init__.py of their packages, the data files
             of those packages, and what `include` names. why is {path: reason} of these, left_out of what was found
             beside them and stays. dynamic are the lines that can't be followed.
             include and exclude are fnmatch patterns over paths in the zip, or folders there; exclude wins, and what
             it leaves out isn't followed either. version (3, minor) is the Python that the code is for.
    Errors : Source__Syntax_Error (file and line), File__Not_Found (an include that fits nothing).

        found = Import_Discovery(['src']).add_source('app.main', Python_Source.load(Path('src/app/main.py')))
        found.files     # {'app/__init__.py': …, 'app/work.py': …}
        found.why       # {'app/work.py': 'imported at app/main.py:1', …}
        found.external  # {'google.cloud.storage': [('src/app/work.py', 3)]}
    """

    OURSELVES = 'osbot_lambda'  # never taken along by itself: what deploys isn't what is deployed
    NOT_INCLUDED = ('.*', 'node_modules', 'site-packages')  # by an include with a wildcard

    def __init__(
        self,
        roots: Iterable[str | Path],
        top_names: Optional[Iterable[str]] = None,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        version: Optional[tuple[int, int]] = None,
    ):
        self._installed = Module_Finder(Module_Finder.installed_sys_path())
        editables = Module_Editables(self._installed.roots)
        self.roots = tuple(dict.fromkeys(Path(os.path.abspath(root)) for root in roots))
        self.finder = Module_Finder([*self.roots, *editables.folders], editables.find)
        self.top_names = None if top_names is None else set(top_names)  # when only these are first-party
        self.include, self.exclude = tuple(include), tuple(exclude)
        self.version = version or (sys.version_info.major, sys.version_info.minor)
        self.files: dict[str, Path] = {}
        self.why: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self.dynamic: list[Dynamic_Import] = []
        self._editable_folders = set(editables.folders) - {*self.roots[:1]}
        self._whole_roots: set[Path] = set()  # their packages are taken whole
        self._external: list[Import_Ref] = []
        self._gone: list[Import_Ref] = []
        self._loaded: set[str] = set()
        self._seen: set[str] = set()
        self._packages: dict[str, list[Path]] = {}
        self._exports: dict[str, tuple[str, ...]] = {}  # the texts of __all__: submodules, for a star import
        self._zip_paths: dict[str, str] = {}  # by the label of the source
        self._own = ''  # path in the zip of what it starts from
        self._first_party: dict[str, bool] = {}
        self._to_scan: deque[tuple[Module_File, bool]] = deque()
        self._stars: list[tuple[Module_File, str]] = []
        self._has_new_roots = False

    def add_source(self, module: str, source: Python_Source, is_package: bool = False) -> Self:
        """Start from this text, which is module `module` in the zip; the text itself isn't in files."""
        self._seen.add(module)
        self._own = module.replace('.', '/') + ('/__init__.py' if is_package else '.py')
        self._zip_paths[source.label] = self._own
        self._reach_parents(module, f'the handler in {self._own}')
        found = self.finder.find(module) if is_package else None
        if found is not None:
            self._packages[module] = list(found.folders)
        self._scan(module, source, is_package)
        self._follow_all()
        for pattern in self.include:
            self._include(pattern)
        self._follow_all()
        self._take_data()
        self.files, self.why = dict(sorted(self.files.items())), dict(sorted(self.why.items()))
        self.left_out = {path: why for path, why in sorted(self.left_out.items()) if path not in self.files}
        self.dynamic.sort(key=lambda one: (one.file, one.line))
        return self

    def external_refs(self) -> list[Import_Ref]:
        """The imports of what isn't first-party nor the standard library's, with file and line: for the requirements.

        Of `from a.b import c` the module is 'a.b', and c, which may be a module too, is in the names.
        """
        return list(self._external)

    @property
    def external(self) -> dict[str, list[tuple[str, int]]]:
        """{dotted name: [(file, line), …]} of external_refs(), sorted."""
        found: dict[str, list[tuple[str, int]]] = {}
        for ref in self._external:
            found.setdefault(ref.module, []).append((ref.file, ref.line))
        return dict(sorted(found.items()))

    @property
    def optional(self) -> frozenset[str]:
        """The names in `external` that the code does without, each time it imports them."""
        needed = {ref.module for ref in self._external if not ref.optional}
        return frozenset(ref.module for ref in self._external) - needed

    def missing(self, provided: Iterable[str] = ()) -> list[Missing_Import]:
        """Names that neither these zip paths, nor Lambda's runtime, nor a load from S3 provide; the first use of each.

        Optional imports aren't missing, and what `exclude` leaves out isn't either.
        """
        modules: set[str] = set()
        folders: set[str] = set()
        for path in {*self.files, *provided}:
            folder, _, name = path.rpartition('/')
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition('/')[0]
            if name.endswith((*Module_Finder.SUFFIXES, '.so')):
                inside = path.rpartition('/')[0]
                stem = name.partition('.')[0]
                modules.add(inside if stem == '__init__' else f'{inside}/{stem}' if inside else stem)
        found: dict[str, Missing_Import] = {}
        for ref in self._external:
            if not ref.optional and not self._is_provided_elsewhere(ref.module):
                name = self._lacking(ref, modules, folders)
                if name:
                    found.setdefault(name, Missing_Import(name, ref.file, ref.line))
        for ref in self._gone:
            path = ref.module.replace('.', '/')
            if path not in modules and path not in folders:
                found.setdefault(ref.module, Missing_Import(ref.module, ref.file, ref.line))
        return [found[name] for name in sorted(found)]

    @property
    def loaded(self) -> frozenset[str]:
        """Lower-case names of the packages that the code itself loads from S3 when it starts."""
        return frozenset(self._loaded)

    def _is_provided_elsewhere(self, name: str) -> bool:
        top = name.partition('.')[0]
        return top in LAMBDA_RUNTIME_MODULES or top.lower() in self._loaded

    def _lacking(self, ref: Import_Ref, modules: set[str], folders: set[str]) -> str:
        """The name that isn't there; ''. Below a module or a package with an __init__.py it is up to that."""
        path = ''
        for depth, part in enumerate(ref.module.split('.')):
            path = f'{path}/{part}' if path else part
            if path in modules:
                return ''
            if path not in folders:
                whole = depth or self._is_installed_namespace(part)
                return ref.module if whole else part
        gone = (name for name in ref.names if name != '*' and not {f'{path}/{name}'} & (modules | folders))
        return next((f'{ref.module}.{name}' for name in gone), '')

    def _is_installed_namespace(self, top: str) -> bool:
        found = self._installed.find(top)
        return found is not None and found.is_namespace

    # ---- following

    def _follow_all(self) -> None:
        """Until nothing new is reached."""
        while self._to_scan or self._stars or self._has_new_roots:
            if self._to_scan:
                found, optional = self._to_scan.popleft()
                self._scan_file(found, optional)
            elif self._stars:
                package, why = self._stars.pop(0)
                self._take_names(package, self._exports.get(package.name, ()), why)
            else:  # what was not to be found before a module put a folder on sys.path
                self._has_new_roots = False
                again, self._external, self._gone = [*self._external, *self._gone], [], []
                for ref in again:
                    self._follow(ref)

    def _scan_file(self, found: Module_File, optional: bool) -> None:
        assert found.file is not None
        try:
            self._scan(found.name, Python_Source.load(found.file), found.is_package, optional)
        except Source__Syntax_Error:
            if not optional:
                raise

    def _scan(self, module: str, source: Python_Source, is_package: bool, optional: bool = False) -> None:
        self._loaded |= Dependency_Loads(source).packages
        scanner = Import_Scanner(source, module, is_package, self.version)
        refs = scanner.scan()
        self._exports[module] = scanner.exports
        for expression, first in scanner.path_changes:
            self._add_path(scanner, expression, first)
        if not optional:  # else its whole package is there already
            self.dynamic += scanner.dynamic
        for ref in refs:
            self._follow(replace(ref, optional=True) if optional else ref)
        for ref in scanner.resources:
            self._follow_resource(replace(ref, optional=True) if optional else ref)

    def _follow(self, ref: Import_Ref) -> None:
        if ref.is_pattern:
            self._follow_pattern(ref)
            return
        top = ref.module.partition('.')[0]
        if not self._is_first_party(ref.module):
            if not Module_Standard.has(top, self.version):
                self._external.append(ref)
            return
        why = f'imported at {self._site(ref)}'
        self._reach_parents(ref.module, f'{ref.module}, {why}')
        found = self.finder.find(ref.module)
        if found is None:
            self._not_here(ref)
            return
        self._take(found, why)
        if '*' in ref.names:
            self._stars.append((found, why))  # when its __all__ has been read
            return
        outside = self._take_names(found, ref.names, why)
        if found.is_namespace and outside:  # it has no names of its own: another portion may have the module
            self._external.append(replace(ref, names=outside))

    def _take_names(self, package: Module_File, names: Sequence[str], why: str) -> tuple[str, ...]:
        """The modules among the names taken from a package; gives the names that are none."""
        others = []
        for name in names:
            inner = self.finder.find(f'{package.name}.{name}') if package.is_package else None
            if inner is not None:
                self._take(inner, why)
            else:
                others.append(name)
        return tuple(others)

    def _follow_resource(self, ref: Import_Ref) -> None:
        """A package by its name for importlib.resources: it may be a mere folder of data."""
        found = self.finder.find(ref.module)
        if found is None or not found.is_namespace:
            self._follow(ref)
            return
        why = f'read at {self._site(ref)}'
        self._reach_parents(ref.module, f'{ref.module}, {why}')
        self._take(found, why)

    def _follow_pattern(self, ref: Import_Ref) -> None:
        """All modules of the package that fit: `import_module(f'app.plugins.{name}')`."""
        package = ref.module.partition('*')[0].rpartition('.')[0]
        self._follow(replace(ref, module=package))
        if not self._is_first_party(package):
            return
        found = self.finder.find(package)
        for module in self._below(found) if found is not None else ():
            if fnmatch.fnmatchcase(module.name, ref.module):
                why = f'one of {ref.module}, imported at {self._site(ref)}'
                self._reach_parents(module.name, why)
                self._take(module, why)

    def _below(self, package: Module_File) -> Iterator[Module_File]:
        """Every module below it, without tests."""
        for module in self.finder.modules_in(package):
            name = module.name.rpartition('.')[2]
            if not Package_Ignore.not_data(name if module.is_package else f'{name}.py'):
                yield module
                yield from self._below(module)

    def _not_here(self, ref: Import_Ref) -> None:
        """Its top is first-party, and it isn't there."""
        parts = ref.module.split('.')
        above = [self.finder.find('.'.join(parts[:depth])) for depth in range(1, len(parts))]
        nearest = next((one for one in reversed(above) if one is not None), None)
        if nearest is None or nearest.is_namespace or len(nearest.folders) > 1:
            self._external.append(ref)  # another portion of the namespace may be installed
        elif not ref.optional:
            self._gone.append(ref)

    def _reach_parents(self, module: str, why: str) -> None:
        parts = module.split('.')
        for depth in range(1, len(parts)):
            parent = self.finder.find('.'.join(parts[:depth]))
            if parent is not None:
                self._take(parent, f'the package of {why}')

    def _take(self, found: Module_File, why: str, optional: bool = False) -> None:
        if found.name in self._seen:
            return
        self._seen.add(found.name)
        if found.file is not None and not self._add_file(found.zip_path, found.file, why):
            return
        if found.folders:
            self._packages[found.name] = list(found.folders)
        if found.root in self._whole_roots and '.' not in found.name:
            self._take_whole(found)
        if found.file is not None and found.file.suffix == '.py':
            self._to_scan.append((found, optional))

    def _add_file(self, path: str, file: Path, why: str) -> bool:
        pattern = Package_Ignore.chosen(path, self.exclude)
        if pattern is not None:
            self.left_out[path] = f'excluded by {pattern!r}'
            return False
        self.files[path], self.why[path] = file, why
        self._zip_paths[str(file)] = path
        return True

    # ---- whose it is

    def _is_first_party(self, name: str) -> bool:
        """By its top-level name; below a folder that isn't a package, by what is found there."""
        top = name.partition('.')[0]
        if top not in self._first_party:
            self._first_party[top] = self._decide(top)
        return self._first_party[top] or (
            self.finder.find(top) is None and top != self.OURSELVES and self.finder.find(name) is not None
        )

    def _decide(self, top: str) -> bool:
        if top == self.OURSELVES or top in sys.builtin_module_names:
            return False
        if self.top_names is not None and top not in self.top_names:
            return False
        found = self.finder.find(top)
        if found is None:
            return False
        lent = found.root in self._editable_folders or found.root not in self.finder.roots
        if not found.is_namespace and not lent:
            return True
        # a mere folder gives way to the standard library and to an installed package, as in Python's own import; an
        # editable install, which comes last on sys.path, too
        if Module_Standard.has(top, self.version) or (found.is_namespace and not self.finder.has_modules(found)):
            return False
        installed = self._installed.find(top)
        return installed is None or installed.is_namespace

    def _add_path(self, scanner: Import_Scanner, expression: ast.expr, first: bool) -> None:
        """A folder that the code puts on sys.path: it keeps its place in the zip when it is inside of a root."""
        file = Path(scanner.source.label)
        root = max(
            (one for one in self.roots if file.is_relative_to(one)), key=lambda one: len(one.parts), default=None
        )
        if root is None:
            return
        folder = Import_Path(scanner.texts, file, root).folder(expression)
        if folder is None or folder in self.finder.roots or not folder.is_dir():
            return
        if {'site-packages', 'dist-packages'} & set(folder.parts):  # an environment: requirements bring what is in it
            return
        inside = [one for one in self.roots if folder.is_relative_to(one)]
        prefix = f'{folder.relative_to(max(inside, key=lambda one: len(one.parts))).as_posix()}/' if inside else ''
        self.finder.add_root(folder, prefix, first and bool(inside))
        self._first_party.clear()
        self._has_new_roots = True
        if inside and any(folder.glob('*.dist-info')):  # packages of others: what they import by name isn't our guess
            self._whole_roots.add(folder)

    def _take_whole(self, found: Module_File) -> None:
        for module in self._below(found):
            self._take(module, f'a module of {found.name}, which is vendored', optional=True)
        prefix = self.finder.zip_folder(found.root, '')
        top = found.name if found.is_package else found.file.name if found.file else ''
        for metadata in sorted(found.root.glob('*.dist-info')):
            record = metadata / 'RECORD'
            if record.is_file() and f'\n{top}{"/" if found.is_package else ","}' in f'\n{record.read_text()}':
                for file in sorted(metadata.iterdir()):
                    if file.name in ('METADATA', 'RECORD', 'entry_points.txt'):
                        self._add_file(f'{prefix}{metadata.name}/{file.name}', file, f'metadata of {found.name}')

    # ---- what isn't imported

    def _include(self, pattern: str) -> None:
        if pattern.startswith('/') or '..' in pattern.split('/'):
            raise File__Not_Found(
                f'include {pattern!r} is not a path inside of the package; add_file() or add_folder() bring other files'
            )
        for root in self.roots:
            found = list(self._fitting(root, pattern.strip('/')))
            if found:
                break
        else:
            searched = ', '.join(str(root) for root in self.roots) or 'nothing: there is no source root'
            raise File__Not_Found(f'include {pattern!r} fits no file; searched {searched}')
        for path, file in found:
            secret = path != pattern and Package_Ignore.secret(file)
            if secret:
                self.left_out[path] = secret
            elif path not in self.files:
                self._take_included(path, file, f'included by {pattern!r}')

    def _fitting(self, root: Path, pattern: str) -> Iterator[tuple[str, Path]]:
        whole = root / pattern
        if whole.is_file():
            yield pattern, whole
        elif whole.is_dir():
            files = Folder_Files(whole)
            yield from ((f'{pattern}/{path}', file) for path, file in files)
            self.left_out |= {f'{pattern}/{path}': reason for path, reason in files.left_out.items()}
        elif any(one in pattern for one in '*?['):
            parts = pattern.split('/')
            fixed = next(index for index, part in enumerate(parts) if any(one in part for one in '*?['))
            start = root.joinpath(*parts[:fixed])
            before = ''.join(f'{part}/' for part in parts[:fixed])
            for path, file in Folder_Files(start, self.NOT_INCLUDED) if start.is_dir() else ():
                if fnmatch.fnmatchcase(before + path, pattern):
                    yield before + path, file

    def _take_included(self, path: str, file: Path, why: str) -> None:
        if path.endswith('.py'):
            name = path.removesuffix('.py').replace('/', '.').removesuffix('.__init__')
            found = self.finder.find(name)
            if found is not None and found.file == file:
                self._take(found, why)
                return
        self._add_file(path, file, why)

    def _take_data(self) -> None:
        folders = {
            self.finder.zip_folder(folder, package): (package, folder)
            for package, portions in self._packages.items()
            for folder in portions
        }
        data = Module_Data({*self.files, self._own}, folders, self.exclude)
        for package, portions in sorted(self._packages.items()):
            before = set(data.files)
            for folder in portions:
                data.add_package(folder, self.finder.zip_folder(folder, package))
            self.why |= dict.fromkeys(set(data.files) - before, f'data of the package {package}')
        self.files |= data.files
        self.left_out = {**data.left_out, **self.left_out}

    def _site(self, ref: Import_Ref) -> str:
        return f'{self._zip_paths.get(ref.file, ref.file)}:{ref.line}'
