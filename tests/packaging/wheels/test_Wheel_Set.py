import hashlib
import os
import zipfile

import pytest

from osbot_lambda.errors import Zip__Bad_Path
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set

PLATFORM = Lambda_Platform('python3.12')


@pytest.fixture
def wheel(tmp_path):
    def make(name='one', files=(), executable=()):
        path = tmp_path / f'{name}-1.0-py3-none-any.whl'
        with zipfile.ZipFile(path, 'w') as zipped:
            for file, text in dict(files).items():
                info = zipfile.ZipInfo(file)
                info.external_attr = (0o100775 if file in executable else 0o100600) << 16
                zipped.writestr(info, text)
        return Wheel_File(name, '1.0', path, hashlib.sha256(path.read_bytes()).hexdigest())

    return make


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob('*') if path.is_file()}


class test_Wheel_Set:
    def test_names_and_key(self, wheel):
        one, two = wheel('one', {'one.py': ''}), wheel('two', {'two.py': ''})
        both = Wheel_Set(PLATFORM, (one, two))
        assert both.names() == ['one==1.0', 'two==1.0']
        assert both.key() == Wheel_Set(PLATFORM, (two, one)).key()
        assert both.key() != Wheel_Set(PLATFORM, (one,)).key()
        assert Wheel_Set(PLATFORM).key() == hashlib.sha256(b'').hexdigest()

    def test_unpack_gives_what_pip_would_without_what_is_of_one_machine(self, wheel, tmp_path):
        files = {
            'one/__init__.py': 'x = 1',
            'one/__pycache__/__init__.cpython-312.pyc': '',
            'one/tool': 'run',
            'one-1.0.data/purelib/pure.py': 'pure',
            'one-1.0.data/platlib/plat.py': 'plat',
            'one-1.0.data/data/etc/one.ini': 'ini',
            'one-1.0.data/scripts/start': '#!python',
            'one-1.0.data/headers/one.h': '',
            'one-1.0.dist-info/METADATA': 'Name: one',
            'one-1.0.dist-info/INSTALLER': 'uv',
        }
        Wheel_Set(PLATFORM, (wheel('one', files, {'one/tool'}),)).unpack(tmp_path / 'target')
        assert content(tmp_path / 'target') == {
            'one/__init__.py': 'x = 1',
            'one/tool': 'run',
            'pure.py': 'pure',
            'plat.py': 'plat',
            'etc/one.ini': 'ini',
            'one-1.0.dist-info/METADATA': 'Name: one',
        }

    def test_modes_are_the_same_under_any_umask(self, wheel, tmp_path):
        made = Wheel_Set(PLATFORM, (wheel('one', {'plain.py': '', 'tool': ''}, {'tool'}),))
        before = os.umask(0o077)
        try:
            made.unpack(tmp_path / 'target')
        finally:
            os.umask(before)
        assert (tmp_path / 'target' / 'plain.py').stat().st_mode & 0o777 == 0o644
        assert (tmp_path / 'target' / 'tool').stat().st_mode & 0o777 == 0o755

    def test_of_a_file_that_two_have_the_later_s_stays(self, wheel, tmp_path):
        pair = wheel('one', {'same.py': '1', 'tool': ''}, {'tool'}), wheel('two', {'same.py': '2', 'tool': ''})
        Wheel_Set(PLATFORM, pair).unpack(tmp_path / 'target')
        assert content(tmp_path / 'target') == {'same.py': '2', 'tool': ''}
        assert not (tmp_path / 'target' / 'tool').stat().st_mode & 0o111

    def test_a_wheel_that_leaves_its_folder_is_refused(self, wheel, tmp_path):
        with pytest.raises(Zip__Bad_Path, match=r'up\.py'):
            Wheel_Set(PLATFORM, (wheel('one', {'../up.py': ''}),)).unpack(tmp_path / 'target')
        assert not (tmp_path / 'up.py').exists()
