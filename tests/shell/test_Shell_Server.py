import getpass
import os
import subprocess
import sys
from pathlib import Path

import pytest

from osbot_lambda.shell.Shell_Server import LARGEST_FILE, LARGEST_TEXT, Shell_Server


@pytest.fixture
def server():
    return Shell_Server()


class test_Shell_Server:
    def test_each_method_of_the_list_is_there_with_a_docstring(self, server):
        assert all(getattr(server, name).__doc__ for name in server.METHODS)

    @pytest.mark.parametrize('name', ['nothing', 'invoke', '__init__', '_private', None, ''], ids=str)
    def test_other_names_are_refused_with_the_list(self, server, name):
        answer = server.invoke({'method_name': name})
        assert (answer['status'], answer['type']) == ('error', 'LookupError')
        assert 'it has bash, disk_space' in answer['error']

    def test_a_method_that_raises_is_an_answer_too(self, server):
        answer = server.invoke({'method_name': 'file_contents', 'method_kwargs': {'path': '/no/such/file'}})
        assert (answer['status'], answer['method_name'], answer['type']) == (
            'error',
            'file_contents',
            'FileNotFoundError',
        )
        assert '/no/such/file' in answer['message']

    @pytest.mark.parametrize('kwargs', [{'wrong': 1}, [1], 'text'], ids=repr)
    def test_wrong_arguments_are_an_answer_too(self, server, kwargs):
        assert server.invoke({'method_name': 'ping', 'method_kwargs': kwargs})['type'] == 'TypeError'


class test_python_exec:
    def test_result_is_the_value(self, server):
        assert server.python_exec('result = {"a": [1, None]}') == {
            'has_value': True,
            'value': {'a': [1, None]},
            'output': '',
        }

    def test_a_result_of_none_is_a_value(self, server):
        assert server.python_exec('print(1); result = None') == {'has_value': True, 'value': None, 'output': '1\n'}

    def test_else_the_last_expression(self, server):
        assert server.python_exec('x = 20\nx + 1')['value'] == 21

    def test_else_there_is_the_output_of_both_streams(self, server):
        answer = server.python_exec('import sys\nprint("out")\nprint("err", file=sys.stderr)')
        assert answer == {'has_value': False, 'value': None, 'output': 'out\nerr\n'}

    @pytest.mark.parametrize('code', ['', '# nothing', 'pass'], ids=repr)
    def test_code_that_does_nothing_is_fine(self, server, code):
        assert server.python_exec(code) == {'has_value': False, 'value': None, 'output': ''}

    def test_functions_classes_and_comprehensions_see_each_other(self, server):
        code = 'import math\nk = 2\ndef f(n): return math.floor(g(n))\ndef g(n): return n * k\n'
        assert server.python_exec(code + '[f(n) for n in (1, 2)]')['value'] == [2, 4]

    @pytest.mark.parametrize(
        ('code', 'text'),
        [
            ('result = {1, }', '{1}'),
            ('result = b"x"', "b'x'"),
            ('result = float("nan")', 'nan'),
            ('result = "\\ud800"', "'\\ud800'"),
            ('result = []\nresult.append(result)', '[[...]]'),
        ],
        ids=['set', 'bytes', 'nan', 'surrogate', 'circle'],
    )
    def test_what_is_not_json_comes_as_its_repr(self, server, code, text):
        assert server.python_exec(code)['value'] == text

    def test_one_exec_sees_nothing_of_the_one_before_nor_of_the_shell(self, server):
        server.python_exec('kept = 1')
        assert server.python_exec('kept')['type'] == 'NameError'
        assert server.python_exec('self')['type'] == 'NameError'

    def test_what_it_raises_is_told_with_its_line_and_what_it_printed(self, server):
        answer = server.python_exec('print("before")\ndef f():\n    raise ValueError("boom")\nf()')
        assert (answer['error'], answer['type'], answer['message']) == ('ValueError: boom', 'ValueError', 'boom')
        assert answer['output'] == 'before\n'
        assert '    raise ValueError("boom")' in answer['traceback']
        assert 'Shell_Server' not in answer['traceback']
        assert answer['has_value'] is False

    @pytest.mark.parametrize(
        ('code', 'kind'), [('a b', 'SyntaxError'), ('import sys; sys.exit(3)', 'SystemExit'), ('1 +', 'SyntaxError')]
    )
    def test_what_would_end_a_script_does_not_end_the_function(self, server, code, kind):
        assert server.python_exec(code)['type'] == kind

    def test_a_repr_that_raises_is_told(self, server):
        code = 'class A:\n    def __repr__(self): raise ValueError("no repr")\nresult = A()'
        assert server.python_exec(code)['error'] == 'ValueError: no repr'

    def test_very_long_output_keeps_its_end(self, server):
        output = server.python_exec(f'print("a" * {LARGEST_TEXT + 4}); print("end")')['output']
        assert output.startswith('[9 characters are left out]\naaa')
        assert output.endswith('end\n')

    def test_it_works_in_an_interpreter_without_our_package(self):
        folder = os.path.dirname(sys.modules[Shell_Server.__module__].__file__)
        code = 'import sys; sys.path.insert(0, sys.argv[1]); import Shell_Server; print(len(sys.modules) > 0)'
        done = subprocess.run([sys.executable, '-I', '-S', '-c', code, folder], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, 'True\n'), done.stderr


class test_processes:
    def test_bash(self, server, tmp_path):
        assert server.bash('echo out; echo err >&2; pwd', cwd=str(tmp_path)) == {
            'status': 'ok',
            'exit_code': 0,
            'stdout': f'out\n{tmp_path}\n',
            'stderr': 'err\n',
            'error': None,
            'cwd': str(tmp_path),
            'runParams': ['bash', '-c', 'echo out; echo err >&2; pwd'],
        }

    def test_an_exit_code_that_is_not_0_is_an_error(self, server):
        answer = server.bash('exit 3')
        assert (answer['status'], answer['exit_code'], answer['error']) == ('error', 3, 'exit code 3')

    def test_arguments_are_read_by_no_shell(self, server):
        assert server.process_run('echo', ['$(id)', '; ls', '`x`'])['stdout'] == '$(id) ; ls `x`\n'

    def test_one_argument_may_be_given_as_text(self, server):
        assert server.process_run('echo', 'a b')['stdout'] == 'a b\n'

    def test_a_program_that_is_not_there(self, server):
        answer = server.process_run('no-such-program')
        assert (answer['status'], answer['exit_code']) == ('error', None)
        assert answer['error'].startswith('FileNotFoundError')

    def test_nothing_waits_for_a_keyboard(self, server):
        assert server.process_run('cat')['stdout'] == ''

    def test_bytes_that_are_no_text_come_escaped(self, server):
        assert server.bash(r"printf 'a\xffb'")['stdout'] == r'a\xffb'

    def test_what_a_command_left_running_is_ended_with_it(self):
        server = Shell_Server(lambda: 1.3)
        answer = server.bash('sleep 60 & echo $!; sleep 60')
        assert answer['exit_code'] is None
        status = Path('/proc', answer['stdout'].strip(), 'status')
        assert not status.exists() or 'State:\tZ' in status.read_text()

    def test_a_child_that_got_away_does_not_hold_the_answer(self):
        answer = Shell_Server(lambda: 1.3).bash('setsid sleep 3 & sleep 60')
        assert answer['exit_code'] is None


class test_looking:
    def test_ping(self, server):
        assert server.ping() == 'pong'

    def test_ls(self, server, tmp_path):
        (tmp_path / 'folder').mkdir()
        (tmp_path / '-a file; ls').write_text('x')
        assert server.ls(str(tmp_path)) == '-a file; ls\nfolder/'
        assert server.ls(cwd=str(tmp_path)) == '-a file; ls\nfolder/'
        assert server.ls('-a file; ls', str(tmp_path)) == '-a file; ls'
        with pytest.raises(FileNotFoundError):
            server.ls('$(id)', str(tmp_path))

    def test_file_contents(self, server, tmp_path):
        file = tmp_path / 'a.txt'
        file.write_bytes('ü'.encode() + b'\xff')
        assert server.file_contents(str(file)) == 'ü\\xff'
        assert 'Name:' in server.file_contents('/proc/self/status')

    def test_a_file_that_is_too_large_to_be_answered_is_refused(self, server, tmp_path):
        file = tmp_path / 'large'
        with file.open('wb') as out:
            out.truncate(LARGEST_FILE + 1)
        with pytest.raises(ValueError, match='read it in parts, with python_exec'):
            server.file_contents(str(file))

    def test_pwd_and_whoami(self, server):
        assert (server.pwd(), server.whoami()) == (os.getcwd(), getpass.getuser())

    def test_a_user_without_a_name(self, server, monkeypatch):
        monkeypatch.setattr(os, 'getuid', lambda: 987654)
        assert server.whoami() == '987654'

    def test_env_vars(self, server, monkeypatch):
        monkeypatch.setenv('A', 'b')
        assert server.env_vars()['A'] == 'b'

    def test_disk_space(self, server):
        assert server.disk_space().startswith('/: ')
        assert ' free\n/tmp: ' in server.disk_space()

    def test_memory_usage(self, server, monkeypatch):
        monkeypatch.setenv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '256')
        assert server.memory_usage().startswith('function: 256 MiB\nthis process: ')

    def test_list_processes_has_this_one(self, server):
        lines = server.list_processes().splitlines()
        assert lines[0] == 'PID\tSTATE\tMIB\tCOMMAND'
        assert any(line.startswith(f'{os.getpid()}\t') for line in lines)
