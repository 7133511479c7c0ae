from collections.abc import Callable
from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Function_Alias import Function_Alias
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Version import LATEST
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Pager import Pager


class Alias_Operations:
    """The operations on aliases, each (context, params) -> dict.

    on_change(arn) is called with the function's ARN when one of its aliases has come, changed or gone.
    """

    def __init__(self, functions: Function_Store, on_change: Callable[[str], None]):
        self.functions, self.on_change = functions, on_change

    def create(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """CreateAlias. Raises Api__Error: no such function or version (404), weights (400), name taken (409)."""
        function = self._function(context, params)
        name = params['Name']
        alias = Function_Alias(function.arn, name, params['FunctionVersion']).updated(params)
        with function.lock:
            self._check(function, alias)
            if name in function.aliases:
                raise Lambda_Errors.conflict(f'Alias already exists: {alias.arn}')
            function.aliases[name] = alias
        self.on_change(function.arn)
        return alias.response()

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetAlias. Raises Api__Error 404."""
        return self._function(context, params).alias(params['Name']).response()

    def update(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """UpdateAlias: what isn't given stays. Raises Api__Error as create() does, and 412."""
        function = self._function(context, params)
        with function.lock:
            alias = function.aliases.get(params['Name'])
            if alias is None:
                raise Lambda_Errors.not_found(f'Alias not found: {function.arn}:{params["Name"]}')
            if params.get('RevisionId') not in (None, alias.revision_id):
                raise Lambda_Errors.wrong_revision()
            alias = alias.updated(params)
            self._check(function, alias)
            function.aliases[alias.name] = alias
        self.on_change(function.arn)
        return alias.response()

    def delete(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteAlias, with what hangs on it; one that isn't there is no error."""
        function, name = self._function(context, params), params['Name']
        with function.lock:
            for held in (function.aliases, function.policies, function.urls, function.event_configs):
                held.pop(name, None)
        self.on_change(function.arn)
        return {}

    def list_aliases(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListAliases, by name; of one version those that invoke it, if only sometimes."""
        function, wanted = self._function(context, params), params.get('FunctionVersion')
        with function.lock:
            aliases = list(function.aliases.values())
        if wanted:
            aliases = [alias for alias in aliases if wanted in (alias.version, *alias.weights)]
        page, marker = Pager(aliases, lambda alias: alias.name).page(params)
        return {'Aliases': [alias.response() for alias in page], 'NextMarker': marker}

    def _function(self, context: Api_Context, params: dict[str, Any]) -> Lambda_Function:
        return self.functions.get(Function_Ref.unqualified(context, params))

    @staticmethod
    def _check(function: Lambda_Function, alias: Function_Alias) -> None:
        if alias.version == '$LATEST.PUBLISHED':
            raise Lambda_Errors.not_yet('LATEST_PUBLISHED versions')
        if len(alias.weights) > 1:
            raise Lambda_Errors.invalid('Number of items in AdditionalVersionWeights cannot be greater than 1')
        if alias.weights and alias.version == LATEST:
            raise Lambda_Errors.invalid('$LATEST is not supported for an alias pointing to more than 1 version')
        if alias.version in alias.weights:
            raise Lambda_Errors.invalid(
                f'Invalid function version {alias.version}. '
                f'Function version {alias.version} is already included in routing configuration.'
            )
        for version in (alias.version, *alias.weights):
            if version != LATEST and version not in function.versions:
                raise Lambda_Errors.function_not_found(f'{function.arn}:{version}')
