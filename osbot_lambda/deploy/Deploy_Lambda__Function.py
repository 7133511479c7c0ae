from typing import TYPE_CHECKING, Any, Optional

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.session.AWS_Session import AWS_Session

if TYPE_CHECKING:
    from osbot_lambda.schemas.Invoke_Result import Invoke_Result
    from osbot_lambda.shell.Shell_Client import Shell_Client


class Deploy_Lambda__Function:
    """What Deploy_Lambda does with the deployed function; lambda_function() has the rest.

    Errors : as the methods of Lambda.
    """

    session: AWS_Session
    _name: str

    def lambda_name(self) -> str:
        """The function's name, with the stage."""
        return self._name

    def lambda_function(self) -> Lambda:
        """The function as osbot_lambda.aws has it, on the same cloud."""
        return Lambda(self._name, session_kwargs=self.session)

    def exists(self) -> bool:
        """Whether the function is there."""
        return self.lambda_function().exists()

    def info(self) -> dict[str, Any]:
        """{'Configuration', 'Code', …}; Aws__Not_Found when it isn't there."""
        return self.lambda_function().info()

    def invoke(self, payload: Any = None) -> Any:
        """What the handler returned; {'error': message} when it failed."""
        return self.lambda_function().invoke(payload)

    def lambda_invoke(self, payload: Any = None) -> Any:
        """As invoke()."""
        return self.invoke(payload)

    def invoke_async(self, payload: Any = None) -> dict[str, Any]:
        """Hand the event over, to be run in the background; {'StatusCode': 202, …}."""
        return self.lambda_function().invoke_async(payload)

    def invoke_return_logs(self, payload: Any = None) -> dict[str, Any]:
        """{'status', 'name', 'return_value', 'execution_logs', 'request_id'}, and 'error' when it failed."""
        return self.lambda_function().invoke_return_logs(payload)

    def invoke_result(self, payload: Any = None) -> 'Invoke_Result':
        """The value or the error, with logs and times."""
        return self.lambda_function().invoke_result(payload)

    def function_url(self) -> Optional[str]:
        """The function's URL, ending in '/'; None when it has none. Aws__Error.

        deploy.lambda_function().function_url_create_with_public_access()
        urllib.request.urlopen(deploy.function_url())"""
        return self.lambda_function().function_url()

    def lambda_shell(self) -> 'Shell_Client':
        """A shell in the function, whose handler is decorated with @lambda_shell.

        deploy.lambda_shell().ping()"""
        return self.lambda_function().shell()

    def delete(self) -> bool:
        """Delete the function and its log group; False when it wasn't there. The role stays."""
        return self.lambda_function().delete()
