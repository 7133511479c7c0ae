"""Where a function finds what Lambda gives it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Self


@dataclass(frozen=True, slots=True)
class Lambda_Paths:
    """Where a function finds what Lambda gives it: names that hold in its own process.

    Shapes : code is Lambda's /var/task, runtime its /var/runtime, programs the interpreter's folder; libraries are
             those of the interpreter; layers in the order in which they are searched; temp is None for /tmp.
    """

    code: Path
    runtime: Path
    programs: Path
    libraries: tuple[Path, ...]
    layers: tuple[Path, ...]
    temp: Optional[Path]

    @classmethod
    def of_lambda(cls) -> Self:
        """In a file system of its own: as on Lambda."""
        libraries = ('/var/lang/lib', '/lib64', '/usr/lib64')
        return cls(
            code=Path('/var/task'),
            runtime=Path('/var/runtime'),
            programs=Path('/var/lang/bin'),
            libraries=tuple(map(Path, libraries)),
            layers=(Path('/opt'),),
            temp=None,
        )

    @classmethod
    def of_this_machine(cls, code: Path, runtime: Path, python: Path, layers: Iterable[Path], temp: Path) -> Self:
        """In this machine's file system; of the layers the last wins."""
        return cls(code, runtime, python.parent, (), tuple(reversed(tuple(layers))), temp)
