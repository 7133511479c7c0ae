import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Optional

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.archive.Zip_Block import Zip_Block
from osbot_lambda.archive.Zip_Own import Zip_Own
from osbot_lambda.errors import Zip__Bad_Path
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.Package_Entry import Package_Entry
from osbot_lambda.packaging.Package_Options import Package_Options
from osbot_lambda.packaging.Package_Row import Package_Row
from osbot_lambda.packaging.Pyc_Files import Pyc_Files
from osbot_lambda.packaging.Wheel_Block import Wheel_Block
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set

KIND = 'zips'
LISTED = 5
LARGE = 1024 * 1024  # bytes of a file whose deflated form is kept


class Package_Content:
    """A package put together: the files of wheels as one block, and the user's own after it.

    Shapes : saved is {option: bytes}, left_out {path: reason}, both of the wheels.
    Errors : Zip__Bad_Path when an own file and a wheel's differ under one path, or a file has the path of a folder.
    Note   : it doesn't change; what a zip was, its hash and size, is kept in the cache by all that decides it.
    """

    def __init__(
        self,
        entries: Mapping[str, Package_Entry],
        wheels: Optional[Wheel_Set],
        options: Package_Options,
        exclude: Sequence[str],
        cache: Optional[Package_Cache],
    ):
        self.cache, self._block_key = cache or Package_Cache(), ''
        self.block: Optional[Zip_Block] = None
        self.saved: dict[str, int] = {}
        self.left_out: dict[str, str] = {}
        if wheels is not None and wheels.wheels:
            kept = Wheel_Block(wheels, options, exclude, cache=self.cache)
            self.block = kept.block()
            self._block_key = kept.key()
            self.saved, self.left_out = dict(self.block.about['saved']), dict(self.block.about['left_out'])
        self._inside = self.block.paths() if self.block else {}
        self.own = {path: entry for path, entry in sorted(entries.items()) if not self._is_in_wheel(entry)}
        if options.precompile and wheels is not None:
            self._precompile(wheels)

    def paths(self) -> list[str]:
        """All, sorted."""
        return sorted([*self._inside, *self.own])

    @cached_property
    def owners(self) -> dict[str, str]:
        """{path: name of the distribution that it belongs to}; one's own have none."""
        found = {path: entry.owner for path, entry in self._inside.items()}
        return found | {path: entry.distribution for path, entry in self.own.items() if entry.distribution}

    def has_module(self, name: str) -> bool:
        """A module, a package, or a folder with modules."""
        return name.replace('.', '/') in self._modules

    def size(self) -> int:
        """Unzipped bytes."""
        return sum(len(entry.data) for entry in self.own.values()) + (self.block.size() if self.block else 0)

    def rows(self) -> list[Package_Row]:
        """Each file with its distribution and sizes, sorted by path."""
        entries = [*self._inside.values(), *(entry for entry, _ in self._zipped.own())]
        rows = [Package_Row(one.path, self.owners.get(one.path, ''), one.compressed, one.size) for one in entries]
        return sorted(rows, key=lambda row: row.path)

    def biggest(self) -> str:
        """The biggest distributions, and own files or folders, for a message."""
        sizes: dict[str, tuple[int, int]] = {}
        for one in self._inside.values():
            unpacked, compressed = sizes.get(one.owner, (0, 0))
            sizes[one.owner] = unpacked + one.size, compressed + one.compressed
        for entry in self.own.values():
            name = entry.distribution or entry.path.partition('/')[0]
            unpacked, compressed = sizes.get(name, (0, 0))
            sizes[name] = unpacked + len(entry.data), compressed
        ordered = sorted(sizes.items(), key=lambda item: (-item[1][0], item[0]))[:LISTED]
        return ', '.join(
            f'{name} {unpacked:,}' + (f' ({compressed:,} zipped)' if compressed else '')
            for name, (unpacked, compressed) in ordered
        )

    def zip_bytes(self) -> bytes:
        """The zip; made once."""
        return self._zipped.bytes()

    def sha256(self) -> str:
        """Of the zip, in hex."""
        return self._known[0]

    def zip_size(self) -> int:
        """Bytes of the zip."""
        return self._known[1]

    @cached_property
    def _zipped(self) -> Zip__Deterministic:
        zipped = Zip__Deterministic(self._deflate)
        if self.block is not None:
            zipped.add_block(self.block)
        for entry in self.own.values():
            zipped.add(entry.path, entry.data, entry.executable)
        return zipped

    @cached_property
    def _known(self) -> tuple[str, int]:
        """The zip's hash and size; the zip is only made when the same wasn't made before."""
        import hashlib

        if self.block is None and self.size() <= Zip_Own.STORED_MAX:
            data = self.zip_bytes()
            return hashlib.sha256(data).hexdigest(), len(data)
        key = self._key()
        told = re.fullmatch(rb'([0-9a-f]{64}) (\d+)', self._kept(KIND, key))
        if told:
            return told[1].decode(), int(told[2])
        data = self.zip_bytes()
        known = hashlib.sha256(data).hexdigest(), len(data)
        self.cache.put(KIND, key, lambda file: file.write_text(f'{known[0]} {known[1]}', 'ascii'), replace=True)
        return known

    def _deflate(self, data: bytes) -> bytes:
        if len(data) < LARGE:
            return Zip_Own.deflate(data)
        import hashlib
        import zlib

        name = hashlib.sha256(f'{Zip_Own.form()} {hashlib.sha256(data).hexdigest()}'.encode()).hexdigest()
        kept = self._kept('deflated', name)
        if kept and zlib.crc32(kept[4:]).to_bytes(4) == kept[:4]:
            return kept[4:]
        made = Zip_Own.deflate(data)
        whole = zlib.crc32(made).to_bytes(4) + made
        self.cache.put('deflated', name, lambda file: file.write_bytes(whole), replace=True)
        return made

    def _kept(self, kind: str, name: str) -> bytes:
        found = self.cache.get(kind, name)
        try:
            return found.read_bytes() if found is not None else b''
        except OSError:  # pruned in between
            return b''

    def _key(self) -> str:
        import hashlib

        whole = hashlib.sha256(f'{self._block_key} {Zip_Own.form()}'.encode())
        for entry in self.own.values():
            content = hashlib.sha256(entry.data).hexdigest()
            whole.update(f'\n{entry.executable:d} {content} {entry.path!r}'.encode())
        return whole.hexdigest()

    @cached_property
    def _modules(self) -> set[str]:
        found: set[str] = set()
        for path in self.paths():
            if not path.endswith(('.py', '.so')):
                continue
            folder, slash, name = path.rpartition('/')
            found.add(folder + slash + name.partition('.')[0])
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition('/')[0]
        return found

    def _is_in_wheel(self, entry: Package_Entry) -> bool:
        """The same file; of one with other content, neither may be lost in silence."""
        import zlib

        there = self._inside.get(entry.path)
        if there is None:
            return False
        if there.size != len(entry.data) or there.crc != zlib.crc32(entry.data):
            raise Zip__Bad_Path(
                f'{entry.path!r} comes from {entry.origin} and, with other content, from package {there.owner}: '
                f'rename yours, or do without the package'
            )
        return True

    def _precompile(self, wheels: Wheel_Set) -> None:
        import hashlib

        sources = {path: entry.data for path, entry in self.own.items() if path.endswith('.py')}
        if not sources:
            return
        files, name = Pyc_Files(wheels.platform, self.cache), hashlib.sha256()
        for path, data in sources.items():
            name.update(f'{path}\n{len(data)}\n'.encode() + data)
        for path, data in files.of(name.hexdigest(), lambda: sources).items():
            there, made = self.own[path], files.path(path)
            why = f'bytecode of {path} (precompile)'
            self.own[made] = Package_Entry(made, data, False, there.origin, why, there.distribution)
            self.saved['precompile'] = self.saved.get('precompile', 0) - len(data)
