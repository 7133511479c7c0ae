from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.lambda_.Event_Invoke_Config import Event_Invoke_Config
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Version import LATEST
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Pager import Pager


class Event_Invoke_Operations:
    """The operations on the configuration of event invokes, each (context, params) -> dict.

    One configuration for each of $LATEST, the versions and the aliases. That a queue, topic, bus or bucket is there is
    not asked: it may come later.
    """

    SERVICES = ('sqs', 'sns', 'lambda', 'events')  # of destinations; and s3 for failures

    def __init__(self, functions: Function_Store, clock: Clock):
        self.functions, self.clock = functions, clock

    def put(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """PutFunctionEventInvokeConfig: the whole configuration, what isn't given is not set any more."""
        ref = Function_Ref.of(context, params)
        function = self._function(ref)
        self._check(context, ref, params)
        return self._store(function, ref, Event_Invoke_Config(self._arn(ref), 0.0), params)

    def update(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """UpdateFunctionEventInvokeConfig: what isn't given stays. Raises Api__Error 404 when there is none yet."""
        ref = Function_Ref.of(context, params)
        function = self._function(ref)
        self._check(context, ref, params)
        return self._store(function, ref, self._config(function, ref), params)

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetFunctionEventInvokeConfig. Raises Api__Error 404."""
        ref = Function_Ref.of(context, params)
        return self._config(self.functions.find(ref), ref).response()

    def delete(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteFunctionEventInvokeConfig. Raises Api__Error 404."""
        ref = Function_Ref.of(context, params)
        function = self.functions.find(ref)
        self._config(function, ref)
        if function:
            function.event_configs.pop(ref.qualifier or LATEST, None)
        return {}

    def list_configs(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListFunctionEventInvokeConfigs, by ARN."""
        function = self._function(Function_Ref.unqualified(context, params))
        configs = list(function.event_configs.values())
        page, marker = Pager(configs, lambda config: config.arn).page(params)
        return {'FunctionEventInvokeConfigs': [config.response() for config in page], 'NextMarker': marker}

    def _store(
        self, function: Lambda_Function, ref: Function_Ref, base: Event_Invoke_Config, params: dict[str, Any]
    ) -> dict[str, Any]:
        config = base.updated(params, self.clock.now())
        function.event_configs[ref.qualifier or LATEST] = config
        return config.response()

    def _function(self, ref: Function_Ref) -> Lambda_Function:
        function = self.functions.find(ref)
        if function is None or function.version(ref.qualifier) is None:
            raise Lambda_Errors.not_found("The function doesn't exist.")
        return function

    def _config(self, function: Optional[Lambda_Function], ref: Function_Ref) -> Event_Invoke_Config:
        config = function.event_configs.get(ref.qualifier or LATEST) if function else None
        if config is None:
            raise Lambda_Errors.not_found(f"The function {self._arn(ref)} doesn't have an EventInvokeConfig")
        return config

    def _check(self, context: Api_Context, ref: Function_Ref, params: dict[str, Any]) -> None:
        names = ('MaximumRetryAttempts', 'MaximumEventAgeInSeconds', 'DestinationConfig')
        if all(params.get(name) is None for name in names):
            raise Lambda_Errors.invalid('You must specify at least one of error handling or destination setting.')
        given = params.get('DestinationConfig') or {}
        on_success, on_failure = (
            (given.get(name) or {}).get('Destination') or None for name in ('OnSuccess', 'OnFailure')
        )
        if not (self._fits(on_success, *self.SERVICES) and self._fits(on_failure, *self.SERVICES, 's3')):
            shown = ', '.join(
                f'on{name}=' + (f'On{name}(destination={arn})' if arn else 'null')
                for name, arn in (('Success', on_success), ('Failure', on_failure))
            )
            raise Lambda_Errors.invalid(f'The provided destination config DestinationConfig({shown}) is invalid.')
        for arn in (on_success, on_failure):
            if arn and arn.split(':')[2] == 'lambda':
                self._check_function(context, ref, arn)

    def _check_function(self, context: Api_Context, ref: Function_Ref, arn: str) -> None:
        target = Function_Ref.of(context, {'FunctionName': arn})
        if target.unqualified_arn == ref.unqualified_arn:
            raise Lambda_Errors.invalid("You can't specify the function as a destination for itself.")
        function = self.functions.find(target)
        if function is None or function.version(target.qualifier) is None:
            raise Lambda_Errors.invalid(f'The destination ARN {arn} is invalid.')

    @staticmethod
    def _fits(arn: Optional[str], *services: str) -> bool:
        return arn is None or (arn.startswith('arn:') and arn.split(':')[2] in services)

    @staticmethod
    def _arn(ref: Function_Ref) -> str:
        return f'{ref.unqualified_arn}:{ref.qualifier or LATEST}'
