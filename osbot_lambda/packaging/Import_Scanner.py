import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Optional

from osbot_lambda.errors import Source__Syntax_Error
from osbot_lambda.packaging.Dynamic_Import import Dynamic_Import
from osbot_lambda.packaging.Import_Condition import Import_Condition
from osbot_lambda.packaging.Import_Ref import Import_Ref
from osbot_lambda.packaging.Import_Texts import Import_Texts
from osbot_lambda.packaging.Module_Standard import Module_Standard
from osbot_lambda.packaging.Python_Source import Python_Source


class Import_Scanner:
    """Lists the imports of one source, relative ones made absolute; the source isn't run.

    Seen     : import, from-import, import_module() and the like of a name that the text says, at any depth; packages
               named to importlib.resources (resources); folders put on sys.path (path_changes: expression, first).
    Not seen : what never runs on Lambda: under `if TYPE_CHECKING:`, `if __name__ == '__main__':`, for another system
               or another version of Python.
    Listed   : what imports by a name that can't be told, in `dynamic`; the texts of __all__, in `exports`.
    """

    CATCHES = ('ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException')
    # by the called name: the module that its first argument names is imported
    OF_A_MODULE = ('importlib.import_module', '__import__', 'builtins.__import__', 'runpy.run_module')
    # … as a package that holds data; a computed one is nothing new
    OF_A_PACKAGE = (
        *(f'{library}.{name}' for library in ('importlib.resources', 'importlib_resources') for name in (
            'files', 'open_text', 'open_binary', 'read_text', 'read_binary', 'path', 'contents', 'is_resource',
        )),
        *(f'pkg_resources.resource_{name}' for name in ('filename', 'string', 'stream', 'listdir', 'exists')),
        'pkgutil.get_data',
        'jinja2.PackageLoader',
    )  # fmt: skip
    # … as 'module.name' or 'module:name'
    OF_AN_OBJECT = ('pkgutil.resolve_name', 'pydoc.locate', 'django.utils.module_loading.import_string')
    OF_ANYTHING = (
        'importlib.util.spec_from_file_location',
        'importlib.machinery.SourceFileLoader',
        'importlib.metadata.entry_points',
        'importlib_metadata.entry_points',
        'pkg_resources.iter_entry_points',
        'imp.load_source',
        'runpy.run_path',
        'zipimport.zipimporter',
    )
    OF_PATHS = {'sys.path.insert': 1, 'sys.path.append': 0, 'sys.path.extend': 0, 'site.addsitedir': 0}
    # calls are looked at where one of these is in the text
    WORTH_A_LOOK = (
        *('import_module', '__import__', 'runpy', 'pkgutil', 'pydoc', 'import_string', 'PackageLoader', 'exec('),
        *('importlib.resources', 'importlib import resources', 'importlib_resources', 'pkg_resources', 'entry_points'),
        *('spec_from_file_location', 'SourceFileLoader', 'load_source', 'zipimporter', 'addsitedir'),
        *('sys.path', 'from sys import'),
    )

    def __init__(
        self, source: Python_Source, module: str, is_package: bool = False, version: Optional[tuple[int, int]] = None
    ):
        self.source, self.module = source, module
        self.package = module if is_package else module.rpartition('.')[0]
        self.version = version or _running()
        self.condition = Import_Condition(self.version)
        self.found: list[Import_Ref] = []
        self.resources: list[Import_Ref] = []
        self.dynamic: list[Dynamic_Import] = []
        self.path_changes: list[tuple[ast.expr, bool]] = []
        self.exports: tuple[str, ...] = ()
        self._aliases: dict[str, str] = {}
        self._optional = self._functions = 0
        self._calls_count = any(word in source.text for word in self.WORTH_A_LOOK)

    def scan(self) -> list[Import_Ref]:
        """All imports, in the order of the text."""
        self.found, self.resources, self.dynamic, self.path_changes = [], [], [], []
        self._all(self.source.tree.body)
        if '__all__' in self.source.text:
            self.exports = tuple(dict.fromkeys(self._texts_of_all()))
        return self.found

    @cached_property
    def texts(self) -> Import_Texts:
        """What the expressions of this source stand for."""
        return Import_Texts(self.source, self.module, self.package, self._aliases)

    def _texts_of_all(self) -> Iterator[str]:
        for statement in self.source.statements():
            if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr):
                nodes = list(ast.walk(statement))
                if any(isinstance(one, ast.Name) and one.id == '__all__' for one in nodes):
                    yield from (
                        one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    )

    # ---- statements

    def _all(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import):
            self._import(node)
        elif isinstance(node, ast.ImportFrom):
            self._import_from(node)
        elif isinstance(node, ast.If):
            self._if(node)
        elif isinstance(node, ast.Try | ast.TryStar):
            self._try(node)
        elif isinstance(node, ast.With | ast.AsyncWith):
            self._calls_in(node)
            self._guarded(node.body, any(self._suppresses(item.context_expr) for item in node.items))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._calls_in(node)
            self._functions += 1
            self._all(node.body)
            self._functions -= 1
        else:
            self._calls_in(node)
            self._all(getattr(node, 'body', ()))
            self._all(getattr(node, 'orelse', ()))
            for case in getattr(node, 'cases', ()):
                self._all(case.body)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._aliases[alias.asname or alias.name.partition('.')[0]] = (
                alias.name if alias.asname else alias.name.partition('.')[0]
            )
            self._add(alias.name, (), node.lineno)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = self._absolute(node.level, node.module or '')
        if module:
            self._aliases |= {alias.asname or alias.name: f'{module}.{alias.name}' for alias in node.names}
            self._add(module, tuple(alias.name for alias in node.names), node.lineno)

    def _if(self, node: ast.If) -> None:
        self._calls_in(node)
        truth = self.condition.truth(node.test)
        if truth is not False:
            self._all(node.body)
        if truth is not True:
            self._all(node.orelse)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        start = len(self.found)
        self._guarded(node.body, any(self._catches(handler.type) for handler in node.handlers))
        tried = self.found[start:]
        # `except ImportError: import tomli`, where this Python has what was tried
        needless = bool(tried) and all(Module_Standard.has(ref.module.partition('.')[0], self.version) for ref in tried)
        for handler in node.handlers:
            self._guarded(handler.body, needless and self._catches(handler.type))
        self._all(node.orelse)
        self._all(node.finalbody)

    def _suppresses(self, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Call)
            and Import_Condition.dotted(node.func).endswith('suppress')
            and any(self._catches(arg) for arg in node.args)
        )

    def _guarded(self, body: Iterable[ast.stmt], optional: bool) -> None:
        self._optional += optional
        self._all(body)
        self._optional -= optional

    def _catches(self, caught: Optional[ast.expr]) -> bool:
        if isinstance(caught, ast.Tuple):
            return any(self._catches(one) for one in caught.elts)
        return caught is None or Import_Condition.dotted(caught).rpartition('.')[2] in self.CATCHES

    # ---- calls

    def _calls_in(self, node: ast.stmt) -> None:
        """The calls of a statement, without those of the statements inside it."""
        if not self._calls_count:
            return
        if isinstance(node, ast.Assign | ast.AugAssign):
            self._path_set(node)
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                for one in ast.walk(child):
                    if isinstance(one, ast.Call):
                        self._call(one)

    def _call(self, call: ast.Call) -> None:
        name = self.texts.full_name(call.func)
        if name in self.OF_A_MODULE:
            self._import_call(call)
        elif name in self.OF_A_PACKAGE:
            for text in self.texts.of(self._argument(call, 0, 'package', 'anchor')):
                if '*' not in text and _is_module(text):
                    self.resources.append(self._ref(text, (), call.lineno))
        elif name in self.OF_AN_OBJECT:
            self._object_call(call)
        elif name in self.OF_PATHS and len(call.args) > self.OF_PATHS[name]:
            value = call.args[self.OF_PATHS[name]]
            self._path(value, first=name == 'sys.path.insert')
        elif name in ('pkgutil.iter_modules', 'pkgutil.walk_packages'):
            package = self.texts.package_of(call)
            if package:
                self._add(f'{package}.*', (), call.lineno)
            else:
                self._unknown(call)
        elif name in ('exec', 'builtins.exec') and call.args:
            self._exec(call)
        elif name in self.OF_ANYTHING:
            self._unknown(call)

    def _import_call(self, call: ast.Call) -> None:
        for text in self.texts.of(self._argument(call, 0, 'name', 'mod_name')):
            level = len(text) - len(text.lstrip('.'))
            module = self._absolute(level, text[level:], self._anchor(call) if level else None)
            if '*' in module and '.' not in module.partition('*')[0]:
                self._unknown(call)
            elif _is_module(module.replace('*', 'x')):
                self._add(module, (), call.lineno)

    def _anchor(self, call: ast.Call) -> str:
        """What a relative name counts from: import_module('.x', package)."""
        given = self._argument(call, 1, 'package')
        if given is None:
            return self.package
        texts = self.texts.of(given)
        # `import_module('.x', __name__)` counts from the module's name, which is its package only in an __init__.py
        return texts[0] if len(texts) == 1 and '*' not in texts[0] else self.package

    def _object_call(self, call: ast.Call) -> None:
        for text in self.texts.of(call.args[0] if call.args else None):
            module, _, name = text.partition(':') if ':' in text else text.rpartition('.')
            if '*' in text or not _is_module(module):
                self._unknown(call)
            else:
                self._add(module, (name.partition('.')[0],) if name else (), call.lineno)

    def _exec(self, call: ast.Call) -> None:
        if not isinstance(call.args[0], ast.Constant) or not isinstance(call.args[0].value, str):
            self._unknown(call)
            return
        try:
            text = Python_Source(self.source.label, call.args[0].value)
            inner = Import_Scanner(text, self.module, self.package == self.module, self.version)
            for ref in inner.scan():
                self._add(ref.module, ref.names, call.lineno, ref.optional)
        except Source__Syntax_Error:  # it fails when it runs, as it does here
            return

    def _path_set(self, node: ast.Assign | ast.AugAssign) -> None:
        """sys.path = ['vendor'] + sys.path; sys.path += [...]; sys.path[:0] = [...]"""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            inner = target.value if isinstance(target, ast.Subscript) else target
            if self.texts.full_name(inner) != 'sys.path':
                continue
            for one in ast.walk(node.value):
                if isinstance(one, ast.List):
                    self._path(one, first=isinstance(node, ast.Assign))

    def _path(self, value: ast.expr, first: bool) -> None:
        values = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
        self.path_changes += [(one, first) for one in values if not isinstance(one, ast.Starred)]

    def _unknown(self, call: ast.Call) -> None:
        line = self._lines[call.lineno - 1].strip() if call.lineno <= len(self._lines) else ''
        found = Dynamic_Import(self.source.label, call.lineno, line)
        if found not in self.dynamic:
            self.dynamic.append(found)

    @cached_property
    def _lines(self) -> Sequence[str]:
        return self.source.text.split('\n')

    @staticmethod
    def _argument(call: ast.Call, index: int, *names: str) -> Optional[ast.expr]:
        if index < len(call.args):
            return call.args[index]
        return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)

    def _add(self, module: str, names: tuple[str, ...], line: int, optional: bool = False) -> None:
        self.found.append(self._ref(module, names, line, optional))

    def _ref(self, module: str, names: tuple[str, ...], line: int, optional: bool = False) -> Import_Ref:
        optional = optional or bool(self._optional)
        return Import_Ref(module, names, line, optional, not self._functions, self.source.label)

    def _absolute(self, level: int, module: str, package: Optional[str] = None) -> str:
        """The absolute name; '' when the relative import climbs out of the package."""
        if not level:
            return module
        package = self.package if package is None else package
        parts = package.split('.') if package else []
        if level > len(parts):
            return ''
        base = parts[: len(parts) - level + 1]
        return '.'.join([*base, module] if module else base)


def _is_module(name: str) -> bool:
    return all(part.isidentifier() for part in name.split('.'))


def _running() -> tuple[int, int]:
    import sys

    return (sys.version_info.major, sys.version_info.minor)
