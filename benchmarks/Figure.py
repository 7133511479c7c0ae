from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: a figure beside its floor, which is the least that the same thing can cost.

    Shapes : target is the figure to meet, a least one for rates (unit '/s') and a most one for all others; met is
             None where there is no target. value may be a bool, and the floor and the target, too: yes or no. One that
             is counted is an int.
    """

    what: str
    value: float
    unit: str
    floor: Optional[float] = None
    floor_is: str = ''
    target: Optional[float] = None

    @property
    def met(self) -> Optional[bool]:
        """Whether the target is met."""
        if self.target is None:
            return None
        if isinstance(self.value, bool):
            return self.value is self.target
        return self.value > self.target if self.unit == '/s' else self.value < self.target

    def cells(self) -> list[str]:
        """The line's texts: what, value, floor, ratio, what the floor is, target."""
        if self.floor is None:
            floor = ratio = ''
        else:
            floor = self._number(self.floor)
            ratio = '' if isinstance(self.value, bool) else f'{self.value / self.floor:.2f}x'
        target = ''
        if isinstance(self.target, bool):
            target = f'{self._number(self.target)} {"ok" if self.met else "MISSED"}'
        elif self.target is not None:
            target = f'{">" if self.unit == "/s" else "<"} {self.target:g} {"ok" if self.met else "MISSED"}'
        return [self.what, self._number(self.value), floor, ratio, self.floor_is, target]

    def _number(self, number: float) -> str:
        if isinstance(number, bool):
            return 'yes' if number else 'no'
        digits = 2 if isinstance(number, float) and number < 100 else 0
        return f'{number:.{digits}f} {self.unit}'
