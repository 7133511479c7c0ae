from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Optional, Self

from osbot_lambda.deploy.Package_Layer import Package_Layer

if TYPE_CHECKING:
    from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
    from osbot_lambda.aws.session.AWS_Session import AWS_Session
    from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings


@dataclass(frozen=True, slots=True)
class Deploy_Layers:
    """The layers that a function is to have.

    Shapes : arns are in the function's order, None when no layer was named; new is the layer of packages that is to be
             made, and attached after them; zip_bytes is its content, once prepare() has made it.
    Errors : prepare() raises Packaging__No_Wheel and Packaging__Install_Failed; the others Aws__Error.
    """

    arns: Optional[tuple[str, ...]] = None
    new: Optional[Package_Layer] = None
    zip_bytes: Optional[bytes] = field(default=None, repr=False)

    @classmethod
    def resolve(
        cls, settings: 'Deploy_Settings', current: Optional[dict[str, Any]], runtime: str, session: 'AWS_Session'
    ) -> Self:
        """From what was named and what the function has; asks the cloud only for a layer of packages that the function
        doesn't have yet. runtime is that of a function that neither says nor has one."""
        if not settings.layers_named:
            return cls()
        arns = tuple(settings.layers)
        if not settings.packages:
            return cls(arns)
        has = current or {}
        architecture = (has.get('Architectures') or ['x86_64'])[0]
        layer = Package_Layer.of(settings.packages, settings.runtime or has.get('Runtime') or runtime, architecture)
        there = None
        if settings.reuse_packages_layer:
            there = cls._attached(layer, has) or cls._layer(layer, session).arn_latest()
        return cls(arns, layer) if there is None else cls((*arns, there))

    @property
    def names(self) -> list[str]:
        """The ARNs, and of a layer to be made its name."""
        return [*(self.arns or ()), *([self.new.name] if self.new else [])]

    def prepare(self, session: 'AWS_Session') -> Self:
        """Install the packages and zip them, before anything is changed."""
        if self.new is None:
            return self
        return replace(self, zip_bytes=self._layer(self.new, session).zip_from_pip(self.new.packages))

    def publish(self, session: 'AWS_Session') -> list[str]:
        """Make the new layer, if there is one; the ARNs of all of them."""
        if self.new is None:
            return self.names
        assert self.zip_bytes is not None
        answer = self._layer(self.new, session).create_from_zip_bytes(self.zip_bytes)
        return [*(self.arns or ()), str(answer['LayerVersionArn'])]

    @staticmethod
    def _layer(layer: Package_Layer, session: 'AWS_Session') -> 'Lambda_Layer':
        from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer

        text = ', '.join(layer.packages)
        return Lambda_Layer(
            layer.name,
            runtimes=[layer.runtime],
            architecture=layer.architecture,
            description=text if len(text) <= 256 else f'{text[:253]}...',
            session_kwargs=session,
        )

    @staticmethod
    def _attached(layer: Package_Layer, current: dict[str, Any]) -> Optional[str]:
        arns = [str(attached['Arn']) for attached in current.get('Layers') or ()]
        return next((arn for arn in arns if arn.split(':')[6] == layer.name), None)
