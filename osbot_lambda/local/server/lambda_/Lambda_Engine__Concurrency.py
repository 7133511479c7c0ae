from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Concurrency_Operations import Concurrency_Operations
from osbot_lambda.local.server.lambda_.Provisioned_Operations import Provisioned_Operations

Params = dict[str, Any]


class Lambda_Engine__Concurrency:
    """The operations on reserved and provisioned concurrency."""

    concurrency: Concurrency_Operations
    provisioned: Provisioned_Operations

    def put_function_concurrency(self, context: Api_Context, params: Params) -> Params:
        """PutFunctionConcurrency."""
        return self.concurrency.put(context, params)

    def get_function_concurrency(self, context: Api_Context, params: Params) -> Params:
        """GetFunctionConcurrency."""
        return self.concurrency.get(context, params)

    def delete_function_concurrency(self, context: Api_Context, params: Params) -> Params:
        """DeleteFunctionConcurrency."""
        return self.concurrency.delete(context, params)

    def put_provisioned_concurrency_config(self, context: Api_Context, params: Params) -> Params:
        """PutProvisionedConcurrencyConfig."""
        return self.provisioned.put(context, params)

    def get_provisioned_concurrency_config(self, context: Api_Context, params: Params) -> Params:
        """GetProvisionedConcurrencyConfig."""
        return self.provisioned.get(context, params)

    def delete_provisioned_concurrency_config(self, context: Api_Context, params: Params) -> Params:
        """DeleteProvisionedConcurrencyConfig."""
        return self.provisioned.delete(context, params)

    def list_provisioned_concurrency_configs(self, context: Api_Context, params: Params) -> Params:
        """ListProvisionedConcurrencyConfigs."""
        return self.provisioned.list_configs(context, params)
