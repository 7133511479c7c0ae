from dataclasses import dataclass
from typing import Any, Self

KINDS = ('recorded', 'documented', 'assumed')
SOURCES = ('S', 'R', 'B', 'D', 'I', 'K')


@dataclass(frozen=True, slots=True)
class Fidelity_Row:
    """A behaviour of Lambda, as a test's `fidelity` mark tells of it.

    Shapes : kind is recorded (the test compares with what Lambda has answered), documented or assumed; source begins
             with a letter of the page's key.
    Errors : ValueError for a mark that isn't whole.
    """

    behaviour: str
    aws: str
    ours: str
    source: str
    kind: str

    @classmethod
    def of(cls, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Self:
        """From the arguments of a mark."""
        names = ('aws', 'ours', 'source', 'kind')
        if len(args) != 1 or sorted(kwargs) != sorted(names):
            raise ValueError(f'fidelity{args!r} {sorted(kwargs)}: it takes a behaviour, and {", ".join(names)}')
        row = cls(args[0], **kwargs)
        if row.kind not in KINDS:
            raise ValueError(f'{row.behaviour}: kind {row.kind!r} is none of {", ".join(KINDS)}')
        if row.source.replace(',', ' ').split()[:1] not in [[letter] for letter in SOURCES]:
            raise ValueError(f'{row.behaviour}: source {row.source!r} begins with none of {", ".join(SOURCES)}')
        if row.kind == 'recorded' and 'S ' not in row.source:
            raise ValueError(f'{row.behaviour}: recorded, and its source {row.source!r} names no record (S …)')
        return row

    @property
    def differs(self) -> bool:
        """Whether we do otherwise in some respect."""
        return self.ours.rstrip('.') != 'as AWS'
