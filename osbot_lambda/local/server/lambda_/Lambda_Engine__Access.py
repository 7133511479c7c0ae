from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Alias_Operations import Alias_Operations
from osbot_lambda.local.server.lambda_.Permission_Operations import Permission_Operations
from osbot_lambda.local.server.lambda_.Url_Operations import Url_Operations

Params = dict[str, Any]


class Lambda_Engine__Access:
    """The operations on the ways to a function: aliases, permissions, function URLs."""

    aliases: Alias_Operations
    permissions: Permission_Operations
    urls: Url_Operations

    def create_alias(self, context: Api_Context, params: Params) -> Params:
        """CreateAlias."""
        return self.aliases.create(context, params)

    def get_alias(self, context: Api_Context, params: Params) -> Params:
        """GetAlias."""
        return self.aliases.get(context, params)

    def update_alias(self, context: Api_Context, params: Params) -> Params:
        """UpdateAlias."""
        return self.aliases.update(context, params)

    def delete_alias(self, context: Api_Context, params: Params) -> Params:
        """DeleteAlias."""
        return self.aliases.delete(context, params)

    def list_aliases(self, context: Api_Context, params: Params) -> Params:
        """ListAliases."""
        return self.aliases.list_aliases(context, params)

    def add_permission(self, context: Api_Context, params: Params) -> Params:
        """AddPermission."""
        return self.permissions.add(context, params)

    def remove_permission(self, context: Api_Context, params: Params) -> Params:
        """RemovePermission."""
        return self.permissions.remove(context, params)

    def get_policy(self, context: Api_Context, params: Params) -> Params:
        """GetPolicy."""
        return self.permissions.get(context, params)

    def put_resource_policy(self, context: Api_Context, params: Params) -> Params:
        """PutResourcePolicy."""
        return self.permissions.put_policy(context, params)

    def get_resource_policy(self, context: Api_Context, params: Params) -> Params:
        """GetResourcePolicy."""
        return self.permissions.get_policy(context, params)

    def delete_resource_policy(self, context: Api_Context, params: Params) -> Params:
        """DeleteResourcePolicy."""
        return self.permissions.delete_policy(context, params)

    def create_function_url_config(self, context: Api_Context, params: Params) -> Params:
        """CreateFunctionUrlConfig."""
        return self.urls.create(context, params)

    def get_function_url_config(self, context: Api_Context, params: Params) -> Params:
        """GetFunctionUrlConfig."""
        return self.urls.get(context, params)

    def update_function_url_config(self, context: Api_Context, params: Params) -> Params:
        """UpdateFunctionUrlConfig."""
        return self.urls.update(context, params)

    def delete_function_url_config(self, context: Api_Context, params: Params) -> Params:
        """DeleteFunctionUrlConfig."""
        return self.urls.delete(context, params)

    def list_function_url_configs(self, context: Api_Context, params: Params) -> Params:
        """ListFunctionUrlConfigs."""
        return self.urls.list_urls(context, params)
