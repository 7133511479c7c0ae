import json
import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Optional, Self

from osbot_lambda.archive.Zip_Entry import Zip_Entry
from osbot_lambda.archive.Zip_Own import Zip_Own
from osbot_lambda.archive.Zip_Path import Zip_Path
from osbot_lambda.archive.Zip_Records import Zip_Records
from osbot_lambda.errors import Zip__Bad_Path

FOOTER = struct.Struct('<8sQQQII')  # magic, lengths of data, list and index, CRC of data, CRC of list and index
MAGIC = b'OSBLOCK1'


class Zip_Block:
    """The first part of a zip, assembled once: entries with their bytes, and their lines of the list at the end.

    A zip that begins with the block takes both as they are, so that what follows is all there is to do.

        block = Zip_Block.build(Wheel_Archive(wheel).entries())
        Zip__Deterministic().add_block(block).add('app.py', source).bytes()

    Shapes : entries are sorted by path. about is whatever was given to build(), as JSON has it.
    Errors : Zip__Bad_Path for a path that is both a file and a folder; data() also when its file was damaged.
    Note   : bytes of ours among the entries are stored or deflated as Zip_Own says.
    """

    def __init__(self, entries: Sequence[Zip_Entry], records: bytes, about: dict[str, Any]):
        self.entries, self.records, self.about = tuple(entries), records, about
        self.length = 0  # of data()
        self._crc = 0
        self._data: Optional[bytes] = None
        self._file = Path()
        self._rebuild: Optional[Callable[[], Zip_Block]] = None

    @classmethod
    def build(cls, entries: Iterable[Zip_Entry], about: Optional[dict[str, Any]] = None) -> Self:
        """Assemble it: bytes that another zip has compressed are copied as they are."""
        ordered = sorted(entries, key=lambda entry: entry.path)
        Zip_Path.check_folders(entry.path for entry in ordered)
        made = ((one.path, one.data, one.mode, one.owner) for one in ordered if one.data is not None)
        ours = {entry.path: (entry, raw) for entry, raw in Zip_Own.entries(made)}
        given: dict[Path, memoryview] = {}
        final, parts, records, offset = [], [], [], 0
        for one in ordered:
            raw: bytes | memoryview
            if one.archive is None:
                entry, raw = ours[one.path]
            else:
                if one.archive not in given:
                    given[one.archive] = memoryview(one.archive.read_bytes())
                raw = given[one.archive][one.offset : one.offset + one.compressed]
                entry = Zip_Entry(one.path, one.mode, one.method, one.crc, one.compressed, one.size, one.owner)
            local = Zip_Records.local(entry)
            parts += [local, raw]
            records.append(Zip_Records.central(entry, offset))
            offset += len(local) + len(raw)
            final.append(entry)
        block = cls(final, b''.join(records), about or {})
        block._data = b''.join(parts)
        block._crc, block.length = zlib.crc32(block._data), len(block._data)
        return block

    @classmethod
    def read(cls, file: Path, rebuild: Optional[Callable[[], 'Zip_Block']] = None) -> Optional[Self]:
        """One that was written, or None when the file is damaged. Its data is read when it is asked for; should that
        be damaged, rebuild() gives the block anew."""
        try:
            with file.open('rb') as stream:
                stream.seek(-FOOTER.size, 2)
                end = stream.tell()
                magic, data, records, index, data_crc, tail_crc = FOOTER.unpack(stream.read())
                if magic != MAGIC or data + records + index != end:
                    return None
                stream.seek(data)
                tail = stream.read(records + index)
        except (OSError, struct.error):
            return None
        if zlib.crc32(tail) != tail_crc:
            return None
        told = json.loads(tail[records:])
        block = cls([Zip_Entry(*one) for one in told['entries']], tail[:records], told['about'])
        block._file, block._crc, block.length, block._rebuild = file, data_crc, data, rebuild
        return block

    def write(self, file: Path) -> None:
        """Keep it for read()."""
        told = [[one.path, one.mode, one.method, one.crc, one.compressed, one.size, one.owner] for one in self.entries]
        index = json.dumps({'entries': told, 'about': self.about}, separators=(',', ':')).encode()
        lengths = (self.length, len(self.records), len(index))
        data = self.data()
        with file.open('wb') as stream:
            stream.write(data)
            stream.write(self.records)
            stream.write(index)
            stream.write(FOOTER.pack(MAGIC, *lengths, self._crc, zlib.crc32(index, zlib.crc32(self.records))))

    def data(self) -> bytes:
        """The bytes of all entries with their headers: how the zip begins."""
        if self._data is not None:
            return self._data
        try:
            with self._file.open('rb') as stream:
                data = stream.read(self.length)
        except OSError:
            data = b''
        if zlib.crc32(data) == self._crc and len(data) == self.length:
            return data
        if self._rebuild is None:
            raise Zip__Bad_Path(f'{self._file} is damaged; remove it')
        return self._rebuild().data()

    def paths(self) -> dict[str, Zip_Entry]:
        """The entries by their path."""
        return {entry.path: entry for entry in self.entries}

    def size(self) -> int:
        """Unzipped bytes."""
        return sum(entry.size for entry in self.entries)
