import platform
import sys
from pathlib import Path

import pytest

from osbot_lambda.errors import Import_Check__Failed, Packaging__Error, Setting__Invalid
from osbot_lambda.packaging.Import_Check import Import_Check
from osbot_lambda.packaging.Target_Python import Target_Python
from tests.packaging.zip_of import zip_of

HERE = f'python3.{sys.version_info[1]}'
OK = 'def run(event, context): pass\n'
OTHER = next((f'3.{minor}' for minor in (9, 10, 12, 13) if Target_Python.find(f'3.{minor}')), '')


def check(files: dict[str, str | bytes] | str, handler: str = 'app.run', runtime: str = HERE, **more):
    given = {'app.py': files} if isinstance(files, str) else files
    return Import_Check(zip_of(given), handler, runtime, **more)


def failure_of(files, handler: str = 'app.run', **more):
    result = check(files, handler, **more).run()
    assert not result.ok
    assert result.failure is not None, result
    return result.failure


class test_Import_Check:
    # ---- what imports

    def test_a_package_that_imports_is_ok(self):
        result = check(OK).run()
        assert (result.ok, result.failure, result.skipped, result.warning) == (True, None, '', '')
        assert result.check() is result
        assert str(result).startswith(f'app.run imports on {HERE} x86_64')

    @pytest.mark.parametrize('handler', ['app.main.run', 'app/main.run'])
    def test_a_handler_in_a_package(self, handler):
        assert check({'app/main.py': 'from . import tea\n' + OK, 'app/tea.py': ''}, handler).run().ok

    def test_what_lambdas_runtime_has_is_there(self):
        assert check('import boto3, botocore, dateutil, six, urllib3, jmespath, s3transfer\n' + OK).run().ok

    def test_what_else_is_installed_here_is_not_there(self):
        failure = failure_of('import json\nimport pytest\n' + OK)
        assert (failure.kind, failure.module, failure.file, failure.line) == (
            'missing',
            'pytest',
            '/var/task/app.py',
            2,
        )

    def test_modules_come_from_the_package_then_from_layers_then_from_the_runtime(self):
        files = {'app.py': f'import a, b, boto3\nassert (a.X, b.X, boto3.X) == (1, 2, 2)\n{OK}', 'a.py': 'X = 1'}
        layer = {'python/a.py': 'X = 2', 'python/b.py': 'X = 2', 'python/boto3.py': 'X = 2'}
        result = check(files, layers=[zip_of(layer)]).run()
        assert result.ok, result

    def test_of_two_layers_the_later_wins(self):
        layers = [zip_of({'python/b.py': 'X = 1'}), zip_of({'python/b.py': 'X = 2'})]
        result = check(f'import b\nassert b.X == 2\n{OK}', layers=layers).run()
        assert result.ok, result

    def test_the_folder_of_the_version_in_a_layer_comes_first(self):
        layer = {f'python/lib/{HERE}/site-packages/b.py': 'X = 1', 'python/b.py': 'X = 2'}
        result = check(f'import b\nassert b.X == 1\n{OK}', layers=[zip_of(layer)]).run()
        assert result.ok, result

    def test_pth_files_are_executed_as_on_lambda(self):
        files = {'app.py': 'import tea\n' + OK, 'more.pth': 'vendor\n', 'vendor/tea.py': ''}
        assert check(files).run().ok

    def test_the_functions_variables_are_there_and_those_of_this_process_are_not(self, monkeypatch):
        monkeypatch.setenv('OF_THE_PARENT', '1')
        code = (
            'import os\n'
            'assert os.environ["TABLE"] == "tea" and "OF_THE_PARENT" not in os.environ and "HOME" not in os.environ\n'
            'assert os.environ["LAMBDA_TASK_ROOT"] == os.path.dirname(__file__) == os.getcwd()\n'
        )
        result = check(code + OK, env={'TABLE': 'tea'}).run()
        assert result.ok, result

    def test_a_functions_pythonpath_means_lambdas_folders(self):
        files = {'app.py': 'import tea\n' + OK, 'vendor/tea.py': ''}
        assert check(files, env={'PYTHONPATH': '/var/task/vendor'}).run().ok

    def test_an_aws_client_can_be_made(self):
        result = check('import boto3\ntable = boto3.client("s3")\n' + OK).run()
        assert result.ok, result

    def test_a_zip_on_disk_serves_too(self, tmp_path):
        file = tmp_path / 'app.zip'
        file.write_bytes(zip_of({'app.py': OK}))
        assert Import_Check(file, 'app.run', HERE).run().ok

    def test_what_it_prints_is_kept_and_a_thread_that_runs_on_is_not_waited_for(self):
        code = 'import threading, time\nprint("hello")\nthreading.Thread(target=time.sleep, args=(600,)).start()\n'
        assert check(code + OK).run().output == 'hello\n'

    def test_nothing_is_left_behind(self, tmp_path, monkeypatch):
        monkeypatch.setattr('tempfile.tempdir', str(tmp_path / 'temp'))
        (tmp_path / 'temp').mkdir()
        check(OK).run()
        assert list((tmp_path / 'temp').iterdir()) == []

    # ---- what doesn't

    def test_a_missing_module_is_named_with_who_imports_it_and_what_to_do(self):
        files = {'app/main.py': 'from app import tea\n' + OK, 'app/tea.py': '\n\nimport leaf.green\n'}
        result = check(files, 'app.main.run').run()
        assert result.failure.message == (
            "app/tea.py:3 imports 'leaf', which is neither in the package nor in the Lambda runtime: "
            "add_module('leaf') for a module of yours, add_packages() or set_packages_using_layer() with the package "
            'that has it'
        )
        with pytest.raises(
            Import_Check__Failed, match=r'app\.main\.run does not start on .*: app/tea\.py:3 imports'
        ) as it:
            result.check()
        error = it.value
        assert isinstance(error, ImportError)
        assert isinstance(error, Packaging__Error)
        assert (error.kind, error.name, error.path, error.line) == ('missing', 'leaf', '/var/task/app/tea.py', 3)
        assert '    from app import tea\n' in error.traceback
        assert 'start_in_target' not in error.traceback

    def test_of_a_fallback_that_fails_too_the_last_module_is_the_missing_one(self):
        failure = failure_of('try:\n    import fast\nexcept ImportError:\n    import slow\n' + OK)
        assert (failure.module, failure.line) == ('slow', 4)

    @pytest.mark.parametrize('from_it', [' from error', ''], ids=['from', 'in its except block'])
    def test_an_import_error_in_place_of_the_missing_module_hides_nothing(self, from_it):
        code = f'try:\n    import leaf\nexcept ImportError as error:\n    raise ImportError("see our docs"){from_it}\n'
        failure = failure_of(code)
        assert (failure.kind, failure.module, failure.line) == ('missing', 'leaf', 2)
        assert 'see our docs' in failure.traceback

    def test_a_submodule_that_is_left_out(self):
        failure = failure_of({'app.py': 'import tea.leaf\n', 'tea/__init__.py': ''})
        assert "the package has 'tea' without it" in failure.message

    def test_a_name_that_a_module_does_not_have(self):
        failure = failure_of({'app.py': 'from tea import leaf\n', 'tea.py': ''})
        assert failure.kind == 'import'
        assert "app.py:1 raises ImportError: cannot import name 'leaf' from 'tea'" in failure.message

    def test_a_handlers_module_that_is_not_there(self):
        failure = failure_of({'other.py': OK})
        assert failure.message == "'app' of handler 'app.run' is not in the package; add_module('app') puts it in"

    def test_a_handlers_function_that_is_not_there(self):
        failure = failure_of('def rum(event, context): pass\n')
        assert (failure.kind, failure.message) == ('handler', "app has no function 'run'; did you mean 'rum'?")

    def test_a_handler_that_is_no_function(self):
        assert failure_of('run = 1').message == "'run' of app is not a function"

    def test_a_handler_without_a_module(self):
        assert failure_of(OK, 'run').kind == 'handler'

    @pytest.mark.skipif(not OTHER, reason='no other interpreter is here')
    def test_syntax_that_the_runtime_does_not_understand(self):
        failure = failure_of({'app.py': 'import tea\n', 'tea.py': 'x = 1\nx ? 2\n'}, runtime=f'python{OTHER}')
        assert (failure.kind, failure.file, failure.line) == ('syntax', '/var/task/tea.py', 2)
        assert failure.message.startswith(f'tea.py:2 is not understood by Python {OTHER}: invalid syntax. Write it')

    @pytest.mark.skipif(not OTHER, reason='no other interpreter is here')
    def test_it_is_the_runtimes_python_that_imports(self):
        version = tuple(int(part) for part in OTHER.split('.'))
        result = check(f'import sys\nassert sys.version_info[:2] == {version}\n{OK}', runtime=f'python{OTHER}').run()
        assert result.ok, result

    # ---- native code

    def test_a_native_library_that_does_not_load(self):
        name = f'leaf.cpython-3{sys.version_info[1]}-x86_64-linux-gnu.so'
        failure = failure_of({'app.py': 'import leaf\n', name: b'\x7fELF'})
        assert (failure.kind, failure.module, failure.file, failure.line) == ('native', 'leaf', '/var/task/app.py', 1)
        assert failure.message.startswith(
            f'{name} does not load, imported at app.py:1: /var/task/{name}: file too short'
        )
        assert 'add_packages()' in failure.message

    def test_a_library_that_is_loaded_by_hand(self):
        failure = failure_of('import ctypes\nctypes.CDLL("libleaf.so.3")\n')
        assert failure.message.startswith('libleaf.so.3 does not load, imported at app.py:2: libleaf.so.3: cannot open')

    def test_a_module_that_was_built_for_another_python(self):
        files = {'app.py': 'import tea.leaf\n', 'tea/__init__.py': '', 'tea/leaf.cpython-35m-x86_64-linux-gnu.so': ''}
        failure = failure_of(files)
        assert failure.kind == 'native'
        assert 'has tea/leaf.cpython-35m-x86_64-linux-gnu.so: made for another Python or machine' in failure.message

    def test_a_library_that_needs_a_newer_glibc_than_lambdas(self):
        library = next(Path('/usr').glob('lib*/*-linux-gnu/libm.so.6'), None) or Path('/usr/lib64/libm.so.6')
        needs = b'GLIBC_2.99'  # as a string that nothing reads: the library still loads
        files = {'app.py': f'import ctypes, os\nctypes.CDLL(os.path.abspath("tea.so"))\n{OK}'}
        failure = failure_of({**files, 'tea.so': library.read_bytes() + needs})
        assert failure.kind == 'native'
        assert failure.message.startswith('tea.so needs glibc 2.99, and Lambda has 2.')

    def test_a_crash_is_named_by_its_signal_and_line(self):
        failure = failure_of({'app.py': 'import tea\n', 'tea.py': 'import ctypes\nctypes.string_at(0)\n'})
        assert (failure.kind, failure.file, failure.line, failure.certain) == ('crash', '/var/task/tea.py', 2, True)
        assert 'segmentation fault at tea.py:2' in failure.message
        assert 'importlib' not in failure.traceback

    # ---- what may come of the check itself

    @pytest.mark.parametrize(
        ('code', 'kind', 'said'),
        [
            ('import os\nos.environ["TABLE"]\n', 'exception', "app.py:2 raises KeyError when it is imported: 'TABLE'"),
            ('import sys\nsys.exit("no")\n', 'exit', 'app.py:2 ends the process when it is imported: sys.exit(no)'),
            ('import os\nos._exit(3)\n', 'exit', 'the import of app.run ended the process, with status 3'),
        ],
    )
    def test_is_a_warning_not_an_error(self, code, kind, said):
        result = check(code).run()
        assert (result.failure.kind, result.ok, result.check()) == (kind, False, result)
        assert said in result.warning

    def test_an_import_that_takes_too_long_is_a_warning_with_the_line(self):
        result = check('import time\ndef wait():\n    time.sleep(600)\nwait()\n').run(seconds=1)
        assert (result.failure.kind, result.failure.line, result.check()) == ('timeout', 3, result)
        assert 'takes over 1 s at app.py:3; Lambda ends it after 10 s' in result.warning

    @pytest.mark.parametrize(
        ('code', 'where'),
        [
            ('import socket\nsocket.create_connection(("192.0.2.1", 5432))\n', '192.0.2.1:5432'),
            ('import urllib.request\nurllib.request.urlopen("http://db.example")\n', 'db.example'),
            ('import socket as s\ns.socket(s.AF_INET, s.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 53))\n', '192.0.2.1:53'),
            ('import boto3\nboto3.client("s3").list_buckets()\n', 'AWS'),
        ],
        ids=['tcp', 'http', 'udp', 'aws'],
    )  # fmt: skip
    def test_nothing_gets_out_and_it_says_so(self, code, where):
        result = check(code + OK).run()
        assert result.connections == (where,)
        assert (result.failure.kind, result.check()) == ('exception', result)
        assert f'for lack of {where}, which the check does not let it reach' in result.warning

    def test_code_that_does_without_its_connection_is_ok(self):
        code = 'import socket\ntry:\n    socket.create_connection(("192.0.2.1", 1))\nexcept OSError:\n    pass\n'
        result = check(code + OK).run()
        assert (result.ok, result.connections) == (True, ('192.0.2.1:1',))

    # ---- skipped

    def test_is_skipped_without_an_interpreter(self):
        result = check(OK, runtime='python3.77').run()
        assert (result.ok, result.failure, result.check()) == (False, None, result)
        assert 'there is no Python 3.77 on this machine (`uv python install 3.77` brings one)' in result.warning

    def test_is_skipped_for_native_code_of_another_machine(self):
        other = 'x86_64' if platform.machine() == 'aarch64' else 'arm64'
        files = {'app.py': 'import tea\n', 'tea.cpython-312-linux-gnu.so': b''}
        result = check(files, architecture=other).run()
        machine = {'arm64': 'aarch64'}.get(other, other)
        assert f'tea.cpython-312-linux-gnu.so is for Linux on {machine}, and this is Linux on' in result.skipped

    def test_pure_python_is_checked_for_any_machine(self):
        assert check(OK, architecture='arm64').run().ok

    def test_a_module_that_may_be_in_an_unknown_layer_is_not_called_missing(self):
        arn = 'arn:aws:lambda:eu-west-1:123456789012:layer:tea:1'
        result = check('import tea\n', unknown=[arn]).run()
        assert (result.failure, result.check()) == (None, result)
        assert f'it may be in {arn}' in result.skipped

    def test_a_bundled_module_that_does_not_import_here_says_nothing_of_the_package(self, monkeypatch):
        from osbot_lambda.packaging.Target_Layout import Target_Layout

        def broken(folder: Path) -> None:
            (folder / 'boto3.py').write_text('x ? y\n')

        monkeypatch.setattr(Target_Layout, '_link_runtime', staticmethod(broken))
        result = check('import boto3\n' + OK).run()
        assert result.failure is None
        assert 'boto3 as installed here (Lambda has its own) does not import on Python' in result.skipped

    @pytest.mark.parametrize('runtime', ['nodejs22.x', 'python2.7'])
    def test_refuses_a_runtime_that_is_not_pythons(self, runtime):
        with pytest.raises(Setting__Invalid, match='is not one of Python'):
            check(OK, runtime=runtime)
