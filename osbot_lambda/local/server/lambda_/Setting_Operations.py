from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Version import Function_Version
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Runtime_Management import Runtime_Management


class Setting_Operations:
    """The settings of functions that have operations of their own, each (context, params) -> dict.

    Runtime management is kept for each version, and changes nothing here: a runtime is the machine's interpreter.
    """

    def __init__(self, functions: Function_Store):
        self.functions = functions

    def put_runtime_management(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """PutRuntimeManagementConfig. Raises Api__Error: no such version (404), an alias or no fitting ARN (400)."""
        function, version = self._version(context, params)
        chosen = Runtime_Management(params['UpdateRuntimeOn'], params.get('RuntimeVersionArn') or None)
        if chosen.update_on == 'Manual' and chosen.runtime_version is None:
            raise Lambda_Errors.invalid('RuntimeVersionArn must be provided when UpdateRuntimeOn is Manual.')
        if chosen.update_on != 'Manual' and chosen.runtime_version is not None:
            raise Lambda_Errors.invalid('RuntimeVersionArn can only be provided when UpdateRuntimeOn is Manual.')
        function.runtime_management[version.version] = chosen
        return self._response(version, chosen)

    def get_runtime_management(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetRuntimeManagementConfig: Auto when nothing was put. Raises Api__Error 404, and 400 for an alias."""
        function, version = self._version(context, params)
        return self._response(version, function.runtime_management.get(version.version, Runtime_Management()))

    def put_recursion(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """PutFunctionRecursionConfig. Raises Api__Error 404."""
        function = self.functions.get(Function_Ref.unqualified(context, params))
        function.recursive_loop = params['RecursiveLoop']
        return {'RecursiveLoop': function.recursive_loop}

    def get_recursion(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetFunctionRecursionConfig. Raises Api__Error 404."""
        return {'RecursiveLoop': self.functions.get(Function_Ref.unqualified(context, params)).recursive_loop}

    def _version(self, context: Api_Context, params: dict[str, Any]) -> tuple[Lambda_Function, Function_Version]:
        ref = Function_Ref.of(context, params)
        function = self.functions.get(ref, qualified=True)
        if ref.qualifier in function.aliases:
            raise Lambda_Errors.invalid(f'The provided function name {ref.arn} is invalid. Aliases are not allowed.')
        return function, self.functions.get_version(ref)

    @staticmethod
    def _response(version: Function_Version, management: Runtime_Management) -> dict[str, Any]:
        return {
            'UpdateRuntimeOn': management.update_on,
            'FunctionArn': version.qualified_arn,
            'RuntimeVersionArn': management.runtime_version,
        }
