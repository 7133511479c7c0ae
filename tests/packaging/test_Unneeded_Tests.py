import pytest

from osbot_lambda.packaging.Unneeded_Tests import Unneeded_Tests


def unneeded(files: dict[str, str]) -> list[str]:
    return Unneeded_Tests(files, lambda path: files[path].encode()).folders()


class test_Unneeded_Tests:
    def test_the_outermost_folders_of_that_name(self):
        files = [
            'a/tests/__init__.py',
            'a/tests/test/x.py',
            'a/b/test/data.csv',
            'tests/x.py',
            'a/testing/x.py',
            'test.py',
        ]
        assert unneeded(dict.fromkeys(files, '')) == ['a/b/test', 'a/tests', 'tests']

    @pytest.mark.parametrize(
        'statement',
        [
            'import a.b.tests',
            'import os, a.b.tests.helper as h',
            'from a.b.tests import helper',
            'from a.b.tests.helper import x',
            'from a.b import (\n    y,\n    tests,\n)',
            'from .b import tests',
            'from .b.tests import helper',
            'def f():\n    from .b.tests.helper import x',
        ],
    )
    def test_one_that_the_package_imports_stays(self, statement):
        files = {'a/__init__.py': statement, 'a/b/tests/helper.py': '', 'a/tests/x.py': ''}
        assert unneeded(files) == ['a/tests']

    def test_relative_to_the_folder_of_the_module(self):
        files = {'a/b/c.py': 'from .. import tests', 'a/tests/x.py': '', 'a/b/tests/x.py': ''}
        assert unneeded(files) == ['a/b/tests']

    @pytest.mark.parametrize('path', ['a/conftest.py', 'a/tests/x.py', 'b/tests/y.py'])
    def test_imports_by_other_tests_do_not_count(self, path):
        assert unneeded({'a/tests/z.py': '', path: 'import a.tests'}) == sorted(
            {'a/tests', *([path.rpartition('/')[0]] if 'tests' in path else [])}
        )
