import struct

DYNAMIC, LOAD = 2, 1  # kinds of segments
NEEDED, STRINGS, NEEDED_VERSIONS, NEEDED_FILES = 1, 5, 0x6FFFFFFE, 0x6FFFFFFF  # entries of the dynamic segment
WEAK = 2
MACHINES = {0x3E: 'x86_64', 0xB7: 'arm64'}


class Native_Library:
    """What a native library asks of the machine that loads it, read as the loader reads it: from its dynamic segment.

    Shapes : architecture is 'x86_64', 'arm64' or '' for another; needs are names of libraries ('libc.so.6'); versions
             are what it wants of them ('GLIBC_2.17', 'GLIBCXX_3.4.21'), without those that it can do without.
    Errors : ValueError for a file that isn't a sound 64-bit ELF file.
    Source : ELF-64, System V ABI; Linux Standard Base, "Symbol Versioning".
    """

    def __init__(self, data: bytes):
        self._data = data
        try:
            if data[:6] != b'\x7fELF\2\1':
                raise ValueError('it is not a 64-bit little-endian ELF file')
            self.architecture = MACHINES.get(self._read('H', 18), '')
            self.needs, self.versions = self._dynamic()
        except (struct.error, StopIteration) as error:
            raise ValueError(f'its ELF tables lead outside of it: {error}') from error

    def _dynamic(self) -> tuple[tuple[str, ...], frozenset[str]]:
        table = self._segment()
        entries: dict[int, list[int]] = {}
        for offset in range(table[0], table[0] + table[1], 16) if table else ():
            tag, value = self._read('qQ', offset)
            if tag == 0:
                break
            entries.setdefault(tag & 0xFFFFFFFF, []).append(value)
        if STRINGS not in entries:
            return (), frozenset()
        strings = self._offset(entries[STRINGS][0])
        needs = tuple(self._text(strings + name) for name in entries.get(NEEDED, ()))
        versions = set()
        if NEEDED_VERSIONS in entries:
            file = self._offset(entries[NEEDED_VERSIONS][0])
            for _ in range(entries[NEEDED_FILES][0]):
                _, count, _, first, step = self._read('HHIII', file)
                version = file + first
                for _ in range(count):
                    _, flags, _, name, further = self._read('IHHII', version)
                    if not flags & WEAK:
                        versions.add(self._text(strings + name))
                    version += further
                file += step
        return needs, frozenset(versions)

    def _segment(self) -> tuple[int, int] | None:
        """(offset, size) of the dynamic segment; None where there is none, as in a static program."""
        table, size, count = self._read('Q', 32), self._read('H', 54), self._read('H', 56)
        self._loads = []
        found = None
        for number in range(count):
            kind, _, offset, address, _, in_file = self._read('IIQQQQ', table + number * size)
            if kind == LOAD:
                self._loads.append((address, offset, in_file))
            elif kind == DYNAMIC:
                found = offset, in_file
        return found

    def _offset(self, address: int) -> int:
        """Where in the file what is at this address comes from."""
        return next(at + address - start for start, at, size in self._loads if start <= address < start + size)

    def _read(self, form: str, offset: int):
        found = struct.unpack_from(f'<{form}', self._data, offset)
        return found[0] if len(found) == 1 else found

    def _text(self, offset: int) -> str:
        return self._data[offset : self._data.index(0, offset)].decode()
