import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Optional

from osbot_lambda.archive.Package_Ignore import Package_Ignore
from osbot_lambda.archive.Wheel_Archive import Wheel_Archive
from osbot_lambda.archive.Zip_Block import Zip_Block
from osbot_lambda.archive.Zip_Entry import Zip_Entry
from osbot_lambda.archive.Zip_Own import Zip_Own
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.Package_Options import Package_Options
from osbot_lambda.packaging.Pyc_Files import Pyc_Files
from osbot_lambda.packaging.Stripped_Binaries import Stripped_Binaries
from osbot_lambda.packaging.Unneeded_Tests import Unneeded_Tests
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set

KIND = 'blocks'


class Wheel_Block:
    """All the files of a set of wheels as the first part of a zip, assembled once and kept in the cache.

        block = Wheel_Block(wheels, prefix='python/').block()
        layer_zip = Zip__Deterministic().add_block(block).bytes()

    Shapes : exclude are fnmatch patterns of paths or folders, without the prefix, which ends with '/'.
             The block's entries have the distribution's name as owner; about['left_out'] is {path: reason}, and
             about['saved'] {option: bytes}.
    Errors : Zip__Bad_Path, Packaging__Tool_Missing, Packaging__Tool_Failed.
    Note   : a file that two wheels have is that of the later name, as when they are installed in this order.
    """

    def __init__(
        self,
        wheels: Wheel_Set,
        options: Package_Options = Package_Options(),  # noqa: B008, frozen
        exclude: Sequence[str] = (),
        prefix: str = '',
        cache: Optional[Package_Cache] = None,
    ):
        self.wheels, self.options, self.exclude, self.prefix = wheels, options, tuple(exclude), prefix
        self.cache = cache or Package_Cache()
        self._left_out: dict[str, str] = {}
        self._saved: dict[str, int] = {}

    def key(self) -> str:
        """The same for what gives the same block: a SHA-256 in hex."""
        import hashlib

        wheels = [(wheel.name, wheel.sha256, wheel.built) for wheel in self.wheels.wheels]
        platform = str(self.wheels.platform) if self.options.precompile or self.options.strip_binaries else ''
        parts = (wheels, Zip_Own.form(), platform, self.options.key(), self.exclude, self.prefix)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def block(self) -> Zip_Block:
        """From the cache, else assembled now."""
        found = self.cache.get(KIND, self.key())
        kept = Zip_Block.read(found, self._assemble) if found is not None else None
        return kept or self._assemble()

    def _assemble(self) -> Zip_Block:
        entries = self.entries()
        made = Zip_Block.build(entries, {'left_out': self._left_out, 'saved': self._saved})
        self.cache.put(KIND, self.key(), made.write, replace=True)
        return made

    def entries(self) -> list[Zip_Entry]:
        """The files, from the wheels themselves: for a block that is put together of several."""
        self._left_out, self._saved = {}, {}
        found: dict[str, Zip_Entry] = {}
        for wheel in self.wheels.wheels:
            for entry in self._of_wheel(wheel):
                found[entry.path] = entry
        return list(found.values())

    def _of_wheel(self, wheel: Wheel_File) -> Iterator[Zip_Entry]:
        archive = Wheel_Archive(wheel.path, wheel.name, wheel.built)
        every = archive.entries()
        kept = self._without_tests(archive, every) if self.options.remove_tests else every
        if self.exclude:
            kept = list(self._without_excluded(kept))
        kept_paths = {entry.path for entry in kept}
        if self.options.strip_binaries:
            kept = list(self._stripped(archive, wheel, every, kept))
        if self.options.precompile:
            kept += self._bytecode(archive, wheel, every, kept_paths)
        for entry in kept:
            yield replace(entry, path=self.prefix + entry.path) if self.prefix else entry

    def _without_tests(self, archive: Wheel_Archive, entries: Iterable[Zip_Entry]) -> list[Zip_Entry]:
        by_path = {entry.path: entry for entry in entries}
        unneeded = set(Unneeded_Tests(by_path, lambda path: archive.read(by_path[path])).folders())
        kept = []
        for path, entry in by_path.items():
            folder = Unneeded_Tests.folder_of(path)
            if folder in unneeded:
                self._left_out[f'{self.prefix}{folder}/'] = f'tests of {entry.owner} (remove_tests)'
                self._save('remove_tests', entry.size)
            else:
                kept.append(entry)
        return kept

    def _without_excluded(self, entries: Iterable[Zip_Entry]) -> Iterator[Zip_Entry]:
        for entry in entries:
            pattern = Package_Ignore.chosen(entry.path, self.exclude)
            if pattern is None:
                yield entry
            else:
                self._left_out[self.prefix + entry.path] = f'excluded by {pattern!r}'

    def _stripped(
        self, archive: Wheel_Archive, wheel: Wheel_File, every: list[Zip_Entry], kept: list[Zip_Entry]
    ) -> Iterator[Zip_Entry]:
        libraries = [entry for entry in every if Stripped_Binaries.is_library(entry.path)]
        smaller: dict[str, bytes] = {}
        if libraries:
            stripped = Stripped_Binaries(self.wheels.platform, self.cache)
            smaller = stripped.of(wheel.sha256, lambda: {one.path: archive.read(one) for one in libraries})
        for entry in kept:
            data = smaller.get(entry.path)
            if data is not None:
                self._save('strip_binaries', entry.size - len(data))
                entry = Zip_Entry(entry.path, entry.mode, 0, 0, len(data), len(data), entry.owner, data)
            yield entry

    def _bytecode(
        self, archive: Wheel_Archive, wheel: Wheel_File, every: list[Zip_Entry], kept: set[str]
    ) -> Iterator[Zip_Entry]:
        sources = [entry for entry in every if entry.path.endswith('.py')]
        if not sources:
            return
        files = Pyc_Files(self.wheels.platform, self.cache)
        compiled = files.of(wheel.sha256, lambda: {one.path: archive.read(one) for one in sources})
        for path, data in sorted(compiled.items()):
            if path in kept:
                self._save('precompile', -len(data))
                yield Zip_Entry(files.path(path), 0o644, 0, 0, len(data), len(data), wheel.name, data)

    def _save(self, option: str, size: int) -> None:
        self._saved[option] = self._saved.get(option, 0) + size
