import zipfile

import pytest

from osbot_lambda.archive.Wheel_Archive import Wheel_Archive
from osbot_lambda.errors import Zip__Bad_Path
from tests.archive.Made_Wheel import made_wheel

TEXT = b'x = 1\n' * 100


class test_Wheel_Archive:
    def test_entries_lie_where_an_installer_puts_them(self, tmp_path):
        wheel = made_wheel(
            tmp_path / 'a.whl',
            {
                'pkg/__init__.py': TEXT,
                'pkg/__pycache__/x.cpython-311.pyc': b'',
                'pkg/old.pyc': b'',
                'a-1.0.data/purelib/pure.py': b'1',
                'a-1.0.data/platlib/pkg/fast.so': b'2',
                'a-1.0.data/data/share/a.txt': b'3',
                'a-1.0.data/scripts/run': b'4',
                'a-1.0.data/headers/a.h': b'5',
                'a-1.0.dist-info/METADATA': b'6',
                'a-1.0.dist-info/RECORD': b'7',
                'a-1.0.dist-info/INSTALLER': b'pip',
                'a-1.0.dist-info/REQUESTED': b'',
                'a-1.0.dist-info/direct_url.json': b'{}',
                'pkg/INSTALLER': b'8',
            },
        )
        archive = Wheel_Archive(wheel, 'a')
        entries = {entry.path: entry for entry in archive.entries()}
        assert list(entries) == [
            'pkg/__init__.py',
            'pure.py',
            'pkg/fast.so',
            'share/a.txt',
            'a-1.0.dist-info/METADATA',
            'a-1.0.dist-info/RECORD',
            'pkg/INSTALLER',
        ]
        assert {entry.owner for entry in entries.values()} == {'a'}
        assert archive.read(entries['pkg/__init__.py']) == TEXT
        assert archive.read(entries['share/a.txt']) == b'3'

    def test_folders_are_no_files(self, tmp_path):
        wheel = made_wheel(tmp_path / 'a.whl', {'pkg/': b'', 'a-1.0.data/purelib/': b'', 'pkg/a.py': b''})
        assert [entry.path for entry in Wheel_Archive(wheel).entries()] == ['pkg/a.py']

    @pytest.mark.parametrize(('mode', 'wanted'), [(0o600, 0o644), (0o100, 0o755), (0o777, 0o755), (0, 0o644)])
    def test_modes_are_those_of_lambda(self, tmp_path, mode, wanted):
        wheel = made_wheel(tmp_path / 'a.whl', {'a': b''}, mode=mode)
        assert [entry.mode for entry in Wheel_Archive(wheel).entries()] == [wanted]

    @pytest.mark.parametrize(
        'path',
        ['../up.py', '/etc/passwd', 'a/../../b', 'a\\b', 'C:/x', 'a-1.data/purelib/../x', 'a-1.data/data//etc/x'],
    )
    def test_a_path_that_leaves_the_package_is_refused(self, tmp_path, path):
        wheel = made_wheel(tmp_path / 'evil-1-py3-none-any.whl', {'ok.py': b'', path: b''})
        with pytest.raises(Zip__Bad_Path, match=r'evil-1-py3-none-any\.whl: .* climbs out'):
            Wheel_Archive(wheel).entries()

    @pytest.mark.parametrize('method', [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_what_was_compressed_another_way_comes_as_bytes(self, tmp_path, method):
        [entry] = Wheel_Archive(made_wheel(tmp_path / 'a.whl', {'a.py': TEXT}, method)).entries()
        assert (entry.data, entry.archive) == (TEXT, None)

    def test_of_a_wheel_that_was_built_here_all_comes_as_bytes(self, tmp_path):
        [entry] = Wheel_Archive(made_wheel(tmp_path / 'a.whl', {'a.py': TEXT}), inflate=True).entries()
        assert (entry.data, entry.method, entry.compressed) == (TEXT, 0, len(TEXT))

    def test_a_truncated_wheel_is_refused(self, tmp_path):
        wheel = made_wheel(tmp_path / 'a.whl', {'a.py': TEXT})
        wheel.write_bytes(wheel.read_bytes()[:-30])
        with pytest.raises(Zip__Bad_Path, match=r'a\.whl is not a whole wheel'):
            Wheel_Archive(wheel).entries()

    def test_a_wheel_whose_list_is_wrong_is_refused(self, tmp_path):
        wheel = made_wheel(tmp_path / 'a.whl', {'a.py': TEXT})
        wheel.write_bytes(b'XXXX' + wheel.read_bytes()[4:])
        with pytest.raises(Zip__Bad_Path, match='no file begins where its list says'):
            Wheel_Archive(wheel).entries()

    @pytest.mark.parametrize('method', [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_damaged_content_is_noticed_when_it_is_read(self, tmp_path, method):
        wheel = made_wheel(tmp_path / 'a.whl', {'a.py': TEXT}, method)
        archive = Wheel_Archive(wheel)
        [entry] = archive.entries()
        data = bytearray(wheel.read_bytes())
        data[entry.offset + 5] ^= 0xFF
        wheel.write_bytes(data)
        with pytest.raises(Zip__Bad_Path, match=r'a\.py is damaged'):
            archive.read(entry)

    def test_an_encrypted_file_is_refused(self, tmp_path):
        wheel = made_wheel(tmp_path / 'a.whl', {'a.py': TEXT})
        data = bytearray(wheel.read_bytes())
        data[data.index(b'PK\1\2') + 8] |= 1
        wheel.write_bytes(data)
        with pytest.raises(Zip__Bad_Path, match='is encrypted'):
            Wheel_Archive(wheel).entries()
