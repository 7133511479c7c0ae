from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Layer_Operations import Layer_Operations
from osbot_lambda.local.server.lambda_.Layer_Permissions import Layer_Permissions

Params = dict[str, Any]


class Lambda_Engine__Layers:
    """The operations on layers."""

    layers: Layer_Operations
    layer_permissions: Layer_Permissions

    def publish_layer_version(self, context: Api_Context, params: Params) -> Params:
        """PublishLayerVersion."""
        return self.layers.publish(context, params)

    def get_layer_version(self, context: Api_Context, params: Params) -> Params:
        """GetLayerVersion."""
        return self.layers.get(context, params)

    def get_layer_version_by_arn(self, context: Api_Context, params: Params) -> Params:
        """GetLayerVersionByArn."""
        return self.layers.get_by_arn(context, params)

    def list_layers(self, context: Api_Context, params: Params) -> Params:
        """ListLayers."""
        return self.layers.list_layers(context, params)

    def list_layer_versions(self, context: Api_Context, params: Params) -> Params:
        """ListLayerVersions."""
        return self.layers.list_versions(context, params)

    def delete_layer_version(self, context: Api_Context, params: Params) -> Params:
        """DeleteLayerVersion."""
        return self.layers.delete(context, params)

    def add_layer_version_permission(self, context: Api_Context, params: Params) -> Params:
        """AddLayerVersionPermission."""
        return self.layer_permissions.add(context, params)

    def get_layer_version_policy(self, context: Api_Context, params: Params) -> Params:
        """GetLayerVersionPolicy."""
        return self.layer_permissions.get(context, params)

    def remove_layer_version_permission(self, context: Api_Context, params: Params) -> Params:
        """RemoveLayerVersionPermission."""
        return self.layer_permissions.remove(context, params)
