from typing import TYPE_CHECKING, Any, Optional

from osbot_lambda.aws.lambda_.Lambda__Code import Lambda__Code
from osbot_lambda.aws.lambda_.Lambda__Invoke import Lambda__Invoke

if TYPE_CHECKING:
    from osbot_lambda.shell.Shell_Client import Shell_Client


class Lambda__Shell(Lambda__Invoke, Lambda__Code):
    """A shell in the deployed function, when its handler has the lambda_shell decorator.

    Errors : Shell__Error and its kinds; Invoke__Failed; Aws__Error.
    """

    def shell(self, auth_key: Optional[str] = None) -> 'Shell_Client':
        """The function's shell. auth_key is the value of its environment variable LAMBDA_SHELL__AUTH_KEY; without it,
        that of this process, or what the function's configuration says.

        lambda_func.shell().ls('/var/task')"""
        from osbot_lambda.shell.Shell_Client import Shell_Client

        return Shell_Client(self, auth_key)

    def shell_python_exec(self, code: str, auth_key: Optional[str] = None) -> Any:
        """Run Python code there: the value of its variable `result`, else of its last line, else what it printed;
        {'error', …} when it raised.

        lambda_func.shell_python_exec('import os; print(os.environ)', auth_key='secret-auth-key')"""
        return self.shell(auth_key).python_exec(code)
