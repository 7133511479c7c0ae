import struct

from osbot_lambda.archive.Zip_Entry import Zip_Entry
from osbot_lambda.errors import Zip__Bad_Path

LIMIT = 0xFFFFFFFF  # from here on a number stands in a zip64 field
MOST = 0xFFFF  # entries, without zip64
DATE = (0 << 9) | (1 << 5) | 1  # 1980-01-01, the earliest that a zip can say
UNIX = 3  # else the mode bits are dropped
PLAIN, ZIP64 = 20, 45  # the version of the format that is needed
LONGEST_PATH = 0xFFFF


class Zip_Records:
    """The records that a zip is made of, with everything fixed that isn't name, content or mode. All static.

    Shapes : local() stands before each entry's bytes, central() for each in the list at the end, end() after that.
    Errors : Zip__Bad_Path for a path longer than a zip can say.
    Source : PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.14-16, 4.5.3.
    """

    @classmethod
    def local(cls, entry: Zip_Entry) -> bytes:
        """The header before the entry's bytes; those follow, without a data descriptor."""
        name, flags = cls._name(entry.path)
        sizes, extra = (entry.compressed, entry.size), b''
        if max(sizes) >= LIMIT:
            extra, sizes = struct.pack('<HHQQ', 1, 16, entry.size, entry.compressed), (LIMIT, LIMIT)
        needed = ZIP64 if extra else PLAIN
        head = (b'PK\3\4', needed, flags, entry.method, 0, DATE, entry.crc, *sizes, len(name), len(extra))
        return struct.pack('<4sHHHHHIIIHH', *head) + name + extra

    @classmethod
    def central(cls, entry: Zip_Entry, offset: int) -> bytes:
        """The entry's line in the list at the end; offset is that of its local header."""
        name, flags = cls._name(entry.path)
        compressed, size, extra = entry.compressed, entry.size, b''
        if max(compressed, size) >= LIMIT:
            extra, compressed, size = struct.pack('<QQ', size, compressed), LIMIT, LIMIT
        if offset >= LIMIT:
            extra, offset = extra + struct.pack('<Q', offset), LIMIT
        if extra:
            extra = struct.pack('<HH', 1, len(extra)) + extra
        needed = ZIP64 if extra else PLAIN
        head = (b'PK\1\2', needed, UNIX, needed, flags, entry.method, 0, DATE, entry.crc, compressed, size)
        mode = (0o100000 | entry.mode) << 16
        tail = (len(name), len(extra), 0, 0, 0, mode, offset)
        return struct.pack('<4sBBHHHHHIIIHHHHHII', *head, *tail) + name + extra

    @staticmethod
    def end(count: int, size: int, offset: int) -> bytes:
        """What closes the zip: the list has `count` lines in `size` bytes, from `offset` on."""
        before = b''
        if count >= MOST or size >= LIMIT or offset >= LIMIT:
            zip64 = (b'PK\6\6', 44, (UNIX << 8) | ZIP64, ZIP64, 0, 0, count, count, size, offset)
            before = struct.pack('<4sQHHIIQQQQ', *zip64) + struct.pack('<4sIQI', b'PK\6\7', 0, offset + size, 1)
            count, size, offset = min(count, MOST), min(size, LIMIT), min(offset, LIMIT)
        return before + struct.pack('<4sHHHHIIH', b'PK\5\6', 0, 0, count, count, size, offset, 0)

    @staticmethod
    def _name(path: str) -> tuple[bytes, int]:
        name = path.encode()
        if len(name) > LONGEST_PATH:
            raise Zip__Bad_Path(f'a path of {len(name):,} bytes is longer than a zip can say: {path[:100]!r}…')
        return name, 0 if path.isascii() else 0x800  # the flag says UTF-8
