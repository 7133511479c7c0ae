import ast
from collections.abc import Iterable
from typing import Optional

from osbot_lambda.packaging.Import_Ref import Import_Ref
from osbot_lambda.packaging.Python_Source import Python_Source


class Import_Scanner(ast.NodeVisitor):
    """Lists the imports of one source, relative ones made absolute; the source isn't run.

    Seen     : import, from-import, importlib.import_module('literal'), __import__('literal'), at any depth.
    Not seen : what is under `if TYPE_CHECKING:` or `if __name__ == '__main__':`, and names computed at run time.
    """

    CATCHES = ('ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException')

    def __init__(self, source: Python_Source, module: str, is_package: bool = False):
        self.source, self.module = source, module
        self.package = module if is_package else module.rpartition('.')[0]
        self.found: list[Import_Ref] = []
        self._optional = self._functions = 0
        self._import_module = {'import_module'} & source.bindings().keys()

    def scan(self) -> list[Import_Ref]:
        """All imports, in the order of the text."""
        self.found = []
        self.visit(self.source.tree)
        return self.found

    def visit_Import(self, node: ast.Import) -> None:
        """import a.b, c"""
        for alias in node.names:
            self._add(alias.name, (), node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """from a.b import c; from . import c"""
        module = self._absolute(node.level, node.module or '')
        if module:
            self._add(module, tuple(alias.name for alias in node.names), node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        """importlib.import_module('a.b') and __import__('a.b')"""
        called = ast.unparse(node.func)
        name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if isinstance(name, str) and name:
            if called == '__import__':
                self._add(name, (), node.lineno)
            elif called == 'importlib.import_module' or called in self._import_module:
                level = len(name) - len(name.lstrip('.'))
                module = self._absolute(level, name[level:])
                if module:
                    self._add(module, (), node.lineno)
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        """What never runs on Lambda isn't looked at."""
        if Python_Source.is_main_guard(node) or Python_Source.is_type_checking(node):
            self._visit_all(node.orelse)
        else:
            self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        """An import whose failure is caught is optional."""
        self._guarded(node.body, any(self._catches(handler.type) for handler in node.handlers))
        self._visit_all([*node.handlers, *node.orelse, *node.finalbody])

    def visit_With(self, node: ast.With) -> None:
        """with suppress(ImportError): counts as a try."""
        calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
        suppressed = any(
            ast.unparse(call.func).endswith('suppress') and any(self._catches(arg) for arg in call.args)
            for call in calls
        )
        self._visit_all(node.items)
        self._guarded(node.body, suppressed)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Imports inside run later, when the function is called."""
        self._in_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """As visit_FunctionDef."""
        self._in_function(node)

    def _in_function(self, node: ast.AST) -> None:
        self._functions += 1
        self.generic_visit(node)
        self._functions -= 1

    def _guarded(self, body: Iterable[ast.AST], optional: bool) -> None:
        self._optional += optional
        self._visit_all(body)
        self._optional -= optional

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _catches(self, caught: Optional[ast.expr]) -> bool:
        if isinstance(caught, ast.Tuple):
            return any(self._catches(one) for one in caught.elts)
        return caught is None or ast.unparse(caught) in self.CATCHES

    def _add(self, module: str, names: tuple[str, ...], line: int) -> None:
        self.found.append(Import_Ref(module, names, line, bool(self._optional), not self._functions))

    def _absolute(self, level: int, module: str) -> str:
        """The absolute name; '' when the relative import climbs out of the package."""
        if not level:
            return module
        parts = self.package.split('.') if self.package else []
        if level > len(parts):
            return ''
        base = parts[: len(parts) - level + 1]
        return '.'.join([*base, module] if module else base)
