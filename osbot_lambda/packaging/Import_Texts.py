import ast
import itertools
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Optional

from osbot_lambda.packaging.Import_Condition import Import_Condition
from osbot_lambda.packaging.Python_Source import Python_Source

UNKNOWN = ('*',)
MOST = 200  # texts: above it nobody meant it as a list of modules
DEEPEST = 8  # names that stand for names
LISTERS = ('pkgutil.iter_modules', 'pkgutil.walk_packages')


class Import_Texts:
    """The texts that an expression may have, as far as the source says; '*' in them stands for what is computed.

    Follows constants, f-strings, +, %, format and join, names that are set once to such a text or go over a list of
    them, lookups in a literal dictionary, and what pkgutil lists of a package.

    Shapes : of() gives ('app.plugins.*',) for f'app.plugins.{name}', and ('*',) where nothing is known.
    """

    def __init__(self, source: Python_Source, module: str, package: str, aliases: Mapping[str, str]):
        self.source, self.aliases = source, aliases
        self.known = {'__name__': (module,), '__package__': (package,)}
        self._depth = 0

    def of(self, node: Optional[ast.expr]) -> tuple[str, ...]:
        """All that it may be, sorted."""
        if self._depth > DEEPEST or node is None:
            return UNKNOWN
        self._depth += 1
        try:
            found = self._of(node)
        finally:
            self._depth -= 1
        return tuple(sorted(set(found))) if len(found) <= MOST else UNKNOWN

    def package_of(self, call: ast.Call) -> str:
        """The package whose modules pkgutil.iter_modules(…) or walk_packages(…) lists; '' when the text doesn't say."""
        path = self._argument(call, 0, 'path')
        if isinstance(path, ast.Name) and path.id == '__path__':
            return self.known['__name__'][0]
        if isinstance(path, ast.Attribute) and path.attr == '__path__':
            return self.full_name(path.value)
        return ''

    def full_name(self, node: ast.AST) -> str:
        """'a.b.c' with the imported name in place of its alias; '' when it isn't a name."""
        first, dot, rest = Import_Condition.dotted(node).partition('.')
        return self.aliases.get(first, first) + dot + rest

    def value_of(self, name: str) -> Optional[ast.expr]:
        """What a name that is set once stands for."""
        bound = self._bound.get(name, [])
        return bound[0][1] if len(bound) == 1 and bound[0][0] == 'value' else None

    def _of(self, node: ast.expr) -> Sequence[str]:
        if isinstance(node, ast.Constant):
            return (node.value,) if isinstance(node.value, str) else UNKNOWN
        if isinstance(node, ast.JoinedStr):
            return self._joined(node.values)
        if isinstance(node, ast.FormattedValue):
            return self.of(node.value) if node.format_spec is None and node.conversion == -1 else UNKNOWN
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._joined([node.left, node.right])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return [re.sub(r'%(\(\w*\))?[-\w.]*[a-z]', '*', text) for text in self.of(node.left)]
        if isinstance(node, ast.IfExp):
            return [*self.of(node.body), *self.of(node.orelse)]
        if isinstance(node, ast.BoolOp):
            return [text for value in node.values for text in self.of(value)]
        if isinstance(node, ast.Name):
            return self._named(node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Subscript):
            return self._values(node.value)
        if isinstance(node, ast.Call):
            return self._call(node)
        return UNKNOWN

    def _joined(self, parts: list[ast.expr], between: str = '') -> list[str]:
        columns = [self.of(part) for part in parts]
        size = 1
        for column in columns:
            size *= len(column)
        if size > MOST:
            return list(UNKNOWN)
        return [re.sub(r'\*+', '*', between.join(texts)) for texts in itertools.product(*columns)]

    def _call(self, node: ast.Call) -> Sequence[str]:
        if not isinstance(node.func, ast.Attribute):
            return self.of(node.args[0]) if self.full_name(node.func) == 'str' and len(node.args) == 1 else UNKNOWN
        owner, method = node.func.value, node.func.attr
        if method == 'format':
            return [re.sub(r'\{[^}]*\}', '*', text) for text in self.of(owner)]
        if method == 'join' and isinstance(owner, ast.Constant) and len(node.args) == 1:
            items = node.args[0]
            if isinstance(items, ast.List | ast.Tuple):
                return self._joined(items.elts, str(owner.value))
        if method == 'get' and node.args:  # of a dictionary, or os.environ
            return [*self._values(owner), *(self.of(node.args[1]) if len(node.args) > 1 else ())]
        if self.full_name(node.func) == 'os.getenv' and len(node.args) > 1:
            return [*UNKNOWN, *self.of(node.args[1])]
        return UNKNOWN

    def _attribute(self, node: ast.Attribute) -> Sequence[str]:
        if node.attr == '__name__':
            name = self.full_name(node.value)
            return (name,) if name and name != Import_Condition.dotted(node.value) else UNKNOWN
        if node.attr == 'name' and isinstance(node.value, ast.Name):  # of what pkgutil lists
            for how, value in self._bound.get(node.value.id, ()):
                if how == 'item' and isinstance(value, ast.Call) and self.full_name(value.func) in LISTERS:
                    return self._listed(value)
        return UNKNOWN

    def _named(self, name: str) -> Sequence[str]:
        if name in self.known:
            return self.known[name]
        found: list[str] = []
        for how, value in self._bound.get(name, [('unknown', None)]):
            if value is None or how == 'unknown':
                return UNKNOWN
            found += self.of(value) if how == 'value' else self._items(value)
        return found

    def _items(self, node: ast.expr) -> Sequence[str]:
        """What a loop over it gives."""
        node = self._literal(node)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [text for one in node.elts for text in self._leaves(one)]
        if isinstance(node, ast.Dict):
            return [text for key in node.keys for text in self.of(key)]
        if isinstance(node, ast.Call):
            if self.full_name(node.func) in LISTERS:
                return self._listed(node)
            if isinstance(node.func, ast.Attribute) and node.func.attr in ('values', 'items', 'keys'):
                return self._items(node.func.value) if node.func.attr == 'keys' else self._values(node.func.value)
            if self.full_name(node.func) in ('sorted', 'set', 'list', 'tuple', 'reversed') and node.args:
                return self._items(node.args[0])
        return UNKNOWN

    def _values(self, node: ast.expr) -> Sequence[str]:
        """What a lookup in it gives."""
        if isinstance(node, ast.Subscript):
            return self._values(node.value)
        node = self._literal(node)
        if isinstance(node, ast.Dict):
            return [text for value in node.values for text in self._leaves(value)]
        return self._items(node) if isinstance(node, ast.List | ast.Tuple) else UNKNOWN

    def _leaves(self, node: ast.expr) -> Sequence[str]:
        """('app.mod', 'Class') stands for its first."""
        return self.of(node.elts[0]) if isinstance(node, ast.Tuple | ast.List) and node.elts else self.of(node)

    def _literal(self, node: ast.expr) -> ast.expr:
        return (self.value_of(node.id) or node) if isinstance(node, ast.Name) else node

    def _listed(self, call: ast.Call) -> Sequence[str]:
        return [f'{prefix}*' for prefix in self.of(self._argument(call, 1, 'prefix') or ast.Constant(''))]

    @staticmethod
    def _argument(call: ast.Call, index: int, name: str) -> Optional[ast.expr]:
        if index < len(call.args):
            return call.args[index]
        return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)

    @cached_property
    def _bound(self) -> dict[str, list[tuple[str, Optional[ast.expr]]]]:
        """Every name that the source sets anywhere, and to what."""
        found: dict[str, list[tuple[str, Optional[ast.expr]]]] = {}

        def put(target: ast.AST, how: str, value: Optional[ast.expr]) -> None:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append((how, value))
            elif how == 'item' and isinstance(target, ast.Tuple) and target.elts:
                lists = isinstance(value, ast.Call) and self.full_name(value.func) in LISTERS
                items = isinstance(value, ast.Call) and self.full_name(value.func).endswith('.items')
                for index, one in enumerate(target.elts):
                    known = index == 1 if lists or items else index == 0
                    put(one, 'item' if known else 'unknown', value if known else None)
            elif how == 'value' and isinstance(target, ast.Tuple) and isinstance(target.elts[0], ast.Name):
                # module, name = TABLE[key]: what a lookup gives is the first of a pair
                first = isinstance(value, ast.Subscript | ast.Call)
                for index, one in enumerate(target.elts):
                    put(one, 'value' if first and not index else 'unknown', value)
            else:
                for inner in ast.walk(target):
                    if isinstance(inner, ast.Name):
                        found.setdefault(inner.id, []).append(('unknown', None))

        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    put(target, 'value', node.value)
            elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
                put(node.target, 'value', node.value)
            elif isinstance(node, ast.AugAssign):
                put(node.target, 'unknown', None)
            elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
                put(node.target, 'item', node.iter)
            elif isinstance(node, ast.arg):
                found.setdefault(node.arg, []).append(('unknown', None))
            elif isinstance(node, ast.withitem) and node.optional_vars:
                put(node.optional_vars, 'unknown', None)
        return found
