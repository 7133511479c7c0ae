from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Missing_Import:
    """An import that nothing in the package, nor Lambda's own runtime, will satisfy."""

    name: str  # of the module
    file: str
    line: int

    def __str__(self) -> str:
        return f'{self.name} ({self.file}:{self.line})'
