from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Deploy_Alias_State:
    """What an alias points to: a version, and with a canary a share of the invokes to another one.

    Shapes : version and canary are numbers as text ('3'), canary '' for none.
    Units  : weight is the canary's share of the invokes, 0..1.
    """

    version: str
    canary: str = ''
    weight: float = 0.0

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """From GetAlias's answer. AWS takes one further version at the most."""
        weights = (answer.get('RoutingConfig') or {}).get('AdditionalVersionWeights') or {}
        canary = next(iter(weights), '')
        return cls(str(answer['FunctionVersion']), canary, float(weights.get(canary, 0.0)))

    def share_of(self, version: str) -> float:
        """The share of the invokes that a version gets: 0..1."""
        shares = {self.version: 1.0 - self.weight, **({self.canary: self.weight} if self.canary else {})}
        return shares.get(version, 0.0)

    def __str__(self) -> str:
        if not self.canary:
            return self.version
        return f'{self.version} ({1 - self.weight:.4g} of the invokes), {self.canary} ({self.weight:.4g})'
