from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Concurrency_Operations import Concurrency_Operations
from osbot_lambda.local.server.lambda_.Function_Operations import Function_Operations
from osbot_lambda.local.server.lambda_.Invoke_Operation import Invoke_Operation

Params = dict[str, Any]


class Lambda_Engine__Functions:
    """The operations on functions and their versions."""

    functions: Function_Operations
    invokes: Invoke_Operation
    concurrency: Concurrency_Operations

    def create_function(self, context: Api_Context, params: Params) -> Params:
        """CreateFunction."""
        return self.functions.create(context, params)

    def get_function(self, context: Api_Context, params: Params) -> Params:
        """GetFunction."""
        return self.functions.get(context, params)

    def get_function_configuration(self, context: Api_Context, params: Params) -> Params:
        """GetFunctionConfiguration."""
        return self.functions.get_configuration(context, params)

    def update_function_code(self, context: Api_Context, params: Params) -> Params:
        """UpdateFunctionCode."""
        return self.functions.update_code(context, params)

    def update_function_configuration(self, context: Api_Context, params: Params) -> Params:
        """UpdateFunctionConfiguration."""
        return self.functions.update_configuration(context, params)

    def delete_function(self, context: Api_Context, params: Params) -> Params:
        """DeleteFunction."""
        return self.functions.delete(context, params)

    def list_functions(self, context: Api_Context, params: Params) -> Params:
        """ListFunctions."""
        return self.functions.list_functions(context, params)

    def publish_version(self, context: Api_Context, params: Params) -> Params:
        """PublishVersion."""
        return self.functions.publish(context, params)

    def list_versions_by_function(self, context: Api_Context, params: Params) -> Params:
        """ListVersionsByFunction."""
        return self.functions.list_versions(context, params)

    def get_account_settings(self, context: Api_Context, params: Params) -> Params:
        """GetAccountSettings."""
        return self.functions.account_settings(context, self.concurrency.unreserved(context))

    def invoke(self, context: Api_Context, params: Params) -> Params:
        """Invoke."""
        return self.invokes.invoke(context, params)

    def invoke_with_response_stream(self, context: Api_Context, params: Params) -> Params:
        """InvokeWithResponseStream."""
        return self.invokes.invoke_with_response_stream(context, params)
