import ast

import pytest

from osbot_lambda.packaging.Import_Texts import Import_Texts
from osbot_lambda.packaging.Python_Source import Python_Source


def texts(text, **aliases):
    """What the argument of the last statement, x(…), may be."""
    source = Python_Source('app/mod.py', text)
    last = source.tree.body[-1]
    call = next(node for node in ast.walk(last) if isinstance(node, ast.Call) and ast.unparse(node.func) == 'x')
    return list(Import_Texts(source, 'app.mod', 'app', {'pkgutil': 'pkgutil', **aliases}).of(call.args[0]))


class test_Import_Texts:
    @pytest.mark.parametrize(
        ('text', 'expected'),
        [
            ("x('a.b')", ['a.b']),
            ('x(1)', ['*']),
            ("x(f'a.{b}')", ['a.*']),
            ("x(f'a.{b!r}.c')", ['a.*.c']),
            ("x(f'{__name__}.{b}')", ['app.mod.*']),
            ("x(__package__ + '.one')", ['app.one']),
            ("x('a.%s' % b)", ['a.*']),
            ("x('a.%(kind)s.%d' % b)", ['a.*.*']),
            ("x('a.{}.{b}'.format(c))", ['a.*.*']),
            ("x('.'.join(['a', b]))", ['a.*']),
            ("x('.'.join(b))", ['*']),
            ("x('a' if b else 'c')", ['a', 'c']),
            ("x(b or 'c')", ['*', 'c']),
            ("A = 'a'\nx(A)", ['a']),
            ("A = 'a'\nA = 'b'\nx(A)", ['a', 'b']),
            ("A = 'a'\nA += 'b'\nx(A)", ['*']),
            ("A: str = 'a'\nB = A + '.b'\nx(B)", ['a.b']),
            ("def f(A='a'):\n    x(A)", ['*']),
            ("for a in ('a', 'b'): x(f'm.{a}')", ['m.a', 'm.b']),
            ("A = ['a', 'b']\n[x(a) for a in sorted(A)]", ['a', 'b']),
            ("for a in {'k': 1, 'l': 2}: x(a)", ['k', 'l']),
            ("A = {'k': 'm.a', 'l': 'm.b'}\nx(A[k])", ['m.a', 'm.b']),
            ("A = {'k': 'm.a'}\nx(A.get(k, 'm.c'))", ['m.a', 'm.c']),
            ("A = {'k': ('m.a', 'f')}\nx(A[k][0])", ['m.a']),
            ("A = {'k': ('m.a', 'f')}\na, f = A[k]\nx(a)", ['m.a']),
            ("A = {'k': 'm.a'}\nfor k, v in A.items(): x(v)", ['m.a']),
            ("A = {'k': 'm.a'}\nfor v in A.values(): x(v)", ['m.a']),
            ("import os\nx(os.environ.get('A', 'm.c'))", ['*', 'm.c']),
            ("x(os.getenv('A', 'm.c'))", ['*', 'm.c']),
            ("for one in pkgutil.iter_modules(__path__): x(f'app.{one.name}')", ['app.*']),
            ("for _, name, _ in pkgutil.walk_packages(p, 'app.'): x(name)", ['app.*']),
            ("for one in pkgutil.iter_modules(p, prefix='app.'): x(one.name)", ['app.*']),
            ('A = A\nx(A)', ['*']),
            ('with a as A: x(A)', ['*']),
            ('(A, B), C = b\nx(A)', ['*']),
        ],
    )
    def test_what(self, text, expected):
        assert texts(text, os='os') == expected

    def test_too_many_are_not_known(self):
        many = ', '.join(repr(f'm{number}') for number in range(300))
        assert texts(f'for a in ({many}): x(a)') == ['*']
        assert texts(f'for a in ({many}): x(f"p.{{a}}")') == ['p.*']
