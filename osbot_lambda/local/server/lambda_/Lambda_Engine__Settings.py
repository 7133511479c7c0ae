from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Code_Signing_Operations import Code_Signing_Operations
from osbot_lambda.local.server.lambda_.Setting_Operations import Setting_Operations

Params = dict[str, Any]


class Lambda_Engine__Settings:
    """The operations on code signing configurations, runtime management and recursive loops."""

    code_signing: Code_Signing_Operations
    settings: Setting_Operations

    def create_code_signing_config(self, context: Api_Context, params: Params) -> Params:
        """CreateCodeSigningConfig."""
        return self.code_signing.create(context, params)

    def get_code_signing_config(self, context: Api_Context, params: Params) -> Params:
        """GetCodeSigningConfig."""
        return self.code_signing.get(context, params)

    def update_code_signing_config(self, context: Api_Context, params: Params) -> Params:
        """UpdateCodeSigningConfig."""
        return self.code_signing.update(context, params)

    def delete_code_signing_config(self, context: Api_Context, params: Params) -> Params:
        """DeleteCodeSigningConfig."""
        return self.code_signing.delete(context, params)

    def list_code_signing_configs(self, context: Api_Context, params: Params) -> Params:
        """ListCodeSigningConfigs."""
        return self.code_signing.list_configs(context, params)

    def list_functions_by_code_signing_config(self, context: Api_Context, params: Params) -> Params:
        """ListFunctionsByCodeSigningConfig."""
        return self.code_signing.list_functions(context, params)

    def put_function_code_signing_config(self, context: Api_Context, params: Params) -> Params:
        """PutFunctionCodeSigningConfig."""
        return self.code_signing.put_function(context, params)

    def get_function_code_signing_config(self, context: Api_Context, params: Params) -> Params:
        """GetFunctionCodeSigningConfig."""
        return self.code_signing.get_function(context, params)

    def delete_function_code_signing_config(self, context: Api_Context, params: Params) -> Params:
        """DeleteFunctionCodeSigningConfig."""
        return self.code_signing.delete_function(context, params)

    def put_runtime_management_config(self, context: Api_Context, params: Params) -> Params:
        """PutRuntimeManagementConfig."""
        return self.settings.put_runtime_management(context, params)

    def get_runtime_management_config(self, context: Api_Context, params: Params) -> Params:
        """GetRuntimeManagementConfig."""
        return self.settings.get_runtime_management(context, params)

    def put_function_recursion_config(self, context: Api_Context, params: Params) -> Params:
        """PutFunctionRecursionConfig."""
        return self.settings.put_recursion(context, params)

    def get_function_recursion_config(self, context: Api_Context, params: Params) -> Params:
        """GetFunctionRecursionConfig."""
        return self.settings.get_recursion(context, params)
