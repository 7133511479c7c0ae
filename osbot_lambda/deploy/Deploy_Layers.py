from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Optional, Self

from osbot_lambda.deploy.Deploy_Shared import Deploy_Shared
from osbot_lambda.deploy.Package_Layer import Package_Layer
from osbot_lambda.schemas.Progress import Progress

if TYPE_CHECKING:
    from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
    from osbot_lambda.aws.session.AWS_Session import AWS_Session
    from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings


@dataclass(frozen=True, slots=True)
class Deploy_Layers:
    """The layers that a function is to have.

    Shapes : arns are in the function's order, None when no layer was named; new is the layer of packages that is to be
             made, and attached after them; zip_bytes is its content, once prepare() has made it. zipped is {ARN: bytes
             of its zip} as far as AWS said it. warnings are about layers made for another runtime or architecture,
             which AWS attaches all the same.
    Errors : resolve() raises Aws__Not_Found for a layer version that isn't there; prepare() Packaging__No_Wheel and
             Packaging__Install_Failed; all of them Aws__Error.
    """

    arns: Optional[tuple[str, ...]] = None
    new: Optional[Package_Layer] = None
    refresh: bool = False
    zip_bytes: Optional[bytes] = field(default=None, repr=False)
    zipped: Mapping[str, int] = field(default_factory=dict, repr=False)
    warnings: tuple[str, ...] = ()

    @classmethod
    def resolve(
        cls, settings: 'Deploy_Settings', current: Optional[dict[str, Any]], runtime: str, session: 'AWS_Session'
    ) -> Self:
        """From what was named and what the function has; asks the cloud only for a layer that the function doesn't
        have yet. runtime is that of a function that neither says nor has one."""
        has = current or {}
        attached = {str(layer['Arn']): int(layer.get('CodeSize') or 0) for layer in has.get('Layers') or ()}
        if not settings.layers_named:
            return cls(zipped=attached)
        arns = tuple(settings.layers)
        architecture = settings.architecture or (has.get('Architectures') or ['x86_64'])[0]
        runtime = settings.runtime or has.get('Runtime') or runtime
        found = {arn: cls._look(arn, session) for arn in arns if arn not in attached}
        sizes = attached | {arn: int(info.get('Content', {}).get('CodeSize') or 0) for arn, info in found.items()}
        warnings = tuple(text for arn, info in found.items() for text in cls._unfit(arn, info, runtime, architecture))
        new = Package_Layer.of(settings.packages, runtime, architecture) if settings.packages else None
        if new is not None and settings.reuse_packages_layer:
            there = cls._attached(new, attached) or cls._layer(new, session).arn_latest()
            if there is not None:
                arns, new = (*arns, there), None
        return cls(arns, new, not settings.reuse_packages_layer, None, sizes, warnings)

    @property
    def names(self) -> list[str]:
        """The ARNs, and of a layer to be made its name."""
        return [*(self.arns or ()), *([self.new.name] if self.new else [])]

    def prepare(self, session: 'AWS_Session', progress: Optional[Progress] = None) -> Self:
        """Find the packages and put them into a zip, before anything is changed."""
        if self.new is None:
            return self
        layer = self._layer(self.new, session)
        packages = self.new.packages
        zip_bytes = Deploy_Shared.once(
            'layer zip', layer.layer_name, None, lambda: layer.zip_from_pip(packages, self.refresh, progress)
        )
        return replace(self, zip_bytes=zip_bytes)

    def publish(self, session: 'AWS_Session', progress: Optional[Progress] = None) -> list[str]:
        """Make the new layer, if there is one; the ARNs of all of them."""
        if self.new is None:
            return self.names
        layer, zip_bytes = self._layer(self.new, session), self.zip_bytes
        assert zip_bytes is not None

        def make() -> str:
            return str(layer.create_from_zip_bytes(zip_bytes, progress)['LayerVersionArn'])

        return [*(self.arns or ()), Deploy_Shared.once('layer', layer.layer_name, session, make)]

    @staticmethod
    def _look(arn: str, session: 'AWS_Session') -> dict[str, Any]:
        """What AWS says of a layer version; {} of one that may be used and not looked at."""
        from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
        from osbot_lambda.errors import Aws__Access_Denied

        try:
            return Lambda_Layer(session_kwargs=session).info_by_arn(arn)
        except Aws__Access_Denied:
            return {}

    @staticmethod
    def _unfit(arn: str, info: dict[str, Any], runtime: str, architecture: str) -> Iterator[str]:
        for wanted, key in ((runtime, 'CompatibleRuntimes'), (architecture, 'CompatibleArchitectures')):
            fits: Iterable[str] = info.get(key) or (wanted,)
            if wanted not in fits:
                made_for = ', '.join(fits)
                yield f'layer {arn} is made for {made_for}, and the function is {wanted}: what is native may not load'

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
    def _attached(layer: Package_Layer, arns: Iterable[str]) -> Optional[str]:
        return next((arn for arn in arns if arn.split(':')[6] == layer.name), None)
