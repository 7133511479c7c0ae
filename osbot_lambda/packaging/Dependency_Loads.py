import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from osbot_lambda.packaging.Python_Source import Python_Source


@dataclass(frozen=True)
class Dependency_Loads:
    """The calls in a source by which a function loads packages from S3 (boto3__lambda, Lambda__Dependency…).

    They have to run in Lambda, before the imports that they make possible; and what they load isn't missing there.
    """

    source: Python_Source

    LOADERS = ('osbot_lambda.aws.lambda_.boto3__lambda', 'osbot_lambda.aws.lambda_.dependencies', 'boto3__lambda')
    FOR_FUNCTIONS = (*LOADERS, 'osbot_lambda.shell')

    @classmethod
    def is_for_functions(cls, module: str, names: tuple[str, ...] = ()) -> bool:
        """Is it of our modules that functions use, so that importing it doesn't mean that a script deploys?"""
        return _is_in(module, cls.FOR_FUNCTIONS) or (
            bool(names) and all(_is_in(f'{module}.{name}', cls.FOR_FUNCTIONS) for name in names)
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Names that stand for loaders: those imported, and what is made with them at the top level."""
        names: set[str] = set()
        for statement in self.source.tree.body:
            if isinstance(statement, ast.Import):
                names |= {alias.asname or alias.name for alias in statement.names if _is_in(alias.name, self.LOADERS)}
            elif isinstance(statement, ast.ImportFrom) and not statement.level:
                names |= {
                    alias.asname or alias.name
                    for alias in statement.names
                    if _is_in(f'{statement.module}.{alias.name}', self.LOADERS)
                }
            elif isinstance(statement, ast.Assign) and _names(statement.value) & names:
                names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
        return frozenset(names)

    @cached_property
    def packages(self) -> frozenset[str]:
        """What is loaded, as far as the text says it, as the name of a module: 'PyYAML>=6' is 'pyyaml'."""
        found = set()
        for node in ast.walk(self.source.tree) if self.names else ():
            if isinstance(node, ast.Call) and _names(node.func) & self.names:
                for text in self._texts(node):
                    found |= {name.lower().replace('-', '_') for name in re.findall(r'(?:^|,)\s*([\w.-]+)', text)}
        return frozenset(found)

    @staticmethod
    def _texts(call: ast.Call) -> Iterator[str]:
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            for node in argument.elts if isinstance(argument, ast.List | ast.Tuple | ast.Set) else (argument,):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _is_in(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(place + '.') for place in places)


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
