import inspect
import os
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Optional

from osbot_lambda.errors import Shell__Failed, Shell__No_Key, Shell__Not_There, Shell__Refused

ENV_VAR__AUTH_KEY = 'LAMBDA_SHELL__AUTH_KEY'
SHELL_VAR = 'lambda_shell'


class Shell_Client:
    """The shell of a deployed function whose handler is decorated with lambda_shell.

        shell = Lambda('my-function').shell()
        shell.bash('ls -la /var/task')['stdout']
        shell.python_exec('import sys; result = sys.version')

    Shapes : aws_lambda is a Lambda. auth_key is the value of the function's environment variable
             LAMBDA_SHELL__AUTH_KEY. Without it, that variable of this process is taken, else it is looked up in the
             function's configuration, when first needed.
             A process dict is {'status', 'exit_code', 'stdout', 'stderr', 'error', 'cwd', 'runParams'}.
    Errors : Shell__No_Key, Shell__Refused, Shell__Not_There; Shell__Failed for what raised there (python_exec() and
             exec_function() answer with it instead); Invoke__Failed, Aws__Error.
    Note   : each call is one invoke: it goes to any one of the function's environments, and ends with its timeout.
    """

    def __init__(self, aws_lambda: Any, auth_key: Optional[str] = None):
        self.aws_lambda = aws_lambda
        self._auth_key = auth_key

    def __repr__(self) -> str:
        return f'<Shell_Client of {self.aws_lambda.name}>'

    def ping(self) -> str:
        """'pong', when the function has a shell and the key is right."""
        return str(self._invoke('ping'))

    # ---- run

    def python_exec(self, code: str, return_logs: bool = False) -> Any:
        """Run Python code there: shell.python_exec('1 + 1') is 2.

        The value of its variable `result`, else of its last line when that is an expression, else what it printed.
        What isn't JSON comes as its repr(). When it raised: {'error': 'ValueError: …', 'type', 'message', 'traceback',
        'output'}. return_logs: {'status', 'name', 'return_value', 'execution_logs', 'request_id'}."""
        answer = self._invoke('python_exec', {'code': code}, return_logs)
        if return_logs:
            return {**answer, 'return_value': _outcome(answer['return_value'])}
        return _outcome(answer)

    def python_exec_function(self, function: Callable[[], Any], return_logs: bool = False) -> Any:
        """Run a function of this process there, from its source, without arguments; as python_exec().

        It has to bring what it uses: its imports stand inside of it."""
        source = textwrap.dedent(inspect.getsource(function))
        return self.python_exec(f'{source}\nresult = {function.__name__}()\n', return_logs)

    def exec_function(self, function: Callable[[], Any], return_logs: bool = False) -> Any:
        """As python_exec_function()."""
        return self.python_exec_function(function, return_logs)

    def exec_function_return_logs(self, function: Callable[[], Any]) -> dict[str, Any]:
        """As python_exec_function(), with the logs: {'status', 'name', 'return_value', 'execution_logs',
        'request_id'}."""
        answer: dict[str, Any] = self.python_exec_function(function, return_logs=True)
        return answer

    def bash(self, command: str, cwd: Optional[str] = None) -> dict[str, Any]:
        """A command line for bash; a process dict. Don't put text from elsewhere into it: process_run() takes
        arguments that no shell reads."""
        return dict(self._invoke('bash', {'command': command, 'cwd': cwd}))

    def process_run(
        self, executable: str, params: Optional[Sequence[str]] = None, cwd: Optional[str] = None
    ) -> dict[str, Any]:
        """A program with its arguments; a process dict: shell.process_run('uname', ['-a'])['stdout']."""
        arguments = [params] if isinstance(params, str) else list(params or ())
        return dict(self._invoke('process_run', {'executable': executable, 'params': arguments, 'cwd': cwd}))

    def exec(self, executable: str, params: Optional[Sequence[str]] = None, cwd: Optional[str] = None) -> str:
        """As process_run(): what it wrote to stdout and then to stderr. Shell__Failed when it couldn't be started, or
        didn't end in time."""
        done = self.process_run(executable, params, cwd)
        if done['exit_code'] is None:
            raise Shell__Failed(self.aws_lambda.name, f'exec {executable}', 'Not_Ended', str(done['error']), '')
        return f'{done["stdout"]}{done["stderr"]}'

    # ---- look

    def ls(self, path: str = '', cwd: str = '.') -> str:
        """The names in a folder there, one a line, folders with '/' at the end."""
        return str(self._invoke('ls', {'path': path, 'cwd': cwd}))

    def file_contents(self, path: str) -> str:
        """A text file there, of at most 4 MB."""
        return str(self._invoke('file_contents', {'path': path}))

    def pwd(self) -> str:
        """The current folder there."""
        return str(self._invoke('pwd'))

    def whoami(self) -> str:
        """The user's name there."""
        return str(self._invoke('whoami'))

    def env_vars(self) -> dict[str, str]:
        """The environment variables there, the role's credentials among them."""
        return dict(self._invoke('env_vars'))

    def disk_space(self) -> str:
        """A line for each place there: total, used and free MiB."""
        return str(self._invoke('disk_space'))

    def memory_usage(self) -> str:
        """The function's memory size, and what its process has and had at most, in MiB."""
        return str(self._invoke('memory_usage'))

    def list_processes(self) -> str:
        """A line for each process there: pid, state, MiB, command."""
        return str(self._invoke('list_processes'))

    def ps(self) -> str:
        """As list_processes()."""
        return self.list_processes()

    def reset(self) -> dict[str, Any]:
        """Ship the code that is set on the Lambda object again: its next invoke starts in a new environment."""
        return dict(self.aws_lambda.update_lambda_code())

    # ---- the invoke

    def _invoke(
        self, method_name: str, method_kwargs: Optional[dict[str, Any]] = None, return_logs: bool = False
    ) -> Any:
        request = {'method_name': method_name, 'method_kwargs': method_kwargs or {}, 'auth_key': self._key()}
        result = self.aws_lambda.invoke_result({SHELL_VAR: request}, logs=return_logs).raise_on_error()
        value = self._return_value(method_name, result.value)
        if not return_logs:
            return value
        return {
            'status': 'ok',
            'name': result.name,
            'return_value': value,
            'execution_logs': result.logs,
            'request_id': result.request_id,
        }

    def _return_value(self, method_name: str, answer: Any) -> Any:
        name = self.aws_lambda.name
        shell = answer.get(SHELL_VAR) if isinstance(answer, dict) else None
        if not isinstance(shell, dict) or 'status' not in shell:
            raise Shell__Not_There(f'function {name} answered without a shell: decorate its handler with lambda_shell')
        if shell['status'] == 'refused':
            raise Shell__Refused(
                f'the shell of function {name} refused: it is off, or its key is another one. '
                f"Its key is the value of the function's environment variable {ENV_VAR__AUTH_KEY}"
            )
        if shell['status'] != 'ok':
            raise Shell__Failed(name, method_name, shell['type'], shell['message'], shell['traceback'])
        return shell['return_value']

    def _key(self) -> str:
        if not self._auth_key:
            self._auth_key = os.environ.get(ENV_VAR__AUTH_KEY) or self._key_of_function()
        return self._auth_key

    def _key_of_function(self) -> str:
        variables = self.aws_lambda.configuration().get('Environment', {}).get('Variables', {})
        if not variables.get(ENV_VAR__AUTH_KEY):
            raise Shell__No_Key(
                f'the shell of function {self.aws_lambda.name} is off: set its environment variable '
                f'{ENV_VAR__AUTH_KEY} to a key of your own, and decorate its handler with lambda_shell'
            )
        return str(variables[ENV_VAR__AUTH_KEY])


def _outcome(answer: dict[str, Any]) -> Any:
    if 'error' in answer:
        return {key: answer[key] for key in ('error', 'type', 'message', 'traceback', 'output')}
    return answer['value'] if answer['has_value'] else answer['output']
