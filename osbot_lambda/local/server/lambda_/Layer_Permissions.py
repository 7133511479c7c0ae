from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Layer import Layer
from osbot_lambda.local.server.lambda_.Layer_Ref import Layer_Ref
from osbot_lambda.local.server.lambda_.Layer_Store import Layer_Store
from osbot_lambda.local.server.lambda_.Principal import Principal
from osbot_lambda.local.server.lambda_.Resource_Policy import Resource_Policy


class Layer_Permissions:
    """Who else may use a layer version: the operations on its policy, each (context, params) -> dict."""

    def __init__(self, layers: Layer_Store):
        self.layers = layers

    def add(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """AddLayerVersionPermission. Raises Api__Error: no such version (404), Sid taken (409), revision (412)."""
        layer, arn = self._layer(context, params)
        statement = {
            'Sid': params['StatementId'],
            'Effect': 'Allow',
            'Principal': Principal.of(params['Principal']),
            'Action': params['Action'],
            'Resource': arn,
        }
        if organization := params.get('OrganizationId'):
            statement['Condition'] = {'StringEquals': {'aws:PrincipalOrgID': organization}}
        text, revision_id = layer.change_policy(
            params['VersionNumber'], params.get('RevisionId'), lambda policy: policy.add(statement)
        )
        return {'Statement': text, 'RevisionId': revision_id}

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetLayerVersionPolicy. Raises Api__Error 404."""
        layer, _ = self._layer(context, params)
        found = layer.policy(params['VersionNumber'])
        if found is None:
            raise Lambda_Errors.not_found('No policy is associated with the given resource.')
        return {'Policy': found[0], 'RevisionId': found[1]}

    def remove(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """RemoveLayerVersionPermission. Raises Api__Error: nothing to remove (404), revision (412)."""
        layer, _ = self._layer(context, params)

        def change(policy: Resource_Policy) -> str:
            policy.remove(params['StatementId'])
            return ''

        layer.change_policy(params['VersionNumber'], params.get('RevisionId'), change)
        return {}

    def _layer(self, context: Api_Context, params: dict[str, Any]) -> tuple[Layer, str]:
        ref, number = Layer_Ref.of(context, params['LayerName']), params['VersionNumber']
        if number < 1:
            raise Lambda_Errors.invalid('Layer Version Cannot be less than 1')
        layer = self.layers.find(ref) if ref.account_id == context.account_id else None
        if layer is None or number not in layer.versions:
            raise Lambda_Errors.not_found(f'Layer version {ref.arn}:{number} does not exist.')
        return layer, f'{ref.arn}:{number}'
