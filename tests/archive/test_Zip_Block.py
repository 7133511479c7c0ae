import base64
import hashlib
import io
import zipfile

import pytest

from osbot_lambda.archive.Wheel_Archive import Wheel_Archive
from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.archive.Zip_Block import Zip_Block
from osbot_lambda.archive.Zip_Own import Zip_Own
from osbot_lambda.errors import Zip__Bad_Path
from tests.archive.Made_Wheel import made_wheel

TEXT = b'x = 1\n' * 100

# tiny-1.0-py3-none-any.whl with tiny/__init__.py of 240 bytes, deflated, and tiny-1.0.dist-info/WHEEL, stored: its
# bytes are written down, so that the golden hash doesn't depend on the zlib of whoever runs this
TINY = base64.b64decode(
    'UEsDBBQAAAAIAEEQQlABopsQEQAAAPAAAAAQAAAAdGlueS9fX2luaXRfXy5weUvMKy5PLVKwVTAx4kocAWwAUEsDBBQAAAAAAEEQ'
    'QlB7g7/BOwAAADsAAAAYAAAAdGlueS0xLjAuZGlzdC1pbmZvL1dIRUVMV2hlZWwtVmVyc2lvbjogMS4wClJvb3QtSXMtUHVyZWxp'
    'YjogdHJ1ZQpUYWc6IHB5My1ub25lLWFueQpQSwECFAMUAAAACABBEEJQAaKbEBEAAADwAAAAEAAAAAAAAAAAAAAAtIEAAAAAdGlu'
    'eS9fX2luaXRfXy5weVBLAQIUAxQAAAAAAEEQQlB7g7/BOwAAADsAAAAYAAAAAAAAAAAAAAC0gT8AAAB0aW55LTEuMC5kaXN0LWlu'
    'Zm8vV0hFRUxQSwUGAAAAAAIAAgCEAAAAsAAAAAAA'
)


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


@pytest.fixture
def block(tmp_path) -> Zip_Block:
    wheel = made_wheel(tmp_path / 'a.whl', {'b/z.py': TEXT, 'b/a.py': b'1', 'a.so': bytes(1000)}, mode=0o755)
    return Zip_Block.build(Wheel_Archive(wheel, 'a').entries(), {'said': 'hello'})


class test_Zip_Block:
    def test_a_zip_of_wheel_and_own_files(self, block):
        with opened(Zip__Deterministic().add_block(block).add('app.py', b'2').bytes()) as zipped:
            assert zipped.namelist() == ['a.so', 'b/a.py', 'b/z.py', 'app.py']
            assert zipped.testzip() is None
            assert (zipped.read('b/z.py'), zipped.read('app.py')) == (TEXT, b'2')
            assert [oct(one.external_attr >> 16) for one in zipped.infolist()] == ['0o100755'] * 3 + ['0o100644']
            assert {one.date_time for one in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    def test_compressed_bytes_are_copied_as_they_are(self, tmp_path, block):
        with (
            opened(Zip__Deterministic().add_block(block).bytes()) as zipped,
            zipfile.ZipFile(tmp_path / 'a.whl') as wheel,
        ):
            sizes = {one.filename: (one.compress_type, one.compress_size) for one in zipped.infolist()}
            assert sizes == {one.filename: (one.compress_type, one.compress_size) for one in wheel.infolist()}
        raw = (tmp_path / 'a.whl').read_bytes()
        entry = next(one for one in Wheel_Archive(tmp_path / 'a.whl').entries() if one.path == 'b/z.py')
        assert raw[entry.offset : entry.offset + entry.compressed] in block.data()

    def test_the_bytes_are_those_of_every_machine(self, tmp_path):
        wheel = tmp_path / 'tiny-1.0-py3-none-any.whl'
        wheel.write_bytes(TINY)
        made = Zip__Deterministic().add_block(Zip_Block.build(Wheel_Archive(wheel).entries())).add('ä.py', b'', True)
        assert (
            hashlib.sha256(made.bytes()).hexdigest()
            == 'beb8bd9443be0b4de960f003d77529c44462249e0f1f78777317bbf281e48d5f'
        )

    def test_is_kept_and_read_again(self, tmp_path, block):
        block.write(tmp_path / 'kept')
        again = Zip_Block.read(tmp_path / 'kept')
        assert (again.entries, again.records, again.about) == (block.entries, block.records, block.about)
        assert (again.data(), again.length, again.size()) == (block.data(), block.length, 601 + 1000)

    @pytest.mark.parametrize('damage', ['short', 'long', 'empty', 'index', 'gone'])
    def test_a_damaged_file_is_none(self, tmp_path, block, damage):
        file = tmp_path / 'kept'
        block.write(file)
        whole = file.read_bytes()
        index = whole.index(b'{"entries"')
        changed = {
            'short': whole[:-1],
            'long': whole[:-48] + b'x' + whole[-48:],
            'empty': b'',
            'index': whole[:index] + b'[' + whole[index + 1 :],
        }
        if damage == 'gone':
            file.unlink()
        else:
            file.write_bytes(changed[damage])
        assert Zip_Block.read(file) is None

    def test_damaged_data_is_noticed_and_made_anew(self, tmp_path, block):
        file = tmp_path / 'kept'
        block.write(file)
        whole = bytearray(file.read_bytes())
        whole[100] ^= 1
        file.write_bytes(whole)
        with pytest.raises(Zip__Bad_Path, match='kept is damaged'):
            Zip_Block.read(file).data()
        assert Zip_Block.read(file, lambda: block).data() == block.data()
        kept = Zip_Block.read(file, lambda: block)
        file.unlink()
        assert kept.data() == block.data()

    def test_bytes_of_ours_are_stored_until_they_are_many(self, tmp_path, monkeypatch):
        entries = Wheel_Archive(made_wheel(tmp_path / 'a.whl', {'a.py': TEXT, 'b.py': TEXT}), inflate=True).entries()
        small = Zip_Block.build(entries)
        monkeypatch.setattr(Zip_Own, 'STORED_MAX', 2 * len(TEXT) - 1)
        large = Zip_Block.build(entries)
        assert [[one.method for one in made.entries] for made in (small, large)] == [[0, 0], [8, 8]]
        assert opened(Zip__Deterministic().add_block(large).bytes()).read('b.py') == TEXT

    def test_a_file_that_is_a_folder_elsewhere_is_refused(self, tmp_path, block):
        one = Wheel_Archive(made_wheel(tmp_path / 'one.whl', {'a': b'', 'a/b': b''})).entries()
        with pytest.raises(Zip__Bad_Path, match="'a' is a file and a folder"):
            Zip_Block.build(one)
        with pytest.raises(Zip__Bad_Path, match="'b' is a file and a folder"):
            Zip__Deterministic().add_block(block).add('b', b'').bytes()

    def test_a_path_of_the_block_is_refused_for_another_file(self, block):
        with pytest.raises(Zip__Bad_Path, match=r"'b/a\.py' is added, and is in a too"):
            Zip__Deterministic().add_block(block).add('b/a.py', b'').bytes()

    def test_a_second_block_is_refused(self, block):
        with pytest.raises(Zip__Bad_Path, match='begins with one block'):
            Zip__Deterministic().add_block(block).add_block(block)

    def test_data_descriptors_of_a_wheel_are_resolved(self, tmp_path):
        class No_Seek(io.BytesIO):  # zipfile writes sizes after the data then
            def seekable(self):
                return False

            def tell(self):
                raise OSError

            def seek(self, *_):
                raise OSError

        target = No_Seek()
        with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr('a.py', TEXT)
        file = tmp_path / 'a.whl'
        file.write_bytes(target.getvalue())
        assert zipfile.ZipFile(file).infolist()[0].flag_bits & 8
        made = Zip__Deterministic().add_block(Zip_Block.build(Wheel_Archive(file).entries())).bytes()
        with opened(made) as zipped:
            assert (zipped.infolist()[0].flag_bits, zipped.read('a.py')) == (0, TEXT)
