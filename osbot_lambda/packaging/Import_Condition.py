import ast
import operator
from typing import Any, Optional

COMPARE = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class Import_Condition:
    """Says of a condition in a source whether it holds on Lambda, where that is known: on a Linux, in this Python.

    Shapes : truth() gives None when only a run can tell.
    """

    def __init__(self, version: tuple[int, int]):
        self.known: dict[str, Any] = {
            'TYPE_CHECKING': False,
            'typing.TYPE_CHECKING': False,
            'sys.version_info': (*version, 99),  # the newest patch
            'sys.version_info.major': version[0],
            'sys.version_info.minor': version[1],
            'sys.platform': 'linux',
            'os.name': 'posix',
            'six.PY2': False,
            'six.PY3': True,
        }

    def truth(self, test: ast.expr) -> Optional[bool]:
        """Does it hold?"""
        if isinstance(test, ast.BoolOp):
            sides = [self.truth(value) for value in test.values]
            decisive = isinstance(test.op, ast.Or)
            if decisive in sides:
                return decisive
            return None if None in sides else not decisive
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.truth(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return self._compare(test)
        if isinstance(test, ast.Call):
            return self._starts_with(test)
        value = self._value(test)
        return None if value is None else bool(value)

    def _compare(self, test: ast.Compare) -> Optional[bool]:
        left, right = self._value(test.left), self._value(test.comparators[0])
        if {self.dotted(test.left), self.dotted(test.comparators[0])} & {'__name__'} and '__main__' in (left, right):
            return False if isinstance(test.ops[0], ast.Eq) else None
        if left is None or right is None:
            return None
        if isinstance(test.ops[0], ast.In | ast.NotIn) and isinstance(right, tuple | str):
            return (left in right) is isinstance(test.ops[0], ast.In)
        compare = COMPARE.get(type(test.ops[0]))
        try:
            return None if compare is None else bool(compare(left, right))
        except TypeError:  # a version compared with a text: the run would fail too
            return None

    def _starts_with(self, test: ast.Call) -> Optional[bool]:
        if not isinstance(test.func, ast.Attribute) or test.func.attr != 'startswith' or len(test.args) != 1:
            return None
        text, start = self._value(test.func.value), self._value(test.args[0])
        if not isinstance(text, str) or not isinstance(start, str | tuple):
            return None
        return text.startswith(start)

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            values = tuple(self._value(one) for one in node.elts)
            return None if None in values else values
        if isinstance(node, ast.Subscript) and self.dotted(node.value) == 'sys.version_info':
            return self._part_of_version(node.slice)
        return self.known.get(self.dotted(node))

    def _part_of_version(self, index: ast.expr) -> Any:
        """sys.version_info[0], [1], [:1] and [:2]; what is further to the right differs between patches."""
        version = self.known['sys.version_info']
        if isinstance(index, ast.Constant) and index.value in (0, 1):
            return version[index.value]
        if isinstance(index, ast.Slice) and index.lower is None and isinstance(index.upper, ast.Constant):
            return version[: index.upper.value] if index.upper.value in (1, 2) else None
        return None

    @staticmethod
    def dotted(node: Optional[ast.AST]) -> str:
        """'a.b.c' of a name and its attributes; '' of anything else."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        return '.'.join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ''
