import textwrap

import pytest

from osbot_lambda.packaging.Python_Source import Python_Source
from osbot_lambda.packaging.Start_Usage import Start_Usage


def unused(code: str, module: str = 'app.main', is_package: bool = False, executed: tuple[int, ...] = ()) -> list[str]:
    source = Python_Source('main.py', textwrap.dedent(code).lstrip('\n'))
    found = Start_Usage(source, module, is_package, executed).unused()
    return [f'{"|".join(names)}:{line}' for names, line in found]


class test_Start_Usage:
    def test_an_import_that_only_a_function_reads_is_unused_until_the_function_is_called(self):
        code = """
            import tea

            @some.decorator
            def run():
                return tea.leaf
            """
        assert unused(code) == ['tea:1']
        assert unused(code, executed=(3,)) == []

    @pytest.mark.parametrize(
        'use',
        [
            'X = tea.leaf',
            'class A(tea.Base): pass',
            'class A:\n    X = tea.leaf',
            'def run(x=tea.leaf): pass',
            'def run(x: tea.Leaf): pass',
            'def run() -> tea.Leaf: pass',
            '@tea.brew\ndef run(): pass',
            'X = [tea for _ in range(3)]',
            'run = lambda x=tea: x',
            'if True:\n    tea.brew()',
            '__all__ = ["tea"]',
        ],
    )
    def test_is_used_by(self, use):
        assert unused(f'import tea\n{use}\n') == []

    @pytest.mark.parametrize(
        'use',
        [
            'run = lambda: tea',
            'class A:\n    def run(self): return tea',
            'async def run(): await tea',
            'tea = 1',
            'X: 1',
        ],
    )
    def test_is_not_used_by(self, use):
        assert unused(f'import tea\n{use}\n') == ['tea:1']

    def test_the_name_that_an_import_binds_is_what_counts(self):
        assert unused('import tea.leaf\nimport tea.cup as cup\ntea\n') == ['tea.cup:2']

    def test_of_a_from_import_the_module_may_be_either(self):
        assert unused('from tea import leaf, cup\n') == ['tea.leaf|tea:1', 'tea.cup|tea:1']

    def test_a_from_import_of_which_something_is_used_is_used(self):
        assert unused('from tea import leaf, cup\nleaf()\n') == []

    def test_relative_imports_are_named_in_full(self):
        assert unused('from . import tea\nfrom ..cups import cup\n', 'app.sub.main') == [
            'app.sub.tea|app.sub:1',
            'app.cups.cup|app.cups:2',
        ]

    def test_what_an_init_offers_is_used_and_what_it_imports_whole_is_not(self):
        assert unused('from .tea import leaf\nimport cups\n', 'app', is_package=True) == ['cups:2']

    def test_what_never_runs_is_not_listed(self):
        code = """
            from __future__ import annotations
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                import tea
            from cups import *
            if __name__ == '__main__':
                import argparse
            """
        assert unused(code) == []
