import ast
import builtins
import inspect
import linecache
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any, Optional

from osbot_lambda.errors import Source__Not_Found, Source__Not_Portable
from osbot_lambda.packaging.Captured_Name import Captured_Name
from osbot_lambda.packaging.Name_Usage import Name_Usage
from osbot_lambda.packaging.Source_Value import Source_Value


@dataclass
class Source_Capture:
    """The source of a function that is in no file (typed in a REPL, or in a notebook's cells) and of what it uses.

    Functions and classes as they were typed last, modules and imported names as import statements, plain constants
    (str, bytes, int, float, bool, None, and tuples, lists, dicts of them) with the value they have now.

    Errors : Source__Not_Found when Python kept no source (a plain REPL before 3.13, `python -c`),
             Source__Not_Portable naming the variable and its type.
    """

    function: Callable[..., Any]
    name: str  # as which its namespace knows it

    _found: dict[str, Captured_Name] = field(default_factory=dict)

    def text(self) -> str:
        """The source; it compiles, and importing it alone gives the function."""
        self._found = {}
        space = inspect.unwrap(self.function).__globals__
        self._take(self.name, space.get(self.name, self.function), space)
        imports = sorted(one.text for one in self._found.values() if one.is_import)
        values = [one.text for _, one in sorted(self._found.items()) if one.is_value]
        text = f'# {self.name} and what it uses, as typed\n'
        text += ''.join(line + '\n' for line in (*imports, *values))
        for chunk in self._in_order():
            text += f'\n\n{chunk}\n'
        compile(text, f'<{self.name}>', 'exec', dont_inherit=True)
        return text

    def _take(self, name: str, value: object, space: dict[str, Any]) -> None:
        if name in self._found:
            return
        known = Source_Value.of(name, value, space.get('__name__'))
        if known is None or known.is_value:
            typed = None if known else self._import_in_cells(name, value)
            known = Captured_Name(typed, is_import=True) if typed else known
        if known is not None:
            self._found[name] = known
        elif isinstance(value, FunctionType) and value.__name__ == '<lambda>':
            raise Source__Not_Portable(
                f"{self.name} uses {name!r}, a lambda, which can't be written as source: make it a def"
            )
        elif isinstance(value, FunctionType | type) or hasattr(value, '__wrapped__'):
            self._take_definition(name, value, space)
        else:
            raise Source__Not_Portable(
                f"{self.name} uses {name!r}, a {Source_Value.kind(value)}, which can't be written as source. "
                f'Make it inside the function, or in a module of its own'
            )

    def _take_definition(self, name: str, value: Any, space: dict[str, Any]) -> None:
        inner = inspect.unwrap(value)
        for variable in getattr(getattr(inner, '__code__', None), 'co_freevars', ()):
            if variable != '__class__':
                raise Source__Not_Portable(
                    f"{name} uses {variable!r} of the function around it, which can't be written as source. "
                    f'Define {name} at the top level, and give it {variable} as an argument or a constant'
                )
        text, node = self._definition(inner)
        if node.name != name:
            text = f'{text}\n\n\n{name} = {node.name}'
        usage = Name_Usage.of(node)
        self._found[name] = Captured_Name(text, uses=usage.uses, late=usage.late)
        for used in sorted(usage.uses):
            if used in space:
                self._take(used, space[used], space)
            elif not hasattr(builtins, used) and not used.startswith('__') and used not in usage.sets:
                raise Source__Not_Portable(f'{name} uses {used!r}, which is not defined')
        self._take_submodules(node, space)

    def _take_submodules(self, node: ast.AST, space: dict[str, Any]) -> None:
        """`email.message` needs `import email.message`, where the namespace only has `email`."""
        for attribute in (one for one in ast.walk(node) if isinstance(one, ast.Attribute)):
            top, *names = ast.unparse(attribute).split('.')
            module = space.get(top)
            if isinstance(module, ModuleType):
                real = '.'.join([module.__name__, *names])
                found: object = module
                for name in names:
                    found = getattr(found, name, None)
                if isinstance(found, ModuleType) and found is not module and sys.modules.get(real) is found:
                    self._found[real] = Captured_Name(f'import {real}', is_import=True)

    def _definition(self, value: Any) -> tuple[str, ast.FunctionDef | ast.ClassDef]:
        """The source and node of a function or class: found in the cell that holds its code."""
        wanted = value.__name__
        codes = [value.__code__] if isinstance(value, FunctionType) else self._codes_of(value)
        files = [code.co_filename for code in codes if not code.co_filename.startswith('<frozen')]
        if not isinstance(value, FunctionType):  # a class may have no code of its own: then the last cell that has it
            files += [file for file in reversed(list(linecache.cache)) if self._is_cell(file)]
        first = codes[0].co_firstlineno if isinstance(value, FunctionType) else None
        for file in dict.fromkeys(files):
            linecache.checkcache(file)
            text = ''.join(linecache.getlines(file))
            node = self._node(text, wanted, first)
            if node is not None:
                lines = text.split('\n')
                start = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                return '\n'.join(lines[start - 1 : node.end_lineno]), node
        raise Source__Not_Found(
            f'Python kept no source of {wanted}: put it in a file and import it '
            f'(a notebook, IPython, and the REPL of Python 3.13 and later keep it)'
        )

    @staticmethod
    def _codes_of(value: type) -> list[Any]:
        members = [getattr(one, '__func__', one) for one in vars(value).values()]
        return [one.__code__ for one in members if isinstance(one, FunctionType) and one.__module__ == value.__module__]

    @staticmethod
    def _is_cell(file: str) -> bool:
        return file.startswith('<') or 'ipykernel' in file

    @staticmethod
    def _node(text: str, name: str, first: Optional[int]) -> Optional[ast.FunctionDef | ast.ClassDef]:
        """The last top-level definition of this name, or the one that starts at this line."""
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError):
            return None
        found = None
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
                starts = [node.lineno, *(one.lineno for one in node.decorator_list)]
                if first in starts:
                    return node
                if first is None:
                    found = node
        return found

    def _import_in_cells(self, name: str, value: Any) -> Optional[str]:
        """For objects that don't know where they are from (`from os import environ`): the import that was typed."""
        for file in reversed([file for file in linecache.cache if self._is_cell(file)]):
            try:
                body = ast.parse(''.join(linecache.getlines(file))).body
            except (SyntaxError, ValueError):
                continue
            for node in body:
                if not isinstance(node, ast.ImportFrom) or node.level or node.module not in sys.modules:
                    continue
                for alias in node.names:
                    same = getattr(sys.modules[node.module], alias.name, self) is value
                    if (alias.asname or alias.name) == name and same:
                        return ast.unparse(ast.ImportFrom(node.module, [alias], 0))
        return None

    def _in_order(self) -> list[str]:
        """Definitions so that what runs while defining (decorators, defaults, bases, class bodies) is there before."""
        done: set[str] = set()
        chunks: list[str] = []

        def put(name: str, whole: bool) -> None:
            one = self._found.get(name)
            if one is None or one.is_import or one.is_value or name in done:
                return
            done.add(name)
            for used in sorted(one.uses - one.late):
                put(used, whole=True)
            if whole:  # it is called while something is defined: what its body uses must be there too
                for used in sorted(one.late):
                    put(used, whole=True)
            chunks.append(one.text)
            for used in sorted(one.late):
                put(used, whole=False)

        put(self.name, whole=False)
        return chunks
