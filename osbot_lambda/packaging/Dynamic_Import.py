from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dynamic_Import:
    """A line that imports by a computed name: what it imports can't be told from the text."""

    file: str
    line: int
    text: str  # the line

    def __str__(self) -> str:
        return f'{self.text} ({self.file}:{self.line})'
