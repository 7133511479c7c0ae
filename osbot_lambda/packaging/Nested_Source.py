import ast
import builtins
import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import Any, Optional

from osbot_lambda.errors import Handler__Not_Found, Source__Not_Portable
from osbot_lambda.packaging.Name_Usage import Name_Usage
from osbot_lambda.packaging.Python_Source import Python_Source
from osbot_lambda.packaging.Source_Value import Source_Value

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
NOT_A_DECORATOR_OUTSIDE = ('staticmethod', 'classmethod')


class Nested_Source:
    """The module of a function that is defined inside a class or another function (of a test, mostly), with that
    function at its top level as well, and before it what it takes from the functions around it.

    Errors : Handler__Not_Found when the file doesn't have it any more, Source__Not_Portable naming what can't be
             written as source, or would take the place of another name of the module.
    """

    def __init__(self, function: Any, source: Python_Source):
        self.function, self.source = inspect.unwrap(function), source
        self._taken: dict[str, str] = {}

    def with_it_at_the_top(self) -> Python_Source:
        """The module's text, and then the function's own; the lines of what was there stay as they were."""
        self._taken = {}
        self._take(self.function.__name__, self.function)
        text = self.source.text.rstrip('\n') + '\n'
        return Python_Source(self.source.label, text + ''.join(f'\n\n{chunk}\n' for chunk in self._taken.values()))

    @staticmethod
    def is_nested(function: Any) -> bool:
        """Is it defined inside a class, or inside another function?"""
        return '.' in getattr(inspect.unwrap(function), '__qualname__', '')

    @staticmethod
    def around(function: Any) -> str:
        """What it is defined in: 'Test_Orders', or 'Test_Orders_test_total' for one inside that method."""
        path = [part for part in inspect.unwrap(function).__qualname__.split('.') if part != '<locals>']
        return '_'.join(path[:-1])

    def _take(self, name: str, value: Any) -> None:
        """Put the definition of a function or class into what is taken, after what it needs itself."""
        own = value.__name__
        if own in self._taken:
            return
        self._check_free(own)
        self._taken[own] = ''  # it may use itself
        node = self._node(value)
        for variable, held in self._variables(value):
            self._take_variable(variable, held)
        text = self._text(node)
        self._check_known(own, node)
        del self._taken[own]
        self._taken[own] = text
        if own != name:
            self._check_free(name)
            self._taken[name] = f'{name} = {own}'

    def _take_variable(self, name: str, value: Any) -> None:
        if name in self._taken:
            return
        definition = isinstance(value, FunctionType | type) and value.__name__ != '<lambda>'
        if definition and self.is_nested(value) and value.__module__ == self._module:
            self._take(name, value)
            return
        known = Source_Value.of(name, value, None if isinstance(value, FunctionType | type) else self._module)
        if known is None:
            raise Source__Not_Portable(
                f'{self.function.__qualname__} uses {name!r}, a {Source_Value.kind(value)} of the function around it, '
                f"which can't be written as source. Make it inside the function itself, or at the top of the module"
            )
        self._check_free(name)
        self._taken[name] = known.text

    @property
    def _module(self) -> str:
        return str(self.function.__module__)

    def _variables(self, value: Any) -> Iterator[tuple[str, Any]]:
        """What it, or a method of it, takes from the functions around it."""
        functions = [value] if isinstance(value, FunctionType) else vars(value).values()
        for function in [inspect.unwrap(getattr(one, '__func__', one)) for one in functions]:
            if not isinstance(function, FunctionType):
                continue
            for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
                if name == '__class__':
                    continue
                try:
                    yield name, cell.cell_contents
                except ValueError:
                    raise Source__Not_Portable(
                        f'{self.function.__qualname__} uses {name!r}, which the function around it has not set yet'
                    ) from None

    def _check_free(self, name: str) -> None:
        there = self.source.bindings().get(name)
        if there:
            raise Source__Not_Portable(
                f'{self.function.__qualname__} would be shipped with a {name!r} of its own, and '
                f'{self.source.label}:{there[-1].lineno} has another one at its top level: rename one of them'
            )

    def _check_known(self, name: str, node: Definition) -> None:
        """Decorators and defaults are evaluated where it is defined: what they name has to be known at the top too."""
        known = {*self.source.bindings(), *self._taken, *dir(builtins)}
        unknown = sorted(Name_Usage.of(node).uses - known)
        if unknown and '*' not in known:
            raise Source__Not_Portable(
                f'{self.function.__qualname__} needs {unknown[0]!r} (for {name}), which only what is around it knows. '
                f'Define it at the top of the module'
            )

    def _node(self, value: Any) -> Definition:
        """Its definition, found by its path in the file as it is now; of several by the line."""
        found: list[Definition] = []
        self._find(self.source.tree.body, [part for part in value.__qualname__.split('.') if part != '<locals>'], found)
        if not found:
            raise Handler__Not_Found(f'{self.source.label} has no {value.__qualname__} (any more)')
        line: Optional[int] = getattr(getattr(value, '__code__', None), 'co_firstlineno', None)
        node = next((one for one in found if self._first_line(one) == line), found[-1])
        node.decorator_list = [mark for mark in node.decorator_list if ast.unparse(mark) not in NOT_A_DECORATOR_OUTSIDE]
        return node

    def _find(self, body: list[ast.stmt], path: list[str], found: list[Definition]) -> None:
        for node in body:
            if isinstance(node, Definition):
                if node.name == path[0]:
                    if len(path) == 1:
                        found.append(node)
                    else:
                        self._find(node.body, path[1:], found)
                continue
            for part in ('body', 'orelse', 'finalbody'):
                self._find(getattr(node, part, []), path, found)
            for handler in getattr(node, 'handlers', []):
                self._find(handler.body, path, found)

    @staticmethod
    def _first_line(node: Definition) -> int:
        return min([node.lineno, *(mark.lineno for mark in node.decorator_list)])

    def _text(self, node: Definition) -> str:
        """Its own lines, moved to the left; lines inside of a text stay."""
        lines = self.source.text.split('\n')
        inside = {
            line
            for one in ast.walk(node)
            if isinstance(one, ast.Constant | ast.JoinedStr)
            for line in range(one.lineno + 1, (one.end_lineno or one.lineno) + 1)
        }
        marks = [
            '@' + (ast.get_source_segment(self.source.text, mark) or ast.unparse(mark)) for mark in node.decorator_list
        ]
        indent = node.col_offset
        own = [
            lines[number - 1] if number in inside else lines[number - 1][indent:]
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        ]
        return '\n'.join([*marks, *own])
