from typing import Any

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.lambda_.Account_Concurrency import Account_Concurrency
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Version import LATEST
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Pager import Pager
from osbot_lambda.local.server.lambda_.Provisioned_Config import Provisioned_Config
from osbot_lambda.local.server.lambda_.Provisioned_Environments import Provisioned_Environments
from osbot_lambda.local.server.lambda_.Timestamp import Timestamp


class Provisioned_Operations:
    """The operations on provisioned concurrency, each (context, params) -> dict.

    It is there for published versions and for aliases of such.
    """

    def __init__(self, functions: Function_Store, environments: Provisioned_Environments, clock: Clock):
        self.functions, self.environments, self.clock = functions, environments, clock

    def put(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """PutProvisionedConcurrencyConfig: answers at once, the environments start in the background.

        Raises Api__Error: no such function, version or alias (404), $LATEST, or more than there is (400).
        """
        function, qualifier = self._place(context, params)
        config = Provisioned_Config(params['ProvisionedConcurrentExecutions'], Timestamp.whole(self.clock.now()))
        with function.lock:
            self._check_place(function, qualifier)
            self._check_number(context, function, qualifier, config.requested)
            function.provisioned[qualifier] = config
        answer = config.response(0)
        self.environments.changed(function)
        return answer

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetProvisionedConcurrencyConfig. Raises Api__Error 404."""
        function, qualifier = self._place(context, params)
        config = function.provisioned.get(qualifier)
        if config is None:
            raise Api__Error(
                'ProvisionedConcurrencyConfigNotFoundException',
                'No Provisioned Concurrency Config found for this function',
                404,
            )
        return self._response(function, qualifier, config)

    def delete(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteProvisionedConcurrencyConfig; none is no error."""
        function, qualifier = self._place(context, params)
        with function.lock:
            function.provisioned.pop(qualifier, None)
        self.environments.changed(function)
        return {}

    def list_configs(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListProvisionedConcurrencyConfigs of a function, by qualifier."""
        function = self.functions.get(Function_Ref.unqualified(context, params))
        with function.lock:
            configs = list(function.provisioned.items())
        page, marker = Pager(configs, lambda item: item[0]).page(params)
        listed = [
            {'FunctionArn': f'{function.arn}:{qualifier}', **self._response(function, qualifier, config)}
            for qualifier, config in page
        ]
        return {'ProvisionedConcurrencyConfigs': listed, 'NextMarker': marker}

    def function_changed(self, arn: str) -> None:
        """The function with this ARN has changed, or it is gone."""
        _, _, _, region, account_id, _, name = arn.split(':')
        function = self.functions.find(Function_Ref(account_id, region, name))
        if function and function.provisioned:
            self.environments.changed(function)

    def _place(self, context: Api_Context, params: dict[str, Any]) -> tuple[Lambda_Function, str]:
        """The function, and the version or alias that is there, else Api__Error 404."""
        ref = Function_Ref.of(context, params)
        function = self.functions.get(ref)
        if ref.qualifier in (None, LATEST):
            raise Lambda_Errors.invalid(
                'Provisioned Concurrency Configs cannot be applied to unpublished function versions.'
            )
        function.revision_id(ref.qualifier)
        return function, str(ref.qualifier)

    @staticmethod
    def _check_place(function: Lambda_Function, qualifier: str) -> None:
        alias = function.aliases.get(qualifier)
        if alias is None:
            users = [one for one in function.aliases.values() if qualifier in (one.version, *one.weights)]
            if any(one.name in function.provisioned for one in users):
                raise Lambda_Errors.invalid('Version is currently pointed to by a provisioned alias')
            return
        versions = (alias.version, *alias.weights)
        if LATEST in versions:
            raise Lambda_Errors.invalid(
                'Provisioned Concurrency Configs cannot be applied to unpublished function versions.'
            )
        if any(version in function.provisioned for version in versions):
            raise Lambda_Errors.invalid(
                "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
            )

    def _check_number(self, context: Api_Context, function: Lambda_Function, qualifier: str, requested: int) -> None:
        running = function.running
        others = sum(config.requested for key, config in function.provisioned.items() if key != qualifier)
        if running.reserved is not None and requested + others > running.reserved:
            raise Lambda_Errors.invalid(
                'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution '
                'for function'
            )
        unreserved = self.functions.unreserved(context.account_id, context.region) + running.claimed
        free = unreserved - Account_Concurrency.LEAST_UNRESERVED
        if running.reserved is None and requested + others > free:
            raise Lambda_Errors.invalid(
                f"Specified ConcurrentExecutions for function is greater than account's unreserved concurrency "
                f'[{free}].'
            )

    def _response(self, function: Lambda_Function, qualifier: str, config: Provisioned_Config) -> dict[str, Any]:
        return config.response(self.environments.allocated(function, qualifier, config))
