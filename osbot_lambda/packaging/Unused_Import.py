from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unused_Import:
    """An import at the top of a module of the user's that nothing uses at the start.

    Units  : ms is what the start could be shorter by, were it done where it is used, and nobody else needed it.
    """

    module: str
    file: str  # in the zip
    line: int
    ms: float

    def __str__(self) -> str:
        return f'{self.module} ({self.file}:{self.line})'
