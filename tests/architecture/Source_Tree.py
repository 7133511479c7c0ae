import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / 'osbot_lambda'


@dataclass(frozen=True)
class Source_File:
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text())

    @property
    def name(self) -> str:
        return self.path.relative_to(PACKAGE).as_posix()

    def imports(self) -> list[tuple[str, int]]:
        """Every imported module with its line, also inside functions; not those for type checkers alone."""
        found = []
        for node in self._walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(alias.name, node.lineno) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = self._absolute(node)
                found += [(module, node.lineno)]
                found += [(f'{module}.{alias.name}', node.lineno) for alias in node.names]
        return found

    def classes(self) -> list[ast.ClassDef]:
        return [node for node in self.tree.body if isinstance(node, ast.ClassDef)]

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ''
        parts = ['osbot_lambda', *self.path.relative_to(PACKAGE).parts[:-1]]
        return '.'.join(parts[: len(parts) - node.level + 1] + ([node.module] if node.module else []))

    def _walk(self, node: ast.AST):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test) == 'TYPE_CHECKING':
                continue
            yield child
            yield from self._walk(child)


def source_files() -> list[Source_File]:
    return [Source_File(path) for path in sorted(PACKAGE.rglob('*.py'))]
