import base64
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Function_Code:
    """A deployment package that is stored and unpacked. Equal when the zip's bytes are.

    Shapes : sha is the zip's sha256 in hex; folder holds the unpacked files, and is shared by all that have this zip.
    Units  : size is the zip's bytes.
    """

    sha: str
    size: int
    folder: Path

    @property
    def sha_base64(self) -> str:
        """CodeSha256 of the API."""
        return base64.b64encode(bytes.fromhex(self.sha)).decode()
