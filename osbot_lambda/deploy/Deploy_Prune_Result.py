from collections.abc import Mapping
from dataclasses import dataclass, field

from osbot_lambda.schemas.Html_Table import Html_Table


@dataclass(frozen=True, slots=True)
class Deploy_Prune_Result:
    """What a prune removed, or would remove. It is true when that is anything.

    Shapes : versions are numbers as text, the oldest first; layers ARNs of layer versions; objects 'bucket/key'; kept
             says of each version that stays why: {'3': 'alias live'}. removed is False for a plan.
    Units  : size is bytes: of versions and objects, as they are stored.
    """

    name: str
    versions: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    removed: bool = False

    def __bool__(self) -> bool:
        return bool(self.versions or self.layers or self.objects)

    def __str__(self) -> str:
        head = f'{"removed" if self.removed else "to be removed"} for {self.name}'
        if not self:
            return f'{head}: nothing'
        lines = [f'{head}, {self.size:,} bytes']
        lines += [f'  version {number}' for number in self.versions]
        lines += [f'  layer {arn}' for arn in self.layers]
        lines += [f'  object {path}' for path in self.objects]
        return '\n'.join([*lines, *(f'  (version {number} stays: {why})' for number, why in self.kept.items())])

    def __repr__(self) -> str:
        counts = f'{len(self.versions)} versions, {len(self.layers)} layers, {len(self.objects)} objects'
        return f'<Deploy_Prune_Result {self.name}: {counts} {"removed" if self.removed else "to be removed"}>'

    def _repr_html_(self) -> str:
        table = Html_Table(str(self).splitlines()[0], ['what', 'which', 'why it stays'])
        for what, found in (('version', self.versions), ('layer', self.layers), ('object', self.objects)):
            for which in found:
                table.add(what, which, '')
        for number, why in self.kept.items():
            table.add('version', number, why)
        return table.html()
