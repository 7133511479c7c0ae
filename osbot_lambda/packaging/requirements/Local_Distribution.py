from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Local_Distribution:
    """A distribution that was installed here from a folder: no index has it, so its files are copied.

    Shapes : name is normalised ('my-lib'); files is ((path in the zip, file on disk), …), sorted by path: its modules,
             their data, and its *.dist-info/METADATA and entry_points.txt.
    """

    name: str
    version: str
    files: tuple[tuple[str, Path], ...]
