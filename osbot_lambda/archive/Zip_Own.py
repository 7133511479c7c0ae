import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Optional

from osbot_lambda.archive.Zip_Entry import Zip_Entry

STORED, DEFLATED = 0, 8


class Zip_Own:
    """Bytes of ours as entries of a zip: all of them stored, or, above STORED_MAX together, all deflated.

    Stored bytes are the same whichever zlib Python was built with, and up to this size the upload costs little. Above
    it, they are the same on every machine that has the same zlib.
    """

    STORED_MAX = 10 * 1024 * 1024  # unzipped bytes
    LEVEL = 6

    @classmethod
    def entries(
        cls, files: Iterable[tuple[str, bytes, int, str]], deflate: Optional[Callable[[bytes], bytes]] = None
    ) -> Iterator[tuple[Zip_Entry, bytes]]:
        """From (path, bytes, mode, owner): the entries, with the bytes as they stand in the zip. deflate may be another
        way to the same bytes, such as one that remembers."""
        given, squeeze = list(files), deflate or cls.deflate
        method = STORED if sum(len(data) for _, data, _, _ in given) <= cls.STORED_MAX else DEFLATED
        for path, data, mode, owner in given:
            raw = squeeze(data) if method else data
            yield Zip_Entry(path, mode, method, zlib.crc32(data), len(raw), len(data), owner), raw

    @classmethod
    def deflate(cls, data: bytes) -> bytes:
        """As a zip has it: without zlib's header."""
        return zlib.compress(data, cls.LEVEL, -15)

    @classmethod
    def form(cls) -> str:
        """What the bytes depend on besides the files: to be part of the key of what is kept."""
        return f'form 1, stored up to {cls.STORED_MAX}, zlib {zlib.ZLIB_RUNTIME_VERSION} {cls.LEVEL}'
