import hashlib
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Code_Unpacker import Code_Unpacker
from osbot_lambda.local.server.lambda_.Function_Code import Function_Code
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Code_Store:
    """Deployment packages on disk: each zip once, and its unpacked folder once, whoever uses it.

    Stays until the cloud's work folder goes: an environment that is still busy may read from a folder that no function
    has any longer.
    """

    def __init__(self, work_dir: Path):
        self.folder = work_dir / 'code'
        self._known: dict[str, Function_Code] = {}
        self._lock = threading.Lock()

    def add(self, zip_bytes: bytes) -> Function_Code:
        """Store and unpack; an Api__Error (400) when it is no zip, leaves its folder or is too large unpacked."""
        if not zip_bytes:
            raise Lambda_Errors.invalid('Uploaded file must be a non-empty zip')
        sha = hashlib.sha256(zip_bytes).hexdigest()
        if known := self._known.get(sha):
            return known
        self.folder.mkdir(parents=True, exist_ok=True)
        unpacked = Path(tempfile.mkdtemp(prefix='new-', dir=self.folder))
        try:
            unpacked.chmod(0o755)
            unpacker = Code_Unpacker(zip_bytes)
            unpacker.unpack_into(unpacked)
        except (Api__Error, OSError):
            shutil.rmtree(unpacked, ignore_errors=True)
            raise
        with self._lock:
            code = self._known.get(sha)
            if code:  # another request brought the same zip meanwhile
                shutil.rmtree(unpacked, ignore_errors=True)
                return code
            code = Function_Code(sha, len(zip_bytes), unpacker.unzipped, self.folder / sha)
            self._zip_path(sha).write_bytes(zip_bytes)
            unpacked.rename(code.folder)
            self._known[sha] = code
        return code

    def zip_bytes(self, sha: str) -> Optional[bytes]:
        """The zip with this sha256 (hex), or None."""
        return self._zip_path(sha).read_bytes() if sha in self._known else None

    def _zip_path(self, sha: str) -> Path:
        return self.folder / f'{sha}.zip'
