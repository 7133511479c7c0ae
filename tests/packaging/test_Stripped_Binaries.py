import shutil
import zipfile

import pytest

from osbot_lambda.errors import Packaging__Tool_Missing
from osbot_lambda.packaging.Elf_File import Elf_File
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.Stripped_Binaries import Stripped_Binaries

HERE = Lambda_Platform.here()
needs_strip = pytest.mark.skipif(not (shutil.which('strip') or shutil.which('llvm-strip')), reason='no strip here')


@pytest.fixture
def library(wheelhouse_folder) -> tuple[str, bytes]:
    with zipfile.ZipFile(next(wheelhouse_folder.glob('markupsafe-*.whl'))) as wheel:
        [path] = [name for name in wheel.namelist() if name.endswith('.so')]
        return path, wheel.read(path)


class test_Stripped_Binaries:
    @needs_strip
    def test_a_library_is_smaller_and_still_loads(self, library, tmp_path, run_python):
        path, data = library
        smaller = Stripped_Binaries(HERE, Package_Cache()).of('key', lambda: {path: data, 'no_elf.so': b'text'})
        assert list(smaller) == [path]
        assert len(smaller[path]) < len(data)
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_bytes(smaller[path])
        code = f'import sys; sys.path.insert(0, {str(tmp_path)!r}); import markupsafe._speedups as s; print(s.__file__)'
        assert run_python('-I', '-S', '-c', code).strip() == str(tmp_path / path)

    @needs_strip
    def test_is_done_once(self, library):
        cache = Package_Cache()
        first = Stripped_Binaries(HERE, cache).of('key', lambda: dict([library]))
        assert Stripped_Binaries(HERE, cache).of('key', lambda: pytest.fail('stripped again')) == first

    def test_without_strip_it_says_what_to_do(self, monkeypatch):
        monkeypatch.setenv('PATH', '')
        with pytest.raises(
            Packaging__Tool_Missing, match=r'llvm-strip is needed to strip binaries for arm64.*binutils'
        ):
            Stripped_Binaries(Lambda_Platform('python3.12', 'arm64'), Package_Cache()).of('key', dict)

    def test_libraries_by_their_names(self):
        names = ['a.so', 'a.cpython-311-x86_64-linux-gnu.so', 'lib/liba.so.1.2.3', 'a.so.txt', 'a.sol', 'so']
        assert [name for name in names if Stripped_Binaries.is_library(name)] == names[:3]


class test_Elf_File:
    def test_a_library_as_it_is_built(self, library):
        assert Elf_File(library[1]).is_sound()

    @pytest.mark.parametrize('damage', ['empty', 'short', 'other', 'misaligned', 'no segments'])
    def test_one_that_cannot_be_loaded(self, library, damage):
        data = bytearray(library[1])
        table = int.from_bytes(data[32:40], 'little')
        count = int.from_bytes(data[56:58], 'little')
        headers = [table + number * 56 for number in range(count)]
        load = next(at for at in headers if data[at] == 1)
        if damage == 'misaligned':
            data[load + 8] ^= 8  # its offset in the file, no longer as its address
        if damage == 'no segments':
            data[56:58] = bytes(2)
        changed = {'empty': b'', 'short': bytes(data[:100]), 'other': b'MZ' + bytes(data[2:])}.get(damage, bytes(data))
        assert not Elf_File(changed).is_sound()
