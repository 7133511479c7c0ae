import functools
import importlib
import json
import sys
from pathlib import Path

import pytest

from osbot_lambda.errors import (
    File__Not_Found,
    Handler__Invalid,
    Handler__Not_Found,
    Module__Not_Found,
    Source__Syntax_Error,
)
from osbot_lambda.packaging.Handler_Source import Handler_Source


def run(event, context):
    return event


def logged(function):
    @functools.wraps(function)
    def wrapper(event, context):
        return function(event, context)

    return wrapper


def bare(function):
    def wrapper(event, context):
        return function(event, context)

    return wrapper


@logged
def with_wraps(event, context):
    return event


@bare
def without_wraps(event, context):
    return event


async def awaited(event, context):
    return event


class Worker:
    handler = run

    def method(self, event, context):
        return event

    def __call__(self, event, context):
        return event


ROOT = Path(__file__).parents[2]
HERE = 'tests.packaging.test_Handler_Source'


@pytest.fixture
def imported(project, monkeypatch):
    """Writes a project, puts it on sys.path, imports a module of it; forgets them all afterwards."""
    before = set(sys.modules)

    def load(files, module, root='.'):
        folder = (project(files) / root).resolve()
        monkeypatch.syspath_prepend(str(folder))
        return importlib.import_module(module)

    yield load
    for name in set(sys.modules) - before:
        del sys.modules[name]


class test_Handler_Source:
    # ---- callables

    def test_a_function_of_a_test_module(self):
        source = Handler_Source(run)
        assert (source.module, source.function, source.root) == (HERE, 'run', ROOT)
        assert source.handler() == 'test_Handler_Source.run'
        assert source.code().is_slice

    def test_a_function_in_a_package(self, imported):
        module = imported({'pk_a/__init__.py': '', 'pk_a/sub/mod.py': 'def do_it(e, c): return e'}, 'pk_a.sub.mod')
        source = Handler_Source(module.do_it)
        assert (source.module, source.handler()) == ('pk_a.sub.mod', 'pk_a.sub.mod.do_it')
        assert source.code().path == 'pk_a/sub/mod.py'
        assert source.lambda_name() == 'pk_a_sub_mod__do_it'
        assert source.root == Path(module.__file__).parents[2]

    def test_a_function_in_the_init_of_a_package(self, imported):
        module = imported({'pk_b/__init__.py': 'def run(e, c): return e'}, 'pk_b')
        code = Handler_Source(module.run).code()
        assert (code.path, code.handler, code.is_package) == ('pk_b/__init__.py', 'pk_b.run', True)

    @pytest.mark.parametrize('name', ['run', 'handler', 'main', 'lambda_handler'])
    def test_a_plain_name_is_not_part_of_the_lambdas_name(self, imported, name):
        module = imported({'single_a.py': f'def {name}(e, c): return e'}, 'single_a')
        source = Handler_Source(getattr(module, name))
        assert (source.handler(), source.lambda_name()) == (f'single_a.{name}', 'single_a')

    def test_a_function_imported_from_elsewhere_is_its_own_modules(self, imported):
        module = imported({'user_a.py': 'from home_a import work', 'home_a.py': 'def work(e, c): return 1'}, 'user_a')
        assert Handler_Source(module.work).handler() == 'home_a.work'

    def test_a_module_whose_name_says_nothing_of_its_file(self, project):
        file = project({'odd-name.py': 'def run(e, c): return e'}) / 'odd-name.py'
        spec = importlib.util.spec_from_file_location('quite.another', file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        source = Handler_Source(module.run)
        assert (source.module, source.root, source.lambda_name()) == ('odd-name', file.parent, 'odd-name')

    @pytest.mark.parametrize(
        ('handler', 'name'),
        [
            (with_wraps, 'with_wraps'),
            (without_wraps, 'without_wraps'),
            (staticmethod(run), 'run'),
            (Worker.handler, 'run'),
            (Worker().handler, 'run'),
            (Worker, 'Worker'),
        ],
        ids=['wraps', 'decorated without wraps', 'staticmethod', 'class attribute', 'through an object', 'a class'],
    )
    def test_is_found_by_the_name_that_its_module_has_for_it(self, handler, name):
        source = Handler_Source(handler)
        assert (source.module, source.function) == (HERE, name)

    @pytest.mark.parametrize(
        ('handler', 'text'),
        [
            (Worker(), 'a Worker object'),
            (functools.partial(run, {}), 'a partial object'),
            (lambda e, c: e, 'a lambda'),
            (Worker().method, 'a method, bound to an object'),
            (Worker.method, 'inside a class'),
            (len, 'builtin_function'),
            (42, 'a int, not a function'),
            (awaited, 'awaited is async'),
        ],
        ids=['object', 'partial', 'lambda', 'method', 'in a class', 'builtin', 'number', 'async'],
    )
    def test_refuses_what_lambda_can_not_call_by_name(self, handler, text):
        with pytest.raises(Handler__Invalid, match=text) as caught:
            Handler_Source(handler)
        assert 'a plain function' in str(caught.value) or "'module.function'" in str(caught.value)

    def test_source_roots_say_where_the_zip_begins(self, imported):
        module = imported({'src/pk_c/mod.py': 'def run(e, c): return e', 'src/pk_c/__init__.py': ''}, 'src.pk_c.mod')
        assert Handler_Source(module.run).handler() == 'src.pk_c.mod.run'
        root = Path(module.__file__).parents[1]
        assert Handler_Source(module.run, source_roots=[root]).handler() == 'pk_c.mod.run'

    def test_source_roots_that_do_not_hold_the_function_are_refused(self, tmp_path):
        with pytest.raises(Module__Not_Found, match='is in none of the source roots'):
            Handler_Source(run, source_roots=[tmp_path])

    def test_the_file_is_read_at_each_look(self, imported):
        module = imported({'edited_a.py': 'def run(e, c): return 1'}, 'edited_a')
        source = Handler_Source(module.run)
        Path(module.__file__).write_text('def run(e, c): return 2')
        assert source.code().data == b'def run(e, c): return 2'

    # ---- text

    def test_text_is_found_in_the_source_roots(self, project):
        root = project({'lambdas/task.py': 'def lambda_handler(e, c): return 1', 'app/__init__.py': ''})
        source = Handler_Source('task.lambda_handler', source_roots=[root / 'lambdas', root])
        assert (source.handler(), source.lambda_name(), source.file) == (
            'task.lambda_handler',
            'task',
            root / 'lambdas' / 'task.py',
        )

    def test_text_is_found_in_the_src_folder_of_a_project(self, project, monkeypatch):
        root = project(
            {'pyproject.toml': '', 'src/pk_src/main.py': 'def run(e, c): pass', 'src/pk_src/__init__.py': ''}
        )
        monkeypatch.syspath_prepend(str(root))
        for source in (Handler_Source('pk_src.main.run'), Handler_Source('pk_src.main.run', source_roots=[root])):
            assert (source.root, source.handler(), source.roots()[0]) == (root / 'src', 'pk_src.main.run', root / 'src')

    def test_a_src_folder_without_a_project_is_not_searched(self, project):
        root = project({'src/pk_src/main.py': 'def run(e, c): pass'})
        with pytest.raises(Module__Not_Found):
            Handler_Source('pk_src.main.run', source_roots=[root])

    def test_a_function_of_a_src_layout_keeps_its_modules_name(self, imported, tmp_path):
        module = imported(
            {'src/pk_fn/__init__.py': '', 'src/pk_fn/main.py': 'def run(e, c): pass'}, 'pk_fn.main', 'src'
        )
        root = Path(module.__file__).parents[2]
        (root / 'pyproject.toml').write_text('')
        assert Handler_Source(module.run, source_roots=[root]).handler() == 'pk_fn.main.run'

    def test_text_is_found_on_sys_path_and_nothing_is_imported(self, project, monkeypatch):
        root = project({'pk_d/__init__.py': 'raise SystemExit', 'pk_d/mod.py': 'raise SystemExit\ndef run(e, c): pass'})
        monkeypatch.syspath_prepend(str(root))
        assert Handler_Source('pk_d.mod.run').root == root
        assert not any(name.startswith('pk_d') for name in sys.modules)

    @pytest.mark.parametrize('text', ['', 'run', '.run', 'mod.', 'mod..run', 'mod.1'])
    def test_text_of_another_form_is_invalid(self, text, tmp_path):
        with pytest.raises(Handler__Invalid, match='not of the form'):
            Handler_Source(text, source_roots=[tmp_path])

    def test_a_module_that_is_not_there_names_the_roots(self, tmp_path):
        with pytest.raises(Module__Not_Found, match=f"no module 'gone'.*searched {tmp_path}"):
            Handler_Source('gone.run', source_roots=[tmp_path])

    def test_a_folder_is_no_module(self, project):
        root = project({'folder/x.py': ''})
        with pytest.raises(Module__Not_Found, match='folder without __init__'):
            Handler_Source('folder.run', source_roots=[root])

    def test_a_root_that_is_not_there(self, tmp_path):
        with pytest.raises(File__Not_Found, match='is not a folder'):
            Handler_Source('m.run', source_roots=[tmp_path / 'gone'])

    def test_a_function_that_is_not_there_names_near_ones(self, project):
        root = project({'m.py': 'def lambda_handler(e, c): pass\ndef other(): pass'})
        with pytest.raises(Handler__Not_Found, match='did you mean lambda_handler'):
            Handler_Source('m.lambda_handlr', source_roots=[root])
        with pytest.raises(Handler__Not_Found, match='its functions: lambda_handler, other'):
            Handler_Source('m.zzz', source_roots=[root])

    @pytest.mark.parametrize(
        'text',
        [
            'class run: pass',
            'from elsewhere import work as run',
            'import run',
            'from elsewhere import *',
            'run = make()',
            'a, run = make()',
            'if x:\n    def run(e, c): pass',
            'try:\n    import run\nexcept ImportError:\n    pass',
            'with x as run: pass',
            'run: object = make()',
        ],
    )
    def test_any_binding_at_the_top_level_counts(self, project, text):
        root = project({'m.py': text})
        assert Handler_Source('m.run', source_roots=[root]).handler() == 'm.run'

    @pytest.mark.parametrize(
        'text',
        [
            'def outer():\n    def run(e, c): pass',
            'class A:\n    def run(self): pass',
            "if __name__ == '__main__':\n    run = 1",
            'run: int',
        ],
    )
    def test_a_binding_below_the_top_level_does_not_count(self, project, text):
        root = project({'m.py': text})
        with pytest.raises(Handler__Not_Found, match='no function'):
            Handler_Source('m.run', source_roots=[root])

    def test_an_async_function_by_text_is_refused(self, project):
        with pytest.raises(Handler__Invalid, match=r'asyncio\.run\(run\(event, context\)\)'):
            Handler_Source('m.run', source_roots=[project({'m.py': 'async def run(e, c): pass'})])

    def test_a_syntax_error_is_named_with_file_and_line(self, project):
        with pytest.raises(Source__Syntax_Error, match=r'm\.py:2: '):
            Handler_Source('m.run', source_roots=[project({'m.py': 'x = 1\ndef run(:\n'})])

    # ---- scripts

    SCRIPT = """
        import json, sys
        from osbot_lambda.packaging.Handler_Source import Handler_Source
        def my_handler(event, context): return 1
        source = Handler_Source(my_handler)
        print(json.dumps([source.handler(), source.lambda_name(), source.code().path]))
    """

    def test_a_script_is_named_by_its_stem(self, project, run_python, monkeypatch):
        monkeypatch.setenv('PYTHONPATH', str(ROOT))
        root = project({'my-script.py': self.SCRIPT})
        found = json.loads(run_python(str(root / 'my-script.py')))
        assert found == ['my_script.my_handler', 'my-script__my_handler', 'my_script.py']

    def test_a_script_with_the_name_of_a_standard_module(self, project, run_python, monkeypatch):
        monkeypatch.setenv('PYTHONPATH', str(ROOT))
        root = project({'calendar.py': self.SCRIPT})
        assert json.loads(run_python(str(root / 'calendar.py')))[0] == 'calendar_.my_handler'

    def test_python_m_takes_the_modules_name(self, project, run_python, monkeypatch):
        monkeypatch.setenv('PYTHONPATH', str(ROOT))
        root = project({'pk_e/__init__.py': '', 'pk_e/mod.py': self.SCRIPT, 'pk_e/__main__.py': self.SCRIPT})
        assert json.loads(run_python('-m', 'pk_e.mod', cwd=root)) == [
            'mod.my_handler',
            'pk_e_mod__my_handler',
            'mod.py',
        ]
        assert json.loads(run_python('-m', 'pk_e', cwd=root)) == [
            'pk_e.__main__.my_handler',
            'pk_e__my_handler',
            'pk_e/__main__.py',
        ]

    def test_a_folder_that_is_run_is_named_by_the_folder(self, project, run_python, monkeypatch):
        monkeypatch.setenv('PYTHONPATH', str(ROOT))
        root = project({'tool/__main__.py': self.SCRIPT})
        assert json.loads(run_python(str(root / 'tool')))[:2] == ['tool.my_handler', 'tool__my_handler']

    def test_a_sliced_script_with_relative_imports_keeps_its_package(self, project, run_python, monkeypatch):
        monkeypatch.setenv('PYTHONPATH', str(ROOT))
        text = self.SCRIPT.replace('return 1', 'return helper.x').replace(
            'import json', 'from . import helper\n        import json'
        )
        root = project({'pk_f/__init__.py': '', 'pk_f/helper.py': 'x = 1', 'pk_f/mod.py': text})
        assert json.loads(run_python('-m', 'pk_f.mod', cwd=root)) == [
            'pk_f.mod.my_handler',
            'pk_f_mod__my_handler',
            'pk_f/mod.py',
        ]
