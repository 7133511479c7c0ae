from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Resolve_Input:
    """What uv or pip are asked to resolve.

    Shapes : lines, constraints and options as in a requirements file; sources are names of packages that are to be
             taken as source distributions; asked is what the user wrote, for messages.
    """

    lines: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    no_deps: bool = False
    sources: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    def write(self, folder: Path) -> tuple[Path, Path]:
        """The requirements and the constraints, as files."""
        listed, constrained = folder / 'requirements.txt', folder / 'constraints.txt'
        listed.write_text(''.join(f'{line}\n' for line in (*self.options, *self.lines)), 'utf-8')
        constrained.write_text(''.join(f'{line}\n' for line in self.constraints), 'utf-8')
        return listed, constrained

    def with_constraints(self, constraints: dict[str, str]) -> Self:
        """And these versions of these packages."""
        more = tuple(f'{name}=={version}' for name, version in sorted(constraints.items()))
        return replace(self, constraints=(*self.constraints, *more))
