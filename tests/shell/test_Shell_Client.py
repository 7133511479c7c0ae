import sys

import pytest

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda__Shell import Lambda__Shell
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Invoke__Failed, Shell__Failed, Shell__No_Key, Shell__Not_There, Shell__Refused
from osbot_lambda.schemas.Invoke_Result import Invoke_Result
from osbot_lambda.shell.Lambda_Shell import lambda_shell
from osbot_lambda.shell.Shell_Client import Shell_Client

KEY = 'secret-auth-key'
RUNTIME = f'python3.{sys.version_info.minor}'


@lambda_shell
def run(event, context):
    return {'event': event}


def no_shell(event, context):
    return {'event': event}


def where_am_i():
    import os

    return os.environ['AWS_LAMBDA_FUNCTION_NAME']


class Fake_Lambda:
    """A function that runs here; what of a Lambda the client needs."""

    name = 'fake'

    def __init__(self, handler, variables=None, error=None):
        self.handler, self.variables, self.error = handler, variables or {}, error
        self.asked = 0

    def invoke_result(self, payload, logs=True):
        value = {'errorMessage': self.error} if self.error else self.handler(payload, None)
        return Invoke_Result.of('fake', value, 'r-1', function_error='Unhandled' if self.error else None, logs='line')

    def configuration(self):
        self.asked += 1
        return {'Environment': {'Variables': self.variables}} if self.variables else {}


@pytest.fixture
def on(monkeypatch):
    monkeypatch.setenv('LAMBDA_SHELL__AUTH_KEY', KEY)


class test_Shell_Client:
    def test_every_method_of_the_server_has_its_own(self):
        from osbot_lambda.shell.Shell_Server import Shell_Server

        assert all(callable(getattr(Shell_Client, name)) for name in Shell_Server.METHODS)

    def test_its_answers(self, on, tmp_path):
        (tmp_path / 'a.txt').write_text('text')
        shell = Shell_Client(Fake_Lambda(run), KEY)
        assert shell.ping() == 'pong'
        assert shell.bash('echo $((1 + 1))')['stdout'] == '2\n'
        assert shell.process_run('echo', ['a', 'b'])['stdout'] == 'a b\n'
        assert shell.exec('bash', ['-c', 'echo out; echo err >&2']) == 'out\nerr\n'
        assert shell.ls(str(tmp_path)) == 'a.txt'
        assert shell.file_contents(f'{tmp_path}/a.txt') == 'text'
        assert shell.ps().splitlines()[0] == shell.list_processes().splitlines()[0]
        assert shell.pwd() in shell.disk_space()
        assert 'this process' in shell.memory_usage()
        assert shell.whoami()
        assert shell.env_vars()['LAMBDA_SHELL__AUTH_KEY'] == KEY

    def test_python_exec_gives_the_value_or_the_output_or_the_error(self, on):
        shell = Shell_Client(Fake_Lambda(run), KEY)
        assert shell.python_exec('print("x"); result = 42') == 42
        assert shell.python_exec('40 + 2') == 42
        assert shell.python_exec('print("x")') == 'x\n'
        answer = shell.python_exec('print("x")\n1 / 0')
        assert set(answer) == {'error', 'type', 'message', 'traceback', 'output'}
        assert (answer['error'], answer['output']) == ('ZeroDivisionError: division by zero', 'x\n')

    def test_a_result_of_none_is_no_output(self, on):
        assert Shell_Client(Fake_Lambda(run), KEY).python_exec('print("x"); result = None') is None

    def test_functions_are_run_from_their_source(self, on, monkeypatch):
        monkeypatch.setenv('AWS_LAMBDA_FUNCTION_NAME', 'fake')

        def inner():
            return 1 + 1

        shell = Shell_Client(Fake_Lambda(run), KEY)
        assert shell.python_exec_function(where_am_i) == 'fake'
        assert shell.exec_function(inner) == 2
        assert shell.exec_function_return_logs(inner) == {
            'status': 'ok',
            'name': 'fake',
            'return_value': 2,
            'execution_logs': 'line',
            'request_id': 'r-1',
        }

    def test_what_raises_there_raises_here(self, on):
        shell = Shell_Client(Fake_Lambda(run), KEY)
        with pytest.raises(
            Shell__Failed, match=r'file_contents\(\) in function fake: FileNotFoundError: .*/no/such'
        ) as raised:
            shell.file_contents('/no/such')
        assert (raised.value.error_type, raised.value.method) == ('FileNotFoundError', 'file_contents')
        assert raised.value.traceback.endswith("No such file or directory: '/no/such'\n")
        with pytest.raises(Shell__Failed, match='no-such-program'):
            shell.exec('no-such-program')

    def test_a_wrong_key_is_refused(self, on):
        with pytest.raises(Shell__Refused, match='it is off, or its key is another one') as raised:
            Shell_Client(Fake_Lambda(run), 'guess').ping()
        assert isinstance(raised.value, PermissionError)
        assert 'guess' not in str(raised.value)
        assert KEY not in str(raised.value)

    def test_a_shell_that_is_off_is_refused_as_well(self):
        with pytest.raises(Shell__Refused):
            Shell_Client(Fake_Lambda(run), KEY).ping()

    @pytest.mark.parametrize('value', [None, 'x', {}, {'lambda_shell': 1}, {'lambda_shell': {}}], ids=repr)
    def test_a_function_without_a_shell_is_told_apart(self, value):
        with pytest.raises(Shell__Not_There, match='decorate its handler with lambda_shell'):
            Shell_Client(Fake_Lambda(lambda event, context: value), KEY).ping()

    def test_a_function_that_failed_raises_its_own_error(self):
        with pytest.raises(Invoke__Failed, match='out of memory'):
            Shell_Client(Fake_Lambda(run, error='out of memory'), KEY).ping()

    def test_the_key_is_taken_from_this_environment(self, on):
        function = Fake_Lambda(run)
        assert Shell_Client(function).ping() == 'pong'
        assert function.asked == 0

    def test_else_the_key_is_looked_up_once_when_it_is_needed(self):
        function = Fake_Lambda(lambda event, context: {'lambda_shell': {'status': 'ok', 'return_value': event}})
        function.variables = {'LAMBDA_SHELL__AUTH_KEY': KEY}
        shell = Shell_Client(function)
        assert function.asked == 0
        for _ in range(2):
            assert shell._invoke('ping')['lambda_shell']['auth_key'] == KEY
        assert function.asked == 1

    def test_without_any_key_it_says_how_to_set_one(self):
        with pytest.raises(Shell__No_Key, match='set its environment variable LAMBDA_SHELL__AUTH_KEY'):
            Shell_Client(Fake_Lambda(run)).ping()

    def test_its_repr_shows_no_key(self):
        assert repr(Shell_Client(Fake_Lambda(run), KEY)) == '<Shell_Client of fake>'


class test_on_the_local_cloud:
    @pytest.fixture
    def deploy(self, session_kwargs):
        deploy = Deploy_Lambda(run, lambda_name='with-shell', session_kwargs=session_kwargs, timeout=10)
        return deploy.add_module('osbot_lambda.shell').set_env_variable('LAMBDA_SHELL__AUTH_KEY', KEY)

    def test_a_deployed_function_has_its_shell_and_its_handler(self, deploy):
        deploy.add_osbot_lambda().deploy()
        function = deploy.lambda_function()
        shell = function.shell()
        assert shell.ping() == 'pong'
        assert 'osbot_lambda/' in shell.ls()
        assert shell.bash('echo $AWS_LAMBDA_FUNCTION_NAME')['stdout'] == 'with-shell\n'
        assert shell.exec_function(where_am_i) == 'with-shell'
        assert 'LAMBDA_SHELL__AUTH_KEY' in function.shell_python_exec('import os; print(os.environ)', KEY)
        assert deploy.invoke({'a': 1}) == {'event': {'a': 1}}
        with pytest.raises(Shell__Refused):
            function.shell_python_exec('print(1)', 'another')

    def test_the_shell_folder_alone_is_enough(self, deploy):
        assert 'osbot_lambda/errors.py' not in deploy.files()
        deploy.deploy()
        shell = deploy.lambda_function().shell(KEY)
        assert shell.python_exec('import sys; result = sorted(m for m in sys.modules if m.startswith("osbot"))') == [
            'osbot_lambda',
            'osbot_lambda.shell',
            'osbot_lambda.shell.Lambda_Shell',
            'osbot_lambda.shell.Shell_Server',
        ]
        answer = shell.python_exec('print(1)', return_logs=True)
        assert (answer['status'], answer['return_value']) == ('ok', '1\n')
        assert 'REPORT RequestId' in answer['execution_logs']

    def test_a_function_without_the_decorator(self, session_kwargs):
        deploy = Deploy_Lambda(no_shell, lambda_name='no-shell', session_kwargs=session_kwargs)
        deploy.deploy()
        with pytest.raises(Shell__Not_There):
            deploy.lambda_function().shell(KEY).ping()


def test_lambda_has_the_shell():
    assert issubclass(Lambda, Lambda__Shell)
