import os
import sys
import zipfile

import pytest

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.errors import Packaging__Install_Failed, Packaging__No_Wheel
from osbot_lambda.packaging.Pip_Install import Pip_Install
from tests.Wheel_Folder import Wheel_Folder

HERE = f'python3.{sys.version_info.minor}'


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """A folder for wheels, which is all that pip and uv know."""
    return Wheel_Folder(tmp_path / 'wheels').use(monkeypatch)


@pytest.fixture(params=['uv', 'pip'])
def tool(request, monkeypatch):
    """Each test that takes it runs with either."""
    if request.param == 'pip':
        monkeypatch.setattr(Pip_Install, '_uv', staticmethod(lambda: None))
    return request.param


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file())


class test_Pip_Install:
    def test_a_package_and_what_it_needs(self, wheels, tool, tmp_path):
        wheels.add('my_app', requires=['helper>=1']).add('helper', version='1.0').add('helper', version='2.0')
        found = Pip_Install('python3.11').install(['my_app'], tmp_path / 'target')
        assert found == ['helper==2.0', 'my-app==1.0']
        assert files(tmp_path / 'target') == [
            'helper-2.0.dist-info/METADATA',
            'helper-2.0.dist-info/RECORD',
            'helper-2.0.dist-info/WHEEL',
            'helper/__init__.py',
            'my_app-1.0.dist-info/METADATA',
            'my_app-1.0.dist-info/RECORD',
            'my_app-1.0.dist-info/WHEEL',
            'my_app/__init__.py',
        ]

    def test_versions_extras_and_markers_are_kept(self, wheels, tool, tmp_path):
        wheels.add('one', version='1.0').add('one', version='2.0').add('two').add('three')
        wheels.add('with_extra', requires=['two; extra == "more"'])
        wanted = ['one<2', 'with_extra[more]', 'three; python_version < "3.10"']
        found = Pip_Install('python3.11').install(wanted, tmp_path / 'target')
        assert found == ['one==1.0', 'two==1.0', 'with-extra==1.0']

    def test_markers_of_dependencies_mean_the_target(self, wheels, tool, tmp_path):
        wheels.add('old', 'new', 'arm', 'mac')
        needs = ['old; python_version < "3.10"', 'new; python_version >= "3.14"']
        wheels.add('app', requires=[*needs, 'arm; platform_machine == "aarch64"', 'mac; sys_platform == "darwin"'])
        assert Pip_Install('python3.9', 'arm64').install(['app'], tmp_path / 'a') == [
            'app==1.0',
            'arm==1.0',
            'old==1.0',
        ]
        assert Pip_Install('python3.14').install(['app'], tmp_path / 'b') == ['app==1.0', 'new==1.0']

    @pytest.mark.parametrize(
        ('tag', 'runtime', 'architecture'),
        [
            ('cp311-cp311-manylinux_2_24_x86_64', 'python3.11', 'x86_64'),
            ('cp38-abi3-manylinux2014_x86_64', 'python3.11', 'x86_64'),
            ('cp312-cp312-manylinux_2_34_x86_64', 'python3.12', 'x86_64'),
            ('cp313-cp313-manylinux_2_28_aarch64', 'python3.13', 'arm64'),
            ('py3-none-any', 'python3.9', 'arm64'),
        ],
    )
    def test_takes_a_wheel_of_the_target(self, wheels, tool, tmp_path, tag, runtime, architecture):
        wheels.add('fast', tag=tag)
        assert Pip_Install(runtime, architecture).install(['fast'], tmp_path / 'target') == ['fast==1.0']

    @pytest.mark.parametrize(
        ('tag', 'runtime', 'architecture'),
        [
            ('cp311-cp311-manylinux_2_28_x86_64', 'python3.11', 'x86_64'),
            ('cp312-cp312-manylinux_2_17_x86_64', 'python3.11', 'x86_64'),
            ('cp311-cp311-manylinux_2_17_x86_64', 'python3.11', 'arm64'),
            ('cp312-cp312-manylinux_2_35_x86_64', 'python3.12', 'x86_64'),
            ('cp311-cp311-musllinux_1_2_x86_64', 'python3.11', 'x86_64'),
            ('cp311-cp311-macosx_11_0_arm64', 'python3.11', 'arm64'),
        ],
    )
    def test_names_what_it_saw_when_no_wheel_fits(self, wheels, tool, tmp_path, tag, runtime, architecture):
        wheels.add('fast', tag=tag)
        with pytest.raises(Packaging__No_Wheel, match='no wheel of fast') as raised:
            Pip_Install(runtime, architecture).install(['fast'], tmp_path / 'target')
        assert any(part in str(raised.value.seen) for part in tag.split('-')[1:])
        assert runtime in raised.value.platform
        assert not (tmp_path / 'target').exists()

    def test_an_older_version_is_taken_where_the_newest_has_no_wheel(self, wheels, tool, tmp_path):
        wheels.add('fast', version='2.0', tag='cp311-cp311-manylinux_2_28_x86_64')
        wheels.add('fast', version='1.0', tag='cp311-cp311-manylinux_2_17_x86_64')
        assert Pip_Install('python3.11').install(['fast'], tmp_path / 'target') == ['fast==1.0']

    def test_a_version_without_a_wheel_names_its_file(self, wheels, tmp_path, monkeypatch):
        monkeypatch.setattr(Pip_Install, '_uv', staticmethod(lambda: None))
        wheels.add('fast', version='2.0', tag='cp311-cp311-win_amd64').add('fast', version='1.0', tag='cp38-cp38-win32')
        with pytest.raises(Packaging__No_Wheel) as raised:
            Pip_Install('python3.11').install(['fast==2.0'], tmp_path / 'target')
        assert raised.value.seen == ('fast-2.0-cp311-cp311-win_amd64.whl',)

    @pytest.mark.parametrize('wanted', ['there_is_none', 'one==3', 'what is this??', 'one one'])
    def test_what_can_not_be_installed_says_why(self, wheels, tool, tmp_path, wanted):
        wheels.add('one')
        with pytest.raises(Packaging__Install_Failed, match=rf'{tool} ended with [12]\): .*(one|is)') as raised:
            Pip_Install().install([wanted], tmp_path / 'target')
        assert raised.value.tool == tool
        assert raised.value.requirements == (wanted,)
        assert str(tmp_path) not in str(raised.value)
        assert files(tmp_path) == files(wheels.folder) or not (tmp_path / 'target').exists()

    def test_versions_that_exclude_each_other_are_named(self, wheels, tool, tmp_path):
        wheels.add('base', version='1.0').add('base', version='2.0').add('app', requires=['base==1.0'])
        with pytest.raises(Packaging__Install_Failed, match=r'base==2\.0'):
            Pip_Install().install(['app', 'base==2.0'], tmp_path / 'target')

    def test_without_uv_and_pip_it_says_what_to_install(self, tmp_path, monkeypatch):
        monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
        monkeypatch.setattr('shutil.which', lambda name: None)
        with pytest.raises(Packaging__Install_Failed, match='neither uv nor pip'):
            Pip_Install().install(['one'], tmp_path / 'target')

    def test_a_failed_install_leaves_nothing_behind(self, wheels, tool, tmp_path):
        with pytest.raises(Packaging__Install_Failed):
            Pip_Install().install(['there_is_none'], tmp_path / 'in' / 'target')
        assert list((tmp_path / 'in').iterdir()) == []

    def test_a_folder_with_something_in_it_is_left_alone(self, wheels, tmp_path):
        (tmp_path / 'target').mkdir()
        (tmp_path / 'target' / 'mine.txt').write_text('')
        with pytest.raises(Packaging__Install_Failed, match='is not empty'):
            Pip_Install().install(['one'], tmp_path / 'target')
        assert files(tmp_path / 'target') == ['mine.txt']

    def test_nothing_to_install_makes_an_empty_folder(self, wheels, tmp_path):
        assert Pip_Install().install([], tmp_path / 'target') == []
        assert files(tmp_path / 'target') == []

    def test_a_wheel_by_its_path(self, wheels, tool, tmp_path, monkeypatch):
        wheels.add('mine')
        monkeypatch.chdir(wheels.folder)
        assert Pip_Install().install(['./mine-1.0-py3-none-any.whl'], tmp_path / 'target') == ['mine==1.0']
        assert not [path for path in files(tmp_path / 'target') if 'direct_url' in path]

    def test_pip_options_of_the_user_do_not_get_in_the_way(self, wheels, tool, tmp_path, monkeypatch):
        wheels.add('one')
        monkeypatch.setenv('PIP_USER', '1')
        monkeypatch.setenv('PIP_REQUIRE_VIRTUALENV', '1')
        assert Pip_Install().install(['one'], tmp_path / 'target') == ['one==1.0']

    def test_pip_and_uv_give_the_same_bytes_under_any_umask(self, wheelhouse, tmp_path, monkeypatch):
        zips = []
        for name, umask in (('uv', 0o022), ('pip', 0o077)):
            before = os.umask(umask)
            try:
                Pip_Install(HERE).install(['requests'], tmp_path / name)
            finally:
                os.umask(before)
            zips.append(Zip__Deterministic().add_folder(tmp_path / name).bytes())
            monkeypatch.setattr(Pip_Install, '_uv', staticmethod(lambda: None))
        assert zips[0] == zips[1]

    def test_what_is_of_this_machine_alone_is_left_out(self, wheels, tool, tmp_path):
        wheels.add('one')
        wheel = wheels.folder / 'one-1.0-py3-none-any.whl'
        with zipfile.ZipFile(wheel, 'a') as added:
            added.writestr('one-1.0.dist-info/entry_points.txt', '[console_scripts]\nstart-one = one:main\n')
            added.writestr('one-1.0.data/scripts/shipped', '#!python\nprint(1)\n')
            added.writestr('one/__pycache__/__init__.cpython-311.pyc', b'')
        Pip_Install().install(['one'], tmp_path / 'target')
        assert 'bin/start-one' not in files(tmp_path / 'target')
        assert not [path for path in files(tmp_path / 'target') if '__pycache__' in path]
        assert (tmp_path / 'target' / 'bin' / 'shipped').read_text().splitlines()[0] == '#!/usr/bin/env python3'
        record = (tmp_path / 'target' / 'one-1.0.dist-info' / 'RECORD').read_text()
        assert 'start-one' not in record
        assert 'bin/shipped,,\n' in record
