import builtins
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Optional, Self

from osbot_lambda.archive.Folder_Files import Folder_Files
from osbot_lambda.errors import File__Not_Found, Zip__Bad_Path


class Zip__Deterministic:
    """Turns files into a zip whose bytes depend only on names, contents and x-bits.

    Shapes : add() takes a POSIX path relative to the zip root, and the bytes.
    Errors : Zip__Bad_Path (also a ValueError); File__Not_Found from add_folder().
    Source : PKWARE APPNOTE 4.4.6.

    Up to STORED_MAX unzipped bytes nothing is compressed: that alone gives the same bytes whichever zlib Python was
    built with, and at this size the upload costs nothing. Above it, deflate at one fixed level: the same bytes on
    every machine with the same zlib.
    """

    STORED_MAX = 1024 * 1024  # unzipped bytes
    LEVEL = 6
    DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say

    def __init__(self) -> None:
        self.entries: dict[str, tuple[builtins.bytes, int]] = {}
        self._zip: Optional[builtins.bytes] = None

    def add(self, path: str, data: builtins.bytes, executable: bool = False) -> Self:
        """Queue one file; returns self so that calls chain."""
        parts = PurePosixPath(path).parts
        if not parts or path.startswith('/') or '..' in parts or '\\' in path or path in self.entries:
            raise Zip__Bad_Path(f'{path!r} is absolute, climbs or repeats')
        self.entries[path] = (data, 0o755 if executable else 0o644)
        self._zip = None
        return self

    def add_folder(self, folder: str | Path, prefix: str = '', ignore: Sequence[str] = ()) -> Self:
        """What is in the folder, at the zip's root or under `prefix` ('python/'); see Folder_Files for `ignore`."""
        if not Path(folder).is_dir():
            raise File__Not_Found(f'{folder} is not a folder')
        for path, file in Folder_Files(Path(folder), ignore):
            self.add(prefix + path, file.read_bytes(), bool(file.stat().st_mode & 0o111))
        return self

    def size(self) -> int:
        """Unzipped bytes."""
        return sum(len(data) for data, _ in self.entries.values())

    def bytes(self) -> builtins.bytes:
        """The zip; made once, until something is added. Zip__Bad_Path when a file has the path of a folder."""
        if self._zip is None:
            self._check_folders()
            self._zip = self._build()
        return self._zip

    def _check_folders(self) -> None:
        folders = {str(parent) for path in self.entries for parent in PurePosixPath(path).parents}
        for path in sorted(folders & self.entries.keys()):
            raise Zip__Bad_Path(f'{path!r} is a file and a folder')

    def _build(self) -> builtins.bytes:
        import io
        import zipfile

        method = zipfile.ZIP_STORED if self.size() <= self.STORED_MAX else zipfile.ZIP_DEFLATED
        target = io.BytesIO()
        with zipfile.ZipFile(target, 'w') as zipped:
            for path, (data, mode) in sorted(self.entries.items()):
                info = zipfile.ZipInfo(path, self.DATE)
                info.create_system = 3  # unix, else the mode bits are dropped
                info.external_attr = (0o100000 | mode) << 16
                zipped.writestr(info, data, method, self.LEVEL)
        return target.getvalue()
