import base64
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Function_Code:
    """A deployment package or a layer's content that is stored and unpacked. Equal when the zip's bytes are.

    Shapes : sha is the zip's sha256 in hex; folder holds the unpacked files, and is shared by all that have this zip.
    Units  : size is the zip's bytes, unzipped those of the unpacked files.
    """

    sha: str
    size: int
    unzipped: int
    folder: Path

    @property
    def sha_base64(self) -> str:
        """CodeSha256 of the API."""
        return base64.b64encode(bytes.fromhex(self.sha)).decode()

    def location(self, endpoint_url: str) -> str:
        """The address of the zip; this cloud serves it."""
        return f'{endpoint_url}/_osbot_lambda/code/{self.sha}'

    def response(self, endpoint_url: str) -> dict[str, str]:
        """FunctionCodeLocation of the API."""
        return {'RepositoryType': 'S3', 'Location': self.location(endpoint_url)}
