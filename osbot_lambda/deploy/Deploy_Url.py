from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Optional

from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Part import Deploy_Part
from osbot_lambda.errors import Aws__Conflict, Setting__Invalid

if TYPE_CHECKING:
    from osbot_lambda.aws.lambda_.Lambda import Lambda

CORS = {
    'AllowOrigins': list,
    'AllowMethods': list,
    'AllowHeaders': list,
    'ExposeHeaders': list,
    'AllowCredentials': bool,
    'MaxAge': int,
}
LONGEST_AGE = 86_400  # seconds
PUBLIC = {'lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'}  # what a public URL's callers need, since October 2025
CONDITIONS = {'lambda:FunctionUrlAuthType', 'lambda:InvokedViaFunctionUrl'}  # what they need it for


class Deploy_Url(Deploy_Part):
    """The function's URL: there as it was named, or not there.

    A public one ('NONE') is nothing without two statements of the function's policy. They are made before it and
    removed before it, so that a deploy which is stopped in between is seen by the next.

    Shapes : auth_type 'AWS_IAM', 'NONE', or '' for no URL; cors has AWS's names, {} for none; of both cors and
             invoke_mode ('BUFFERED', 'RESPONSE_STREAM'), None leaves what there is.
    Errors : Setting__Invalid for what Lambda would refuse; Aws__Error.
    """

    order = 30

    def __init__(self, auth_type: str, cors: Optional[Mapping[str, Any]] = None, invoke_mode: Optional[str] = None):
        if auth_type not in ('', 'AWS_IAM', 'NONE'):
            raise Setting__Invalid(f"auth_type is {auth_type!r}; it is 'AWS_IAM', 'NONE', or False for no URL")
        if invoke_mode not in (None, 'BUFFERED', 'RESPONSE_STREAM'):
            raise Setting__Invalid(f"invoke_mode is {invoke_mode!r}; it is 'BUFFERED' or 'RESPONSE_STREAM'")
        for key, value in (cors or {}).items():
            self._check_cors(key, value)
        self.auth_type, self.invoke_mode = auth_type, invoke_mode
        self.cors = None if cors is None else dict(cors)
        self._there: dict[str, Any] = {}
        self._is_public = False

    def read(self, function: 'Lambda') -> None:
        """The URL, by GetFunctionUrlConfig; for a public one, GetPolicy says whether it can be called."""
        self._there = function.function_url_info()
        if self.auth_type == 'NONE':
            self._is_public = {
                str(statement['Action']) for statement in function.permissions() if _is_for_everybody(statement)
            } >= PUBLIC

    def changes(self) -> tuple[Deploy_Change, ...]:
        """The URL's authorisation, CORS and mode, as far as they differ, and who may call it."""
        if self.auth_type == 'NONE' and not self._is_public:
            return (*self._url_changes(), Deploy_Change('url callers', '', 'everybody'))
        return self._url_changes()

    def apply(self, function: 'Lambda') -> None:
        """Who may call it, then the URL."""
        from osbot_lambda.aws.lambda_.Lambda__Permissions import PUBLIC_ACCESS

        if self.auth_type == 'NONE' and not self._is_public:
            function.function_set_policy_to_allow_public_access()
        if self.auth_type != 'NONE' and self._there.get('AuthType') == 'NONE':
            for statement in PUBLIC_ACCESS:
                function.permission_delete(statement_id=statement['statement_id'])
        if self._url_changes():
            self._apply_url(function)

    def _url_changes(self) -> tuple[Deploy_Change, ...]:
        there, mode = self._there, self._there.get('InvokeMode', 'BUFFERED')
        found = []
        if there.get('AuthType', '') != self.auth_type:
            found.append(Deploy_Change('url', there.get('AuthType', ''), self.auth_type))
        if self.auth_type and self.cors is not None and _comparable(there.get('Cors')) != _comparable(self.cors):
            found.append(Deploy_Change('url cors', _text(there.get('Cors')), _text(self.cors)))
        if self.auth_type and self.invoke_mode not in (None, mode):
            found.append(Deploy_Change('url mode', mode if there else '', str(self.invoke_mode)))
        return tuple(found)

    def _apply_url(self, function: 'Lambda') -> None:
        if not self.auth_type:
            function.function_url_delete()
            return
        options: dict[str, Any] = {'auth_type': self.auth_type, 'cors': self.cors, 'invoke_mode': self.invoke_mode}
        if self._there:
            function.function_url_update(**options)
            return
        try:
            function.function_url_create(**options | {'invoke_mode': self.invoke_mode or 'BUFFERED'})
        except Aws__Conflict:  # made by an attempt whose answer was lost, or by somebody else just now
            function.function_url_update(**options)

    @staticmethod
    def _check_cors(key: str, value: Any) -> None:
        if key not in CORS:
            raise Setting__Invalid(f'cors has no {key!r}; it has {", ".join(CORS)}')
        is_list = CORS[key] is list and not isinstance(value, str | Mapping)
        if not is_list and type(value) is not CORS[key]:
            raise Setting__Invalid(f'{key} of cors is {value!r}; it is of the kind {CORS[key].__name__}')
        if key == 'MaxAge' and not 0 <= value <= LONGEST_AGE:
            raise Setting__Invalid(f'MaxAge of cors is {value} s; Lambda takes 0 to {LONGEST_AGE}')


def _comparable(cors: Optional[Mapping[str, Any]]) -> dict[str, Any]:
    """AWS answers in an order and case of its own, and with what wasn't given."""
    return {
        key: value if isinstance(value, int) else sorted(each.lower() for each in value)
        for key, value in (cors or {}).items()
        if value
    }


def _text(cors: Optional[Mapping[str, Any]]) -> str:
    given = [(key, cors[key]) for key in CORS if cors and cors.get(key)]
    return ', '.join(f'{key} {value if isinstance(value, int) else " ".join(value)}' for key, value in given)


def _is_for_everybody(statement: Mapping[str, Any]) -> bool:
    keys = {key for test in (statement.get('Condition') or {}).values() for key in test}
    return statement['Effect'] == 'Allow' and statement['Principal'] in ('*', {'AWS': '*'}) and keys <= CONDITIONS
