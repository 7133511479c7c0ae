import itertools
import linecache
import re
import sys

import pytest

from osbot_lambda.errors import Source__Not_Found, Source__Not_Portable
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Lambda_Package import Lambda_Package
from osbot_lambda.packaging.Source_Capture import Source_Capture


class Notebook:
    """Runs cells as IPython does: compiled under a name of their own, with the text in linecache."""

    def __init__(self):
        self.space = {'__name__': '__main__', '__builtins__': __builtins__, 'get_ipython': None}
        self.files = []
        self.numbers = itertools.count()

    def cell(self, text, name='/tmp/ipykernel_1/{}.py'):
        file = name.format(next(self.numbers))
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        self.files.append(file)
        exec(compile(text, file, 'exec'), self.space)

    def text(self, name):
        return Source_Capture(self.space[name], name).text()


@pytest.fixture
def notebook():
    one = Notebook()
    yield one
    for file in one.files:
        linecache.cache.pop(file, None)


class test_Source_Capture:
    def test_a_function_with_all_that_it_uses(self, notebook, call_alone):
        notebook.cell('import json\nimport os.path as osp\nimport email.message\nfrom math import sqrt as root')
        notebook.cell('from os import environ')
        notebook.cell("RATE = 2.5\nNAMES = {'a': [1, None, (True, b'x')]}\nother = object()")
        notebook.cell(
            'class Base:\n    pass\nclass Order(Base):\n    rate = RATE\n    def total(self): return self.rate * 2'
        )
        notebook.cell(
            'def twice(f):\n    import functools\n    @functools.wraps(f)\n'
            '    def w(*a): return f(*a) * 2\n    return w'
        )
        notebook.cell('def helper(x): return root(x) if x else run({}, None)')
        notebook.cell(
            '@twice\ndef run(event, context):\n'
            "    return [json.dumps(NAMES['a'][0]), Order().total(), helper(9), osp.sep, bool(environ), "
            'email.message.__name__]'
        )
        package = Lambda_Package().add_handler(Handler_Source(notebook.space['run']))
        assert package.handler_code.handler == 'notebook.run'
        once = "'1', 5.0, 3.0, '/', True, 'email.message'"
        assert call_alone(package) == f'[{once}, {once}]'
        assert 'other' not in package.entries['notebook.py'].data.decode()

    def test_what_was_typed_last_is_taken(self, notebook):
        notebook.cell('def run(e, c): return helper()')
        notebook.cell('def helper(): return 1')
        source = Handler_Source(notebook.space['run'])
        notebook.cell('def helper(): return 2')
        notebook.cell('def run(e, c): return helper() + 1')
        text = source.code().data.decode()
        assert 'return 2' in text
        assert 'helper() + 1' in text
        assert 'return 1' not in text

    def test_a_class_without_methods_is_found(self, notebook):
        notebook.cell('from dataclasses import dataclass')
        notebook.cell('@dataclass\nclass Point:\n    x: int = 0\n')
        notebook.cell('def run(e, c): return Point()')
        text = notebook.text('run')
        assert 'from dataclasses import dataclass\n' in text
        assert '@dataclass\nclass Point:\n    x: int = 0' in text

    def test_what_a_definition_runs_is_defined_before_it(self, notebook):
        notebook.cell('def helper(): return A()')
        notebook.cell('def make(): return 1')
        notebook.cell('class A:\n    x = make()\n')
        notebook.cell('def run(e, c): return helper().x')
        text = notebook.text('run')
        exec(compile(text, 'alone', 'exec'), space := {})
        assert space['run']({}, None) == 1
        assert text.index('def make') < text.index('class A')

    def test_an_alias_of_a_function(self, notebook):
        notebook.cell('def first(e, c): return 1\nsecond = first')
        notebook.cell('def run(e, c): return second(e, c)')
        exec(compile(notebook.text('run'), 'alone', 'exec'), space := {})
        assert space['run']({}, None) == 1

    @pytest.mark.parametrize(
        ('cell', 'text'),
        [
            ('import io\nthing = io.BytesIO()', "'thing', a _io.BytesIO"),
            ('thing = object()', "'thing', a object"),
            ('thing = [object()]', "'thing', a list"),
            ('thing = {1, 2}', "'thing', a set"),
            ("thing = float('nan')", "'thing', a float"),
        ],
    )
    def test_a_value_that_can_not_be_written_is_refused_by_name(self, notebook, cell, text):
        notebook.cell(cell)
        notebook.cell('def run(e, c): return thing')
        with pytest.raises(Source__Not_Portable, match=re.escape(text)):
            notebook.text('run')

    def test_a_variable_of_the_function_around_is_refused_by_name(self, notebook):
        notebook.cell('def outer(limit):\n    def inner(): return limit\n    return inner\nhelper = outer(1)')
        notebook.cell('def run(e, c): return helper()')
        with pytest.raises(Source__Not_Portable, match="helper uses 'limit' of the function around it"):
            notebook.text('run')

    def test_a_name_that_is_not_defined_is_refused(self, notebook):
        notebook.cell('def run(e, c): return nowhere')
        with pytest.raises(Source__Not_Portable, match="run uses 'nowhere', which is not defined"):
            notebook.text('run')

    def test_the_notebook_gives_its_name(self, notebook, monkeypatch):
        notebook.cell('def my_handler(e, c): return 1')
        monkeypatch.setenv('JPY_SESSION_NAME', '/home/me/Order flow.ipynb')
        source = Handler_Source(notebook.space['my_handler'])
        assert (source.lambda_name(), source.handler()) == ('Order_flow__my_handler', 'Order_flow.my_handler')

    def test_a_module_of_the_current_folder_comes_along(self, notebook, project, monkeypatch, call_alone):
        root = project({'own_helper_x.py': 'def work(): return 7'})
        monkeypatch.syspath_prepend(str(root))
        monkeypatch.delitem(sys.modules, 'own_helper_x', raising=False)
        notebook.cell('from own_helper_x import work')
        notebook.cell('def run(e, c): return work()')
        package = Lambda_Package().add_handler(Handler_Source(notebook.space['run']))
        monkeypatch.delitem(sys.modules, 'own_helper_x')
        assert package.files() == ['notebook.py', 'own_helper_x.py']
        assert call_alone(package) == '7'

    def test_without_source_it_says_what_to_do(self):
        space = {'__name__': '__main__'}
        exec(compile('def run(e, c): return 1', '<stdin>', 'exec'), space)
        source = Handler_Source(space['run'])
        with pytest.raises(Source__Not_Found, match='kept no source of run: put it in a file'):
            source.code()

    def test_a_lambda_of_a_cell_is_refused_by_name(self, notebook):
        notebook.cell('twice = lambda value: value * 2')
        notebook.cell('def run(e, c): return twice(1)')
        with pytest.raises(Source__Not_Portable, match="run uses 'twice', a lambda"):
            notebook.text('run')

    def test_an_attribute_that_is_named_as_a_module_is_no_import(self, notebook):
        notebook.cell('import email, email.charset\nemail.errors_text = 1')
        notebook.cell('def run(e, c): return email.errors_text, email.charset.Charset().get_body_encoding().sum')
        text = notebook.text('run')
        assert 'import email.charset\n' in text
        assert 'errors_text\n' not in text.partition('def run')[0]
