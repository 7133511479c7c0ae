import ast
from collections.abc import Collection, Iterator

from osbot_lambda.packaging.Python_Source import Python_Source

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


class Start_Usage:
    """Which imports at the top of a module are used while a function starts, and which are not.

    An import counts as used when code that was executed at the start reads the name that it binds: the module's top
    level, bodies of classes, decorators, defaults, annotations, and the functions that were called. Names in __all__,
    and what an __init__.py takes from elsewhere to offer it, count as used too.

    Shapes : executed are the first lines of the functions that were called, as code objects have them.
    """

    def __init__(self, source: Python_Source, module: str, is_package: bool, executed: Collection[int]):
        self.source, self.module, self.is_package, self.executed = source, module, is_package, executed
        self.used = set(self._names(source.tree))
        self.used |= set(self._exported())

    def unused(self) -> list[tuple[list[str], int]]:
        """For each of them the modules that it may mean, the likeliest first, and its line."""
        found = []
        for statement in self.source.statements():
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    if (alias.asname or alias.name.partition('.')[0]) not in self.used:
                        found.append(([alias.name], statement.lineno))
            elif isinstance(statement, ast.ImportFrom) and not self.is_package:
                found += self._unused_from(statement)
        return found

    def _unused_from(self, statement: ast.ImportFrom) -> Iterator[tuple[list[str], int]]:
        module = self._absolute(statement)
        names = [alias.asname or alias.name for alias in statement.names]
        if module == '__future__' or '*' in names or self.used.intersection(names):
            return
        for alias in statement.names:
            yield [f'{module}.{alias.name}', module], statement.lineno

    def _absolute(self, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ''
        parts = self.module.split('.')
        base = parts[: len(parts) - statement.level + self.is_package]
        return '.'.join([*base, *filter(None, [statement.module])])

    def _names(self, node: ast.AST) -> Iterator[str]:
        """The names that are read by what is executed of a node."""
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                yield node.id
            return
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, FUNCTION) and not self._was_called(node):
            children = [*node.decorator_list, node.args, *filter(None, [node.returns])]
        elif isinstance(node, ast.Lambda) and node.lineno not in self.executed:
            children = [node.args]
        elif isinstance(node, ast.If) and Python_Source.is_type_checking(node):
            children = [node.test, *node.orelse]
        for child in children:
            yield from self._names(child)

    def _was_called(self, node: FUNCTION) -> bool:
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return first in self.executed

    def _exported(self) -> Iterator[str]:
        for statement in self.source.statements():
            if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                if any(isinstance(target, ast.Name) and target.id == '__all__' for target in targets):
                    constants = ast.walk(statement.value) if statement.value else ()
                    yield from (str(node.value) for node in constants if isinstance(node, ast.Constant))
