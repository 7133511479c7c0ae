from typing import Any, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.lambda_.Code_Source import Code_Source
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Layer_Ref import Layer_Ref
from osbot_lambda.local.server.lambda_.Layer_Store import Layer_Store
from osbot_lambda.local.server.lambda_.Layer_Version import Layer_Version
from osbot_lambda.local.server.lambda_.Pager import Pager
from osbot_lambda.local.server.lambda_.Timestamp import Timestamp


class Layer_Operations:
    """The operations that publish, read and delete layer versions, and look up those of a function.

    Each operation takes (context, params) and gives what the service model's output names.
    """

    MOST_PER_FUNCTION = 5

    def __init__(self, layers: Layer_Store, code: Code_Source, clock: Clock):
        self.layers, self.code, self.clock = layers, code, clock

    def publish(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """PublishLayerVersion: the package is unpacked before the answer, so that a bad one is refused here."""
        ref = self._own(context, params)
        code = self.code.read(context, params['Content'], 'layer content')
        created = Timestamp.of(self.clock.now())
        runtimes, architectures = params.get('CompatibleRuntimes'), params.get('CompatibleArchitectures')

        def make(number: int) -> Layer_Version:
            return Layer_Version(
                layer=ref,
                number=number,
                code=code,
                created=created,
                description=params.get('Description', ''),
                license=params.get('LicenseInfo'),
                runtimes=None if runtimes is None else tuple(runtimes),
                architectures=None if architectures is None else tuple(architectures),
            )

        return self.layers.get_or_make(ref).publish(make).response(context.endpoint_url)

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetLayerVersion. Raises Api__Error 404."""
        ref = Layer_Ref.of(context, params['LayerName'])
        version = self.layers.get_version(ref, params['VersionNumber'], context.account_id)
        return version.response(context.endpoint_url)

    def get_by_arn(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetLayerVersionByArn. Raises Api__Error 404."""
        found = Layer_Ref.of_version(context, params['Arn'])
        if found is None:
            raise Lambda_Errors.not_found('The resource you requested does not exist.')
        return self.layers.get_version(*found, context.account_id).response(context.endpoint_url)

    def list_layers(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListLayers, by name: those that have a version that fits, each with the newest of these."""
        wanted = params.get('CompatibleRuntime'), params.get('CompatibleArchitecture')
        newest = [
            versions[0]
            for _, layer in self.layers.all(context.account_id, context.region)
            if (versions := layer.newest_first(*wanted))
        ]
        page, marker = Pager(newest, lambda version: version.layer.name).page(params)
        listed = [
            {'LayerName': each.layer.name, 'LayerArn': each.layer.arn, 'LatestMatchingVersion': each.listed()}
            for each in page
        ]
        return {'Layers': listed, 'NextMarker': marker}

    def list_versions(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListLayerVersions, newest first; none for a layer that isn't there."""
        layer = self.layers.find(self._own(context, params))
        wanted = params.get('CompatibleRuntime'), params.get('CompatibleArchitecture')
        versions = layer.newest_first(*wanted) if layer else []
        page, marker = Pager(versions, lambda version: f'{10**12 - version.number:013d}').page(params)
        return {'LayerVersions': [version.listed() for version in page], 'NextMarker': marker}

    def delete(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteLayerVersion: functions that have it, keep it; one that isn't there is no error."""
        if params['VersionNumber'] < 1:
            raise Lambda_Errors.invalid('Layer Version Cannot be less than 1')
        if layer := self.layers.find(self._own(context, params)):
            layer.remove(params['VersionNumber'])
        return {}

    def of_function(self, context: Api_Context, arns: list[str]) -> tuple[Layer_Version, ...]:
        """The layer versions that a function asks for, in its order. Raises Api__Error (400, 403)."""
        if len(arns) > self.MOST_PER_FUNCTION:
            raise Lambda_Errors.invalid(f'Cannot reference more than {self.MOST_PER_FUNCTION} layers.')
        found: dict[Layer_Ref, Layer_Version] = {}
        for arn in arns:
            version = self._version(context, arn)
            if version is None:
                raise Lambda_Errors.invalid(f'Layer version {arn} does not exist.')
            if other := found.get(version.layer):
                raise Lambda_Errors.invalid(
                    f'Two different versions of the same layer are not allowed to be referenced in the same function. '
                    f'{other.arn} and {arn} are versions of the same layer.'
                )
            found[version.layer] = version
        return tuple(found.values())

    def _version(self, context: Api_Context, arn: str) -> Optional[Layer_Version]:
        named = Layer_Ref.of_version(context, arn)
        if named is None:
            return None
        ref, number = named
        if ref.region != context.region:
            raise Lambda_Errors.invalid(
                f'Layers are not in the same region as the function. '
                f'Layers are expected to be in region {context.region}.'
            )
        return self.layers.find_version(ref, number, context.account_id)

    @staticmethod
    def _own(context: Api_Context, params: dict[str, Any]) -> Layer_Ref:
        ref = Layer_Ref.of(context, params['LayerName'])
        if (ref.account_id, ref.region) != (context.account_id, context.region):
            text = f'Account {context.account_id} in {context.region} is not authorized to change or list {ref.arn}'
            raise Api__Error('AccessDeniedException', text, 403)
        return ref
