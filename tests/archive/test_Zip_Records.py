import zipfile
import zlib

import pytest

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.archive.Zip_Entry import Zip_Entry
from osbot_lambda.archive.Zip_Records import Zip_Records
from osbot_lambda.errors import Zip__Bad_Path

GIB = 1024**3


def entry(path: str, data: bytes) -> Zip_Entry:
    return Zip_Entry(path, 0o644, 0, zlib.crc32(data), len(data), len(data))


class test_Zip_Records:
    def test_an_entry_beyond_4_gib_is_found(self, tmp_path):
        file, offset, data = tmp_path / 'far.zip', 5 * GIB, b'far away'
        far = entry('far.txt', data)
        with file.open('wb') as stream:  # what is before is a hole, which takes no room
            stream.seek(offset)
            stream.write(Zip_Records.local(far) + data)
            at, listed = stream.tell(), Zip_Records.central(far, offset)
            stream.write(listed + Zip_Records.end(1, len(listed), at))
        with zipfile.ZipFile(file) as zipped:
            assert zipped.read('far.txt') == data
            assert zipped.infolist()[0].header_offset == offset

    def test_an_entry_of_more_than_4_gib_says_so(self, tmp_path):
        file, size = tmp_path / 'large.zip', 4 * GIB + 7
        large = Zip_Entry('large.bin', 0o644, 0, 0, size, size)
        with file.open('wb') as stream:
            stream.write(Zip_Records.local(large))
            stream.seek(size, 1)
            at, listed = stream.tell(), Zip_Records.central(large, 0)
            stream.write(listed + Zip_Records.end(1, len(listed), at))
        with zipfile.ZipFile(file) as zipped:
            assert [(one.file_size, one.compress_size) for one in zipped.infolist()] == [(size, size)]
            with zipped.open('large.bin') as stream:
                assert stream.read(5) == bytes(5)

    def test_more_entries_than_65535(self, tmp_path):
        zipped = Zip__Deterministic()
        for number in range(65_537):
            zipped.add(f'{number:05}', b'')
        file = tmp_path / 'many.zip'
        file.write_bytes(zipped.bytes())
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
        assert (len(names), names[0], names[-1]) == (65_537, '00000', '65536')

    def test_a_path_longer_than_a_zip_can_say_is_refused(self):
        with pytest.raises(Zip__Bad_Path, match='70,000 bytes is longer than a zip can say'):
            Zip__Deterministic().add('a' * 70_000, b'').bytes()
