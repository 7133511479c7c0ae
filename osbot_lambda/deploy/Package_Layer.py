import re
from dataclasses import dataclass
from typing import Self

MOST_OF_THE_NAME = 80  # characters of the packages' names


@dataclass(frozen=True, slots=True)
class Package_Layer:
    """A layer of packages, named by what was asked for: the same packages for the same runtime are the same layer.

    Shapes : name 'layer_for__numpy-pandas__3f2a…' (12 hex digits); packages are requirements, sorted.
    """

    name: str
    packages: tuple[str, ...]
    runtime: str
    architecture: str

    @classmethod
    def of(cls, packages: list[str], runtime: str, architecture: str) -> Self:
        """From requirements, in any order."""
        import hashlib

        wanted = tuple(sorted({' '.join(package.split()) for package in packages}))
        digest = hashlib.sha256('\n'.join((*wanted, runtime, architecture)).encode()).hexdigest()[:12]
        names = '-'.join(re.split(r'[^\w.-]', package.strip(), maxsplit=1)[0] for package in wanted)
        readable = re.sub(r'[^a-zA-Z0-9-]+', '-', names)[:MOST_OF_THE_NAME].strip('-')
        return cls(f'layer_for__{readable}__{digest}', wanted, runtime, architecture)
