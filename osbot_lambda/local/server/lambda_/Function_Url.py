from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Optional


@dataclass(frozen=True, slots=True)
class Function_Url:
    """What the URL of a function, or of one of its aliases, is configured to; a change makes a new one.

    Shapes : id is 32 lower-case letters and digits; function_arn is qualified by the alias; cors has the API's keys;
             created and modified are the API's timestamps.
    """

    id: str
    function_arn: str
    auth_type: str
    created: str
    modified: str
    cors: Mapping[str, Any] = field(default_factory=dict)
    invoke_mode: str = 'BUFFERED'

    def updated(self, params: Mapping[str, Any], now: str) -> 'Function_Url':
        """With what params (of Create… or UpdateFunctionUrlConfig) hold; the rest stays. Cors is replaced whole."""
        names = {'AuthType': 'auth_type', 'Cors': 'cors', 'InvokeMode': 'invoke_mode'}
        change: dict[str, Any] = {ours: params[theirs] for theirs, ours in names.items() if theirs in params}
        return replace(self, modified=now, **change)

    def response(self, endpoint_url: Optional[str], *leave_out: str) -> dict[str, Any]:
        """FunctionUrlConfig of the API. FunctionUrl is an address of this cloud, and ends in a slash."""
        answer = {
            'FunctionUrl': f'{endpoint_url}/_osbot_lambda/url/{self.id}/',
            'FunctionArn': self.function_arn,
            'AuthType': self.auth_type,
            'Cors': dict(self.cors) or None,
            'CreationTime': self.created,
            'LastModifiedTime': self.modified,
            'InvokeMode': self.invoke_mode,
        }
        return {key: value for key, value in answer.items() if key not in leave_out}
