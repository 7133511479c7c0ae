import threading
from typing import Any, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.lambda_.Code_Signing_Config import Code_Signing_Config
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Pager import Pager
from osbot_lambda.local.server.lambda_.Timestamp import Timestamp


class Code_Signing_Operations:
    """The operations on code signing configurations, and on which function has which, each (context, params) -> dict.

    They are kept and answered; a package's signature is never looked at, whatever the policy says.
    """

    def __init__(self, functions: Function_Store, clock: Clock):
        self.functions, self.clock = functions, clock
        self._configs: dict[str, Code_Signing_Config] = {}
        self._lock = threading.Lock()

    def create(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """CreateCodeSigningConfig."""
        now, tags = self._now(), dict(params.get('Tags') or {})
        config = Code_Signing_Config(context.account_id, context.region, now, params['AllowedPublishers'], tags=tags)
        config = config.updated(params, now)
        with self._lock:
            self._configs[config.arn] = config
        return {'CodeSigningConfig': config.response()}

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetCodeSigningConfig. Raises Api__Error 404."""
        return {'CodeSigningConfig': self.config(context, params['CodeSigningConfigArn']).response()}

    def update(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """UpdateCodeSigningConfig: what isn't given stays. Raises Api__Error 404."""
        with self._lock:
            config = self.config(context, params['CodeSigningConfigArn']).updated(params, self._now())
            self._configs[config.arn] = config
        return {'CodeSigningConfig': config.response()}

    def delete(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteCodeSigningConfig. Raises Api__Error: not there (404), a function has it (409)."""
        arn = params['CodeSigningConfigArn']
        with self._lock:
            self.config(context, arn)
            if self._users(context, arn):
                raise Lambda_Errors.conflict(
                    f'The code signing configuration {arn} cannot be deleted: functions are using it.'
                )
            del self._configs[arn]
        return {}

    def list_configs(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListCodeSigningConfigs."""
        with self._lock:
            configs = [c for c in self._configs.values() if self._is_of(c, context.account_id, context.region)]
        page, marker = Pager(configs, lambda config: config.arn).page(params)
        return {'CodeSigningConfigs': [config.response() for config in page], 'NextMarker': marker}

    def list_functions(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListFunctionsByCodeSigningConfig: their ARNs. Raises Api__Error 404."""
        arn = params['CodeSigningConfigArn']
        self.config(context, arn)
        page, marker = Pager(self._users(context, arn), str).page(params)
        return {'FunctionArns': page, 'NextMarker': marker}

    def put_function(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """PutFunctionCodeSigningConfig. Raises Api__Error: no such function or configuration (404)."""
        ref, function = self._function(context, params)
        arn = params['CodeSigningConfigArn']
        with self._lock:
            self.check_there(context, arn)
            function.code_signing = arn
        return {'CodeSigningConfigArn': arn, 'FunctionName': ref.name}

    def get_function(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetFunctionCodeSigningConfig: empty for a function that has none. Raises Api__Error 404."""
        ref, function = self._function(context, params)
        arn = function.code_signing
        return {'CodeSigningConfigArn': arn, 'FunctionName': ref.name} if arn else {}

    def delete_function(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteFunctionCodeSigningConfig; that there is none, is no error. Raises Api__Error 404."""
        self._function(context, params)[1].code_signing = None
        return {}

    def check_there(self, context: Api_Context, arn: Optional[str]) -> None:
        """Raises Api__Error 404 when a function is to have a configuration that isn't there."""
        config = self._configs.get(arn or '')
        if arn and (config is None or not self._is_of(config, context.account_id, context.region)):
            text = (
                'The code signing configuration cannot be found. Check that the provided configuration is not deleted:'
            )
            raise Api__Error('CodeSigningConfigNotFoundException', f'{text} {arn}.', 404)

    def config(self, context: Api_Context, arn: str) -> Code_Signing_Config:
        """The configuration, else Api__Error 404; also for that of another account."""
        config = self._configs.get(arn)
        if config is None or not self._is_of(config, context.account_id, context.region):
            raise Lambda_Errors.not_found(f'The Lambda code signing configuration {arn} can not be found.')
        return config

    def reset(self, account_id: Optional[str] = None) -> None:
        """Forget the configurations of an account, or of all."""
        with self._lock:
            for arn in [arn for arn, each in self._configs.items() if account_id in (None, each.account_id)]:
                del self._configs[arn]

    def _users(self, context: Api_Context, arn: str) -> list[str]:
        functions = self.functions.all(context.account_id, context.region)
        return [function.arn for function in functions if function.code_signing == arn]

    def _function(self, context: Api_Context, params: dict[str, Any]) -> tuple[Function_Ref, Lambda_Function]:
        ref = Function_Ref.unqualified(context, params)
        return ref, self.functions.get(ref)

    def _now(self) -> str:
        return Timestamp.precise(self.clock.now())

    @staticmethod
    def _is_of(config: Code_Signing_Config, account_id: str, region: str) -> bool:
        return (config.account_id, config.region) == (account_id, region)
