import ast
import io
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from osbot_lambda.errors import File__Not_Found, Source__Syntax_Error


@dataclass(frozen=True)
class Python_Source:
    """The text of one Python module, and what can be read from it without running it.

    Errors : File__Not_Found, Source__Syntax_Error (with file and line).
    """

    label: str  # where it comes from, for messages
    text: str

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file, in the encoding that it declares."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise File__Not_Found(f'{path} is not there') from None
        return cls.decode(str(path), data)

    @classmethod
    def decode(cls, label: str, data: bytes) -> Self:
        """From the bytes of a file."""
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            text = data.decode(encoding)
        except (SyntaxError, UnicodeDecodeError) as error:
            raise Source__Syntax_Error(label, 1, str(error)) from None
        return cls(label, text.replace('\r\n', '\n').replace('\r', '\n'))

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        try:
            return ast.parse(self.text)
        except SyntaxError as error:
            raise Source__Syntax_Error(self.label, error.lineno or 1, error.msg) from None
        except ValueError as error:  # null bytes
            raise Source__Syntax_Error(self.label, 1, str(error)) from None

    def statements(self) -> Iterator[ast.stmt]:
        """Every statement that runs at import, also inside if, try, with and loops; not what only a script runs."""
        yield from self._flat(self.tree.body)

    def bindings(self) -> dict[str, list[ast.stmt]]:
        """Each name bound at import, with the statements that bind it; '*' for a star import."""
        found: dict[str, list[ast.stmt]] = {}
        for statement in self.statements():
            for name in self._bound_by(statement):
                found.setdefault(name, []).append(statement)
        return found

    @staticmethod
    def is_main_guard(statement: ast.stmt) -> bool:
        """Is it `if __name__ == '__main__':`?"""
        if not (isinstance(statement, ast.If) and isinstance(statement.test, ast.Compare)):
            return False
        sides = [statement.test.left, *statement.test.comparators]
        return (
            len(sides) == 2
            and isinstance(statement.test.ops[0], ast.Eq)
            and any(isinstance(side, ast.Name) and side.id == '__name__' for side in sides)
            and any(isinstance(side, ast.Constant) and side.value == '__main__' for side in sides)
        )

    @staticmethod
    def is_type_checking(statement: ast.stmt) -> bool:
        """Is it `if TYPE_CHECKING:`, which never runs?"""
        return isinstance(statement, ast.If) and ast.unparse(statement.test) in (
            'TYPE_CHECKING',
            'typing.TYPE_CHECKING',
        )

    def _flat(self, body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        for statement in body:
            if isinstance(statement, ast.If) and (self.is_main_guard(statement) or self.is_type_checking(statement)):
                yield from self._flat(statement.orelse)
                continue
            yield statement
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            for part in ('body', 'orelse', 'finalbody'):
                yield from self._flat(getattr(statement, part, ()))
            for part in ('handlers', 'cases'):
                for branch in getattr(statement, part, ()):
                    yield from self._flat(branch.body)

    def _bound_by(self, statement: ast.stmt) -> set[str]:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return {statement.name}
        if isinstance(statement, ast.Import):
            return {alias.asname or alias.name.partition('.')[0] for alias in statement.names}
        if isinstance(statement, ast.ImportFrom):
            return {alias.asname or alias.name for alias in statement.names}
        if isinstance(statement, ast.AnnAssign) and statement.value is None:
            return set()
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign | ast.For):
            targets = [statement.target]
        elif isinstance(statement, ast.With):
            targets = [item.optional_vars for item in statement.items if item.optional_vars]
        return {
            node.id
            for target in targets
            for node in ast.walk(target)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
