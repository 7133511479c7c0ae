import builtins
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.archive.Folder_Files import Folder_Files
from osbot_lambda.archive.Zip_Block import Zip_Block
from osbot_lambda.archive.Zip_Entry import Zip_Entry
from osbot_lambda.archive.Zip_Own import Zip_Own
from osbot_lambda.archive.Zip_Path import Zip_Path
from osbot_lambda.archive.Zip_Records import Zip_Records
from osbot_lambda.errors import File__Not_Found, Zip__Bad_Path


class Zip__Deterministic:
    """Turns files into a zip whose bytes depend only on names, contents and x-bits.

        Zip__Deterministic().add('app.py', b'...').add_folder('data', 'data/').bytes()

    Shapes : add() takes a POSIX path relative to the zip root, and the bytes. add_block() takes files of wheels, as
             those have compressed them; they come first in the zip. deflate: see Zip_Own.entries.
    Errors : Zip__Bad_Path (also a ValueError); File__Not_Found from add_folder().
    Source : PKWARE APPNOTE 4.3, 4.4.

    Of what is added as bytes, up to STORED_MAX nothing is compressed, and the zip is the same on every machine. Above
    it, deflate at one fixed level: only then the zip depends on the zlib that Python was built with.
    """

    STORED_MAX = Zip_Own.STORED_MAX  # unzipped bytes

    def __init__(self, deflate: Optional[Callable[[builtins.bytes], builtins.bytes]] = None) -> None:
        self.entries: dict[str, tuple[builtins.bytes, int]] = {}
        self.block: Optional[Zip_Block] = None
        self._deflate = deflate
        self._own: Optional[list[tuple[Zip_Entry, builtins.bytes]]] = None
        self._zip: Optional[builtins.bytes] = None

    def add(self, path: str, data: builtins.bytes, executable: bool = False) -> Self:
        """Queue one file; returns self so that calls chain."""
        if not Zip_Path.is_safe(path) or path.endswith('/') or path in self.entries:
            raise Zip__Bad_Path(f'{path!r} is absolute, climbs or repeats')
        self.entries[path] = (data, 0o755 if executable else 0o644)
        self._own = self._zip = None
        return self

    def add_folder(self, folder: str | Path, prefix: str = '', ignore: Sequence[str] = ()) -> Self:
        """What is in the folder, at the zip's root or under `prefix` ('python/'); see Folder_Files for `ignore`."""
        if not Path(folder).is_dir():
            raise File__Not_Found(f'{folder} is not a folder')
        for path, file in Folder_Files(Path(folder), ignore):
            self.add(prefix + path, file.read_bytes(), bool(file.stat().st_mode & 0o111))
        return self

    def add_block(self, block: Zip_Block) -> Self:
        """The files of a block; a zip has at most one."""
        if self.block is not None:
            raise Zip__Bad_Path('a zip begins with one block, and this one has it already: build one block of both')
        self.block, self._zip = block, None
        return self

    def size(self) -> int:
        """Unzipped bytes."""
        return sum(len(data) for data, _ in self.entries.values()) + (self.block.size() if self.block else 0)

    def own(self) -> list[tuple[Zip_Entry, builtins.bytes]]:
        """What was added as bytes, sorted, with its sizes, and its bytes as they stand in the zip."""
        if self._own is None:
            added = sorted(self.entries.items())
            files = ((path, data, mode, '') for path, (data, mode) in added)
            self._own = list(Zip_Own.entries(files, self._deflate))
        return self._own

    def bytes(self) -> builtins.bytes:
        """The zip; made once, until something is added. Zip__Bad_Path when a file has the path of a folder, or of a
        file of the block."""
        if self._zip is None:
            self._check_paths()
            self._zip = self._build()
        return self._zip

    def _check_paths(self) -> None:
        inside = self.block.paths() if self.block else {}
        for path in sorted(inside.keys() & self.entries.keys()):
            raise Zip__Bad_Path(f'{path!r} is added, and is in {inside[path].owner or "the block"} too')
        Zip_Path.check_folders((*inside, *self.entries))

    def _build(self) -> builtins.bytes:
        parts, records, offset, count = [], [], 0, 0
        if self.block is not None:
            data = self.block.data()
            parts, records, offset, count = [data], [self.block.records], len(data), len(self.block.entries)
        for entry, raw in self.own():
            local = Zip_Records.local(entry)
            parts += [local, raw]
            records.append(Zip_Records.central(entry, offset))
            offset += len(local) + len(raw)
            count += 1
        listed = sum(map(len, records))
        return b''.join([*parts, *records, Zip_Records.end(count, listed, offset)])
