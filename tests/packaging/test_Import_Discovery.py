import pytest

from osbot_lambda.errors import File__Not_Found, Source__Syntax_Error
from osbot_lambda.packaging.Import_Discovery import Import_Discovery
from osbot_lambda.packaging.Python_Source import Python_Source

# name: (files, handler's module, what is found besides the handler itself)
CORPUS = {
    'a single file': ({'h.py': 'import json'}, 'h', []),
    'two files': ({'h.py': 'import other', 'other.py': '', 'unused.py': ''}, 'h', ['other.py']),
    'a package': (
        {'h.py': 'from app.work import do', 'app/__init__.py': '', 'app/work.py': '', 'app/unused.py': ''},
        'h',
        ['app/__init__.py', 'app/work.py'],
    ),
    'a handler in a package': (
        {'app/__init__.py': 'import helper', 'app/api/__init__.py': '', 'app/api/h.py': '', 'helper.py': ''},
        'app.api.h',
        ['app/__init__.py', 'app/api/__init__.py', 'helper.py'],
    ),
    'relative imports': (
        {
            'app/__init__.py': '',
            'app/h.py': 'from . import one\nfrom .two import x\nfrom .sub.three import y\n',
            'app/one.py': '',
            'app/two.py': 'from ..app import four',
            'app/sub/__init__.py': '',
            'app/sub/three.py': 'from .. import five',
            'app/four.py': '',
            'app/five.py': '',
        },
        'app.h',
        ['app/__init__.py', 'app/five.py', 'app/one.py', 'app/sub/__init__.py', 'app/sub/three.py', 'app/two.py'],
    ),
    'a namespace package': (
        {'h.py': 'import space.inner.mod', 'space/inner/mod.py': '', 'space/other.py': ''},
        'h',
        ['space/inner/mod.py'],
    ),
    'imports inside functions': (
        {'h.py': 'def run(e, c):\n    import late\n', 'late.py': ''},
        'h',
        ['late.py'],
    ),
    'import_module of a literal': (
        {
            'h.py': 'import importlib\nfrom importlib import import_module\n'
            "importlib.import_module('one')\nimport_module('two.three')\n__import__('four')\n",
            'one.py': '',
            'two/__init__.py': '',
            'two/three.py': '',
            'four.py': '',
        },
        'h',
        ['four.py', 'one.py', 'two/__init__.py', 'two/three.py'],
    ),
    'a relative import_module': (
        {
            'app/__init__.py': '',
            'app/h.py': "import importlib\nimportlib.import_module('.one', __package__)",
            'app/one.py': '',
        },
        'app.h',
        ['app/__init__.py', 'app/one.py'],
    ),
    'conditional imports': (
        {
            'h.py': 'import sys\nif sys.argv:\n    import one\nelse:\n    import two\n'
            'try:\n    import three\nexcept ImportError:\n    import four\n',
            **{f'{name}.py': '' for name in ('one', 'two', 'three', 'four')},
        },
        'h',
        ['four.py', 'one.py', 'three.py', 'two.py'],
    ),
    'what only type checkers and scripts import': (
        {
            'h.py': 'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import one\n'
            "if __name__ == '__main__':\n    import two\n",
            'one.py': '',
            'two.py': '',
        },
        'h',
        [],
    ),
    'a cycle': ({'h.py': 'import a', 'a.py': 'import b', 'b.py': 'import a, h'}, 'h', ['a.py', 'b.py']),
    'a submodule as a name': (
        {'h.py': 'from app import sub, name', 'app/__init__.py': 'name = 1', 'app/sub.py': ''},
        'h',
        ['app/__init__.py', 'app/sub.py'],
    ),
    'a star import of what __all__ says': (
        {'h.py': 'from app import *', 'app/__init__.py': "__all__ = ['sub']", 'app/sub.py': '', 'app/no.py': ''},
        'h',
        ['app/__init__.py', 'app/sub.py'],
    ),
    'a module beats a folder of its name': (
        {'h.py': 'import thing', 'thing.py': '', 'thing/data.txt': ''},
        'h',
        ['thing.py'],
    ),
    'a folder with the name of a standard module': ({'h.py': 'import email', 'email/letters.py': ''}, 'h', []),
    'a module with the name of a standard one': ({'h.py': 'import calendar', 'calendar.py': ''}, 'h', ['calendar.py']),
    'a folder with the name of an installed package': ({'h.py': 'import boto3', 'boto3/notes.py': ''}, 'h', []),
    'data files of a reached package': (
        {
            'h.py': 'import app',
            'app/__init__.py': '',
            'app/table.csv': '1',
            'app/templates/page.html': '<p>',
            'app/templates/deep/more.txt': '',
            'app/other/__init__.py': '',
            'app/other/other.csv': '',
            'app/.env': 'SECRET=1',
            'app/.git/config': '',
            'app/.hidden': '',
            'app/tests/data.json': '',
            'app/__pycache__/x.cpython-311.pyc': '',
            'app/old.pyc': '',
            'data.txt': '',
        },
        'h',
        ['app/__init__.py', 'app/table.csv', 'app/templates/deep/more.txt', 'app/templates/page.html'],
    ),
    'a virtual environment in the root': (
        {
            'h.py': 'import requests, app',
            'app/__init__.py': '',
            'app/venv/pyvenv.cfg': '',
            'app/venv/lib/data.txt': '',
            '.venv/lib/python3.11/site-packages/requests/__init__.py': '',
            'node_modules/x.js': '',
        },
        'h',
        ['app/__init__.py'],
    ),
    'a package whose __init__ re-exports': (
        {
            'h.py': 'from app import Tool',
            'app/__init__.py': 'from app.tool import Tool\nfrom .extra import more',
            'app/tool.py': 'import app.deep.thing',
            'app/extra.py': '',
            'app/deep/__init__.py': '',
            'app/deep/thing.py': '',
        },
        'h',
        ['app/__init__.py', 'app/deep/__init__.py', 'app/deep/thing.py', 'app/extra.py', 'app/tool.py'],
    ),
    'aliases and several names in a line': (
        {'h.py': 'import one as o, pack.two as t', 'one.py': '', 'pack/__init__.py': '', 'pack/two.py': ''},
        'h',
        ['one.py', 'pack/__init__.py', 'pack/two.py'],
    ),
    'our own package is not taken along': (
        {'h.py': 'def run(e, c):\n    import osbot_lambda', 'osbot_lambda/__init__.py': ''},
        'h',
        [],
    ),
    'a compiled module': (
        {'h.py': 'import fast', 'fast.abi3.so': b'\x7fELF'},
        'h',
        ['fast.abi3.so'],
    ),
    'a suppressed import': (
        {'h.py': 'from contextlib import suppress\nwith suppress(ImportError):\n    import one', 'one.py': ''},
        'h',
        ['one.py'],
    ),
    'another encoding': (
        {'h.py': b'# -*- coding: latin-1 -*-\nx = "\xe9"\nimport one', 'one.py': ''},
        'h',
        ['one.py'],
    ),
}


def discover(root, module, *more_roots):
    source = Python_Source.load(root / (module.replace('.', '/') + '.py'))
    return Import_Discovery([root, *more_roots]).add_source(module, source)


class test_Import_Discovery:
    @pytest.mark.parametrize('name', CORPUS)
    def test_finds_exactly_what_is_reached_in(self, name, project):
        files, module, expected = CORPUS[name]
        assert list(discover(project(files), module).files) == expected

    def test_files_are_where_they_are_on_disk(self, project):
        root = project({'src/h.py': 'import one', 'src/one.py': '1'})
        assert discover(root / 'src', 'h').files == {'one.py': root / 'src' / 'one.py'}

    def test_several_roots_are_searched_in_their_order(self, project):
        root = project({'a/h.py': 'import one, two', 'a/one.py': 'a', 'b/one.py': 'b', 'b/two.py': 'b'})
        found = discover(root / 'a', 'h', root / 'b').files
        assert found == {'one.py': root / 'a/one.py', 'two.py': root / 'b/two.py'}

    def test_a_namespace_package_over_two_roots(self, project):
        root = project({'a/h.py': 'import n.one, n.two', 'a/n/one.py': '', 'b/n/two.py': ''})
        assert list(discover(root / 'a', 'h', root / 'b').files) == ['n/one.py', 'n/two.py']

    def test_missing_names_what_nobody_provides_with_its_line(self, project):
        root = project(
            {'h.py': 'import json, boto3\nimport requests.adapters\nfrom yaml import x', 'pkg/__init__.py': ''}
        )
        missing = discover(root, 'h').missing()
        assert [(one.name, one.line) for one in missing] == [('requests', 2), ('yaml', 3)]
        assert str(missing[0]) == f'requests ({root / "h.py"}:2)'

    def test_what_was_added_is_not_missing(self, project):
        found = discover(project({'h.py': 'import requests, six2, fast, other'}), 'h')
        provided = ['requests/__init__.py', 'six2.py', 'fast.cpython-311-x86_64-linux-gnu.so']
        assert [one.name for one in found.missing(provided)] == ['other']

    def test_a_guarded_import_is_not_missing(self, project):
        text = 'try:\n    import orjson\nexcept (ImportError, OSError):\n    import ujson\n'
        assert [one.name for one in discover(project({'h.py': text}), 'h').missing()] == ['ujson']

    def test_a_first_party_module_that_is_not_there_is_missing(self, project):
        found = discover(project({'h.py': 'import app.gone', 'app/__init__.py': ''}), 'h')
        assert [one.name for one in found.missing()] == ['app.gone']

    def test_a_reached_file_with_a_syntax_error_is_named_with_its_line(self, project):
        root = project({'h.py': 'import one', 'one.py': 'x = 1\ndef f(:\n'})
        with pytest.raises(Source__Syntax_Error, match=r'one\.py:2: ') as caught:
            discover(root, 'h')
        assert (caught.value.file, caught.value.line) == (str(root / 'one.py'), 2)

    def test_missing_below_a_namespace_is_told_by_its_whole_name(self, project):
        found = discover(project({'h.py': 'import space.one, space.two\nfrom space import three, four\n'}), 'h')
        assert [one.name for one in found.missing(['space/one.py', 'space/three/__init__.py'])] == [
            'space.four',
            'space.two',
        ]

    def test_below_a_package_it_is_up_to_the_package(self, project):
        found = discover(project({'h.py': 'import whole.made_at_run_time\n'}), 'h')
        assert found.missing(['whole/__init__.py']) == []

    def test_external_refs_have_names_file_and_line(self, project):
        root = project({'h.py': 'try:\n    from google.cloud import storage\nexcept ImportError:\n    pass\n'})
        (ref,) = discover(root, 'h').external_refs()
        assert (ref.module, ref.names, ref.file, ref.line, ref.optional) == (
            'google.cloud',
            ('storage',),
            str(root / 'h.py'),
            2,
            True,
        )

    def test_a_long_chain_of_modules(self, project):
        files = {f'm{number}.py': f'import m{number + 1}' for number in range(1500)}
        found = discover(project({'h.py': 'import m0', **files, 'm1500.py': ''}), 'h')
        assert len(found.files) == 1501

    @pytest.mark.parametrize('pattern', ['gone', 'gone/*.txt', '*.gone'])
    def test_an_include_that_fits_nothing_names_the_roots(self, pattern, project):
        root = project({'h.py': ''})
        with pytest.raises(File__Not_Found, match=f'include .* fits no file; searched {root}'):
            Import_Discovery([root], include=[pattern]).add_source('h', Python_Source.load(root / 'h.py'))

    @pytest.mark.parametrize('pattern', ['/etc/hosts', '../up.txt', 'a/../../b'])
    def test_an_include_from_elsewhere_says_what_to_do(self, pattern, project):
        root = project({'h.py': ''})
        with pytest.raises(File__Not_Found, match=r'not a path inside of the package; add_file\(\)'):
            Import_Discovery([root], include=[pattern]).add_source('h', Python_Source.load(root / 'h.py'))

    def test_an_excluded_module_is_not_missing(self, project):
        root = project({'h.py': 'import app.big', 'app/__init__.py': '', 'app/big.py': 'import nowhere_x'})
        found = Import_Discovery([root], exclude=['app/big.py']).add_source('h', Python_Source.load(root / 'h.py'))
        assert (list(found.files), found.missing()) == (['app/__init__.py'], [])
