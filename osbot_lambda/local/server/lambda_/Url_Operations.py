import secrets
import string
from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Url import Function_Url
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Pager import Pager
from osbot_lambda.local.server.lambda_.Timestamp import Timestamp


class Url_Operations:
    """The operations on function URLs, each (context, params) -> dict: one for a function, and one for each alias.

    InvokeMode is in the answers of Create… and UpdateFunctionUrlConfig only when it was given there.
    """

    def __init__(self, functions: Function_Store, clock: Clock):
        self.functions, self.clock = functions, clock

    def create(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """CreateFunctionUrlConfig. Raises Api__Error: no such function or alias (404), has one already (409)."""
        ref = Function_Ref.of(context, params)
        function = self._function(ref)
        now = Timestamp.precise(self.clock.now())
        url = Function_Url(self._new_id(), ref.arn, params['AuthType'], now, now).updated(params, now)
        with function.lock:
            if ref.qualifier and ref.qualifier not in function.aliases:
                raise Lambda_Errors.not_found('Function does not exist')
            if ref.qualifier_or_all in function.urls:
                raise Lambda_Errors.conflict(
                    f'Failed to create function url config for [functionArn = {ref.arn}]. '
                    f'Error message:  FunctionUrlConfig exists for this Lambda function'
                )
            function.urls[ref.qualifier_or_all] = url
        return url.response(context.endpoint_url, 'LastModifiedTime', *self._not_given(params))

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetFunctionUrlConfig. Raises Api__Error 404."""
        return self._url(Function_Ref.of(context, params)).response(context.endpoint_url)

    def update(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """UpdateFunctionUrlConfig: what isn't given stays. Raises Api__Error 404."""
        ref = Function_Ref.of(context, params)
        function = self._function(ref)
        with function.lock:
            url = self._url(ref).updated(params, Timestamp.precise(self.clock.now()))
            function.urls[ref.qualifier_or_all] = url
        return url.response(context.endpoint_url, *self._not_given(params))

    def delete(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteFunctionUrlConfig; the statements of the policy stay. Raises Api__Error 404."""
        ref = Function_Ref.of(context, params)
        with self._function(ref).lock:
            self._url(ref)
            del self._function(ref).urls[ref.qualifier_or_all]
        return {}

    def list_urls(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListFunctionUrlConfigs: the function's own, and those of its aliases."""
        function = self._function(Function_Ref.of(context, params))
        with function.lock:
            urls = list(function.urls.values())
        page, marker = Pager(urls, lambda url: url.function_arn).page(params)
        return {'FunctionUrlConfigs': [url.response(context.endpoint_url) for url in page], 'NextMarker': marker}

    def function_arn(self, url_id: str) -> Optional[str]:
        """The ARN, qualified by the alias, of what has the URL with this id; None when none has it."""
        for function in self.functions.everywhere():
            for url in list(function.urls.values()):
                if url.id == url_id:
                    return url.function_arn
        return None

    def _function(self, ref: Function_Ref) -> Lambda_Function:
        function = self.functions.find(ref)
        if function is None:
            raise Lambda_Errors.not_found('Function does not exist')
        return function

    def _url(self, ref: Function_Ref) -> Function_Url:
        function = self.functions.find(ref)
        url = function.urls.get(ref.qualifier_or_all) if function else None
        if url is None:
            raise Lambda_Errors.not_found('The resource you requested does not exist.')
        return url

    @staticmethod
    def _not_given(params: dict[str, Any]) -> list[str]:
        return [] if 'InvokeMode' in params else ['InvokeMode']

    @staticmethod
    def _new_id() -> str:
        return ''.join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(32))
