import json
from dataclasses import dataclass
from typing import Any, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.runtime.Invocation_Result import Invocation_Result


@dataclass(frozen=True, slots=True)
class Event_Response:
    """What the last attempt of an event invoke answered.

    Shapes : payload is JSON text; function_error is 'Unhandled', or the code of an error of the cloud's own, or None.
    """

    payload: bytes
    executed_version: str
    function_error: Optional[str] = None
    status_code: int = 200

    @staticmethod
    def of(result: Invocation_Result) -> 'Event_Response':
        """What the function returned, or its error."""
        return Event_Response(result.payload, result.executed_version, result.function_error)

    @staticmethod
    def of_error(error: Exception, executed_version: str) -> 'Event_Response':
        """The function could not be run."""
        code, status = type(error).__name__, 500
        if isinstance(error, Api__Error):
            code, status = error.code, error.status
        payload = json.dumps({'errorMessage': str(error), 'errorType': code}).encode()
        return Event_Response(payload, executed_version, code, status)

    @property
    def value(self) -> Any:
        """The payload's value; its text when it is no JSON."""
        try:
            return json.loads(self.payload)
        except ValueError:
            return self.payload.decode(errors='replace')

    @property
    def error(self) -> tuple[str, str]:
        """The type and the message of the error; '' for what it doesn't say."""
        value = self.value
        if not isinstance(value, dict):
            return '', str(value)
        return str(value.get('errorType') or ''), str(value.get('errorMessage') or '')
