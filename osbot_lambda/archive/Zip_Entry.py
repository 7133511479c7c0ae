from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True, slots=True)
class Zip_Entry:
    """One file of a zip, and where its bytes are: ours (`data`), or in another zip as that has compressed them.

    Shapes : method is 0 (stored) or 8 (deflated) for what lies in `archive` at `offset`. Entries of a Zip_Block have
             neither data nor archive: their bytes are in the block.
    Units  : bytes.
    """

    path: str
    mode: int  # 0o644 or 0o755
    method: int
    crc: int
    compressed: int
    size: int
    owner: str = ''  # the distribution that it belongs to: 'requests 2.34.2'
    data: Optional[bytes] = None
    archive: Optional[Path] = None
    offset: int = 0
