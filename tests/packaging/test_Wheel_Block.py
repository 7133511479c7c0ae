import io
import zipfile

import pytest

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.archive.Zip_Block import Zip_Block
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.Package_Options import Package_Options
from osbot_lambda.packaging.Wheel_Block import Wheel_Block
from tests.packaging.Made_Wheels import Made_Wheels


@pytest.fixture
def wheels(tmp_path) -> Made_Wheels:
    return Made_Wheels(tmp_path / 'wheels')


def contents(block: Zip_Block) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(Zip__Deterministic().add_block(block).bytes())) as zipped:
        return {path: zipped.read(path) for path in zipped.namelist() if '.dist-info/' not in path}


class test_Wheel_Block:
    def test_files_are_those_that_unpacking_gives(self, wheels, tmp_path):
        files = {
            'a/__init__.py': 'x',
            'a-1.0.data/purelib/b.py': 'y',
            'a-1.0.data/scripts/run': '',
            'a/__pycache__/z': '',
        }
        wanted = wheels.add('a', files).add('c', {'c/d.txt': 'z', 'a/__init__.py': 'later'}).set()
        wanted.unpack(tmp_path / 'unpacked')
        block = Wheel_Block(wanted).block()
        with zipfile.ZipFile(io.BytesIO(Zip__Deterministic().add_block(block).bytes())) as zipped:
            zipped.extractall(tmp_path / 'zipped')
        seen = [
            {file.relative_to(folder): file.read_bytes() for file in folder.rglob('*') if file.is_file()}
            for folder in (tmp_path / 'unpacked', tmp_path / 'zipped')
        ]
        assert seen[0] == seen[1]
        assert len(seen[0]) == 7

    def test_of_a_path_in_two_wheels_the_later_name_stays(self, wheels):
        wheels.add('b', {'space/__init__.py': 'of b', 'same.py': '='}).add(
            'a', {'space/__init__.py': 'of a', 'same.py': '='}
        )
        assert contents(Wheel_Block(wheels.set()).block()) == {'same.py': b'=', 'space/__init__.py': b'of b'}

    def test_is_assembled_once(self, wheels, monkeypatch):
        wanted = wheels.add('a', {'a.py': 'x = 1'}).set()
        first = Wheel_Block(wanted).block()
        monkeypatch.setattr(Wheel_Block, 'entries', lambda self: pytest.fail('assembled again'))
        again = Wheel_Block(wanted).block()
        assert (again.entries, again.data(), again.records) == (first.entries, first.data(), first.records)

    @pytest.mark.parametrize('where', ['data', 'index'])
    def test_a_damaged_block_is_assembled_again(self, wheels, where):
        wanted = wheels.add('a', {'a.py': 'x = 1'}).set()
        first = Wheel_Block(wanted).block()
        file = Package_Cache().get('blocks', Wheel_Block(wanted).key())
        whole = bytearray(file.read_bytes())
        whole[50 if where == 'data' else -60] ^= 1
        file.write_bytes(whole)
        assert Wheel_Block(wanted).block().data() == first.data()
        assert Zip_Block.read(Package_Cache().get('blocks', Wheel_Block(wanted).key())).data() == first.data()

    def test_the_key_knows_all_that_decides(self, wheels):
        wanted = wheels.add('a', {'a.py': 'x = 1'}).set()
        built = Made_Wheels(wheels.folder).given(wheels.wheels[0].path, 'a', built=True).set()
        other = Made_Wheels(wheels.folder).add('a', {'a.py': 'x = 2'}, '1.1').set()
        made = [
            Wheel_Block(wanted),
            Wheel_Block(built),
            Wheel_Block(other),
            Wheel_Block(wanted, prefix='python/'),
            Wheel_Block(wanted, exclude=['a']),
            Wheel_Block(wanted, Package_Options(remove_tests=True)),
            Wheel_Block(wanted, Package_Options(precompile=True)),
            Wheel_Block(wheels.set('python3.12'), Package_Options(precompile=True)),
        ]
        assert len({one.key() for one in made}) == len(made)
        assert Wheel_Block(wanted).key() == Wheel_Block(wheels.set('python3.12')).key()

    def test_the_prefix_of_a_layer(self, wheels):
        wanted = wheels.add('a', {'a/x.py': '1', 'a/tests/y.py': '2'}).set()
        block = Wheel_Block(wanted, Package_Options(remove_tests=True), prefix='python/').block()
        assert contents(block) == {'python/a/x.py': b'1'}
        assert list(block.about['left_out']) == ['python/a/tests/']

    def test_what_is_excluded_is_left_out_with_the_pattern(self, wheels):
        wanted = wheels.add('a', {'a/x.py': '', 'a/docs/y.md': '', 'a/z.md': '', 'docs.py': ''}).set()
        block = Wheel_Block(wanted, exclude=['a/docs', '*/z.*']).block()
        assert list(contents(block)) == ['a/x.py', 'docs.py']
        assert block.about['left_out'] == {'a/docs/y.md': "excluded by 'a/docs'", 'a/z.md': "excluded by '*/z.*'"}

    def test_of_a_wheel_that_was_built_here_the_compression_does_not_matter(self, tmp_path):
        seen = set()
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA):
            file = tmp_path / f'{method}.whl'
            with zipfile.ZipFile(file, 'w', method) as wheel:
                wheel.writestr('a.py', b'x = 1\n' * 50)
            block = Wheel_Block(Made_Wheels(tmp_path).given(file, 'a', built=True).set()).block()
            seen.add(Zip__Deterministic().add_block(block).bytes())
        assert len(seen) == 1
