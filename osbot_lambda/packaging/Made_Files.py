from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Optional

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.packaging.Package_Cache import Package_Cache


class Made_Files:
    """Files that were made from others, kept together in the cache: bytecode of sources, stripped libraries.

        Made_Files(cache, 'pyc').of('3.12/my-key', lambda: {'app.py': bytecode})

    Shapes : make() gives {path: bytes}, and is called when nothing whole is kept under the name.
    """

    def __init__(self, cache: Package_Cache, kind: str):
        self.cache, self.kind = cache, kind

    def of(self, name: str, make: Callable[[], Mapping[str, bytes]]) -> dict[str, bytes]:
        """The files by their paths."""
        found = self.cache.get(self.kind, name)
        kept = self._read(found) if found is not None else None
        if kept is None:
            made = make()
            zipped = Zip__Deterministic()
            for path, data in made.items():
                zipped.add(path, data)
            self.cache.put(self.kind, name, lambda file: file.write_bytes(zipped.bytes()), replace=True)
            kept = dict(made)
        return kept

    @staticmethod
    def _read(file: Path) -> Optional[dict[str, bytes]]:
        import zipfile
        import zlib

        try:
            with zipfile.ZipFile(file) as zipped:
                return {info.filename: zipped.read(info) for info in zipped.infolist()}
        except (OSError, zipfile.BadZipFile, zlib.error):
            return None  # gone or damaged
