import functools
import hmac
import logging
import os
from collections.abc import Callable
from typing import Any, Optional

from osbot_lambda.shell.Shell_Server import Shell_Server

SHELL_VAR = 'lambda_shell'
SHELL_VAR_AUTH_KEY = 'auth_key'
SHELL__ENV_VAR__AUTH_KEY = 'LAMBDA_SHELL__AUTH_KEY'

logger = logging.getLogger('osbot_lambda.shell')


class Lambda_Shell:
    """One event, seen as a request to the shell of a function.

    Shapes : an event is for the shell when it is a dict whose 'lambda_shell' is a dict: {'method_name',
             'method_kwargs', 'auth_key'}. The answer is {'lambda_shell': {'status': 'ok', 'method_name',
             'return_value'}}, with status 'error' and 'error', 'type', 'message', 'traceback' when the method raised,
             with 'refused' and nothing else when the key isn't the one in the function's environment variable
             LAMBDA_SHELL__AUTH_KEY.
    Note   : without that variable the shell is off, and answers as it does to a wrong key. Handlers don't see what is
             for the shell, refused or not: it holds a key.
    """

    def __init__(self, shell_command: Any = None, context: Any = None):
        self.shell_command: Optional[dict[str, Any]] = shell_command if isinstance(shell_command, dict) else None
        self.context = context

    @classmethod
    def of_event(cls, event: Any, context: Any = None) -> 'Lambda_Shell':
        """Of what the handler gets."""
        return cls(event.get(SHELL_VAR) if isinstance(event, dict) else None, context)

    def is_shell_request(self) -> bool:
        """Whether the event is for the shell, rather than for the handler."""
        return self.shell_command is not None

    def get_lambda_shell_auth(self) -> str:
        """The function's key; '' when the shell is off."""
        return os.environ.get(SHELL__ENV_VAR__AUTH_KEY, '')

    def valid_shell_request(self) -> bool:
        """Whether the shell is on, and the request has its key."""
        wanted, given = self.get_lambda_shell_auth(), (self.shell_command or {}).get(SHELL_VAR_AUTH_KEY)
        if not wanted or not isinstance(given, str):
            return False
        return hmac.compare_digest(_bytes(wanted), _bytes(given))

    def invoke(self) -> dict[str, Any]:
        """The shell's answer."""
        if self.shell_command is None or not self.valid_shell_request():
            logger.warning('a request to the shell was refused')
            return {SHELL_VAR: {'status': 'refused'}}
        return {SHELL_VAR: Shell_Server(self._seconds_left).invoke(self.shell_command)}

    def _seconds_left(self) -> Optional[float]:
        remaining = getattr(self.context, 'get_remaining_time_in_millis', None)
        return remaining() / 1000 if callable(remaining) else None


def lambda_shell(function: Callable[..., Any]) -> Callable[..., Any]:
    """A handler with a shell, for those who have the key in its environment variable LAMBDA_SHELL__AUTH_KEY.

        @lambda_shell
        def run(event, context):
            return 'as always'

    Off without that variable. Whoever has the key can do whatever the function's role can; see Shell_Client."""

    @functools.wraps(function)
    def handler(event: Any, context: Any = None) -> Any:
        shell = Lambda_Shell.of_event(event, context)
        return shell.invoke() if shell.is_shell_request() else function(event, context)

    return handler


def _bytes(text: str) -> bytes:
    return text.encode('utf-8', 'surrogatepass')
