import struct
from collections.abc import Iterator

LOAD = 1


class Elf_File:
    """As much of a native library as tells whether it can be loaded: its header and its program headers.

    Source : ELF-64, System V ABI: "Program Header".
    """

    def __init__(self, data: bytes):
        self.data = data

    def is_sound(self) -> bool:
        """Is it a 64-bit little-endian ELF file, whose segments lie inside of it, each aligned as it says?"""
        if self.data[:6] != b'\x7fELF\2\1':
            return False
        try:
            loads = list(self._loads())
        except struct.error:
            return False
        return bool(loads) and all(
            offset + size <= len(self.data) and (align < 2 or offset % align == address % align)
            for offset, address, size, align in loads
        )

    def _loads(self) -> Iterator[tuple[int, int, int, int]]:
        """(offset, address, size in the file, alignment) of each segment to load."""
        (table,) = struct.unpack_from('<Q', self.data, 32)
        size, count = struct.unpack_from('<HH', self.data, 54)
        for number in range(count):
            kind, _, offset, address, _, in_file, _, align = struct.unpack_from(
                '<IIQQQQQQ', self.data, table + number * size
            )
            if kind == LOAD:
                yield offset, address, in_file, align
