import threading
from typing import Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Layer import Layer
from osbot_lambda.local.server.lambda_.Layer_Ref import Layer_Ref
from osbot_lambda.local.server.lambda_.Layer_Version import Layer_Version


class Layer_Store:
    """All layers, by account, region and name."""

    def __init__(self) -> None:
        self._layers: dict[Layer_Ref, Layer] = {}
        self._lock = threading.Lock()

    def find(self, ref: Layer_Ref) -> Optional[Layer]:
        """The layer, or None."""
        return self._layers.get(ref)

    def find_version(self, ref: Layer_Ref, number: int, account_id: str) -> Optional[Layer_Version]:
        """A version that this account asks for, or None. Raises Api__Error 403 when another one has it to itself."""
        layer = self.find(ref)
        if account_id != ref.account_id and not (layer and layer.allows(number, account_id)):
            raise Api__Error(
                'AccessDeniedException',
                f'User: arn:aws:iam::{account_id}:root is not authorized to perform: lambda:GetLayerVersion on '
                f'resource: {ref.arn}:{number} because no resource-based policy allows the lambda:GetLayerVersion '
                f'action (the local cloud has no layers but those that were published to it)',
                403,
            )
        return layer.versions.get(number) if layer else None

    def get_version(self, ref: Layer_Ref, number: int, account_id: str) -> Layer_Version:
        """The version, else Api__Error 404; also 400 for a number below 1, and 403 as find_version()."""
        if number < 1:
            raise Lambda_Errors.invalid('Layer Version Cannot be less than 1')
        version = self.find_version(ref, number, account_id)
        if version is None:
            raise Lambda_Errors.not_found('The resource you requested does not exist.')
        return version

    def get_or_make(self, ref: Layer_Ref) -> Layer:
        """The layer, made when it isn't there."""
        with self._lock:
            return self._layers.setdefault(ref, Layer())

    def all(self, account_id: str, region: str) -> list[tuple[Layer_Ref, Layer]]:
        """The layers of an account in a region, also those without versions."""
        with self._lock:
            return [(ref, layer) for ref, layer in self._layers.items() if self._is_of(ref, account_id, region)]

    def code_size(self, account_id: str, region: str) -> int:
        """The bytes of all layer versions' zips."""
        layers = [layer for _, layer in self.all(account_id, region)]
        return sum(version.code.size for layer in layers for version in layer.newest_first())

    def reset(self, account_id: Optional[str] = None) -> None:
        """Forget the layers of an account, or of all."""
        with self._lock:
            for ref in [ref for ref in self._layers if account_id in (None, ref.account_id)]:
                del self._layers[ref]

    @staticmethod
    def _is_of(ref: Layer_Ref, account_id: str, region: str) -> bool:
        return (ref.account_id, ref.region) == (account_id, region)
