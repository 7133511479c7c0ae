from dataclasses import dataclass

UNITS = ('bytes', 'kB', 'MB', 'GB')


@dataclass(slots=True)
class Progress_Task:
    """A task that someone watches.

    Units  : total and done are of `unit`; total 0 is not known yet.
    """

    name: str
    total: int
    unit: str
    done: int = 0

    def amount(self) -> str:
        """'12.5 MB of 60.1 MB', '3 of 100 functions', '' as long as nothing is known."""
        if not self.total:
            return self._text(self.done) if self.done else ''
        if self.unit == 'bytes':
            return f'{self._text(self.done)} of {self._text(self.total)}'
        return f'{self.done} of {self.total} {self.unit}'

    def _text(self, number: int) -> str:
        if self.unit != 'bytes':
            return f'{number} {self.unit}'
        size, power = float(number), 0
        while size >= 1000 and power < len(UNITS) - 1:
            size, power = size / 1000, power + 1
        return f'{size:.1f} {UNITS[power]}' if power else f'{number} bytes'
