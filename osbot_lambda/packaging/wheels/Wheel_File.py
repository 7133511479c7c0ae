from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wheel_File:
    """A wheel in our cache.

    Shapes : name is normalised ('my-lib'); sha256 is of the file, in hex.
             built: made here from a source distribution, so that another machine's has other bytes.
    """

    name: str
    version: str
    path: Path
    sha256: str
    built: bool = False
