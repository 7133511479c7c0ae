"""Shell access."""

import pytest

from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda

SOURCE = """
from osbot_lambda.shell.Lambda_Shell import lambda_shell


@lambda_shell
def run(event, context=None):
    return 'no shell command'
"""


@pytest.fixture
def lambda_func(tmp_path):
    """A function whose handler has the decorator, and whose key is set."""
    folder = tmp_path / 'shell'
    folder.mkdir()
    (folder / 'with_shell.py').write_text(SOURCE)
    deploy = Deploy_Lambda('with_shell.run', source_roots=[folder]).add_module('osbot_lambda')
    deploy.set_env_variable('LAMBDA_SHELL__AUTH_KEY', 'secret-auth-key').deploy()
    return deploy.lambda_function()


class test_shell_access:
    def test_shell_access(self, lambda_func, monkeypatch):
        monkeypatch.setenv('LAMBDA_SHELL__AUTH_KEY', 'secret-auth-key')

        # Get shell client
        shell = lambda_func.shell()
        assert shell.ping() == 'pong'

        # Execute Python code (requires @lambda_shell decorator on Lambda)
        result = lambda_func.shell_python_exec(
            code='import os; print(os.environ)',
            auth_key='secret-auth-key',
        )
        assert "'AWS_LAMBDA_FUNCTION_NAME': 'with_shell'" in str(result)

        assert lambda_func.invoke() == 'no shell command'
