import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from osbot_lambda.archive.Zip_Entry import Zip_Entry
from osbot_lambda.archive.Zip_Path import Zip_Path
from osbot_lambda.errors import Zip__Bad_Path

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

LOCAL = struct.Struct('<4s22xHH')
COPIED = (0, 8)  # stored and deflated: what every unzipper knows
AT_THE_ROOT = ('purelib', 'platlib', 'data')  # of a .data folder; scripts and headers aren't for Lambda
CACHE = re.compile(r'(?:^|/)__pycache__/|\.py[co]$')
NOTE = re.compile(r'^[^/]+\.dist-info/(?:INSTALLER|REQUESTED|direct_url\.json)$')


class Wheel_Archive:
    """The files of a wheel, as they belong in a package: a wheel is a zip already, so nothing is inflated.

        Wheel_Archive(Path('requests-2.34.2-py3-none-any.whl'), 'requests').entries()

    Shapes : paths as installed into a folder: what is in `*.data/purelib` and the like lies at the root; scripts,
             headers, bytecode and an installer's notes are left out. Modes are 0644, or 0755 when one may execute it.
             inflate=True for a wheel that was built here: its compression isn't the same on every machine, so that its
             files come as bytes of ours.
    Errors : Zip__Bad_Path for a path that leaves the folder, an encrypted file, or a file that isn't a wheel.
    Source : "Binary distribution format" of the PyPA; PKWARE APPNOTE 4.3.7.
    """

    def __init__(self, file: Path, owner: str = '', inflate: bool = False):
        self.file, self.owner, self.inflate = file, owner, inflate
        self._bytes: Optional[bytes] = None

    def entries(self) -> list[Zip_Entry]:
        """In the wheel's own order; a path that is there twice counts as the last one, as when it is unpacked."""
        import zipfile

        found: dict[str, Zip_Entry] = {}
        try:
            with self.file.open('rb') as stream, zipfile.ZipFile(stream) as wheel:
                for info in wheel.infolist():
                    path = self._path(info.filename)
                    if path is not None:
                        found[path] = self._entry(path, info, wheel)
        except (zipfile.BadZipFile, NotImplementedError, struct.error) as error:
            raise Zip__Bad_Path(f'{self.file.name} is not a whole wheel: {error}') from error
        return list(found.values())

    def read(self, entry: Zip_Entry) -> bytes:
        """An entry's content, inflated."""
        import zlib

        if entry.data is not None:
            return entry.data
        if self._bytes is None:
            self._bytes = self.file.read_bytes()
        raw = self._bytes[entry.offset : entry.offset + entry.compressed]
        try:
            data = zlib.decompress(raw, -15) if entry.method else raw
        except zlib.error:
            data = b''
        if len(data) != entry.size or zlib.crc32(data) != entry.crc:
            raise Zip__Bad_Path(f'{self.file.name} is not a whole wheel: {entry.path} is damaged')
        return data

    def _path(self, name: str) -> Optional[str]:
        """Where it belongs; None for what is left out."""
        if name.endswith('/') or CACHE.search(name) or NOTE.search(name):
            return None
        top, _, rest = name.partition('/')
        path = name
        if top.endswith('.data') and rest:
            scheme, _, path = rest.partition('/')
            if scheme not in AT_THE_ROOT:
                return None
        if not Zip_Path.is_safe(name) or not Zip_Path.is_safe(path):
            raise Zip__Bad_Path(f'{self.file.name}: {name!r} is absolute, or climbs out of the package')
        return path

    def _entry(self, path: str, info: 'ZipInfo', wheel: 'ZipFile') -> Zip_Entry:
        mode = 0o755 if info.external_attr >> 16 & 0o111 else 0o644
        if info.flag_bits & 1:
            raise Zip__Bad_Path(f'{self.file.name}: {info.filename!r} is encrypted')
        if self.inflate or info.compress_type not in COPIED:
            data = wheel.read(info)
            return Zip_Entry(path, mode, 0, info.CRC, len(data), len(data), self.owner, data)
        stream = wheel.fp
        assert stream is not None
        stream.seek(info.header_offset)
        magic, name_length, extra_length = LOCAL.unpack(stream.read(LOCAL.size))
        if magic != b'PK\3\4':
            raise Zip__Bad_Path(f'{self.file.name} is not a whole wheel: no file begins where its list says')
        return Zip_Entry(
            path,
            mode,
            info.compress_type,
            info.CRC,
            info.compress_size,
            info.file_size,
            self.owner,
            archive=self.file,
            offset=info.header_offset + LOCAL.size + name_length + extra_length,
        )
