import os
import sys
import threading
import time
import zipfile

import pytest

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.errors import (
    Packaging__Hash_Mismatch,
    Packaging__Install_Failed,
    Packaging__No_Wheel,
    Requirement__Invalid,
)
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Local_Distribution import Local_Distribution
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.wheels.Installer import Installer
from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver
from osbot_lambda.packaging.wheels.Wheel_Fetch import Wheel_Fetch
from tests.packaging.wheels.Source_Project import Source_Project

HERE = f'python3.{sys.version_info.minor}'


def resolve(*wanted, runtime='python3.11', architecture='x86_64', refresh=False, **more):
    resolver = Package_Resolver(Lambda_Platform(runtime, architecture))
    return resolver.resolve(Requirement_Set(wanted, **more), refresh)


def names(*wanted, **more):
    return resolve(*wanted, **more).names()


def no_process(*command, cwd=None):
    raise AssertionError(f'{command} was started')


class test_Package_Resolver__versions:
    def test_a_package_and_what_it_needs(self, wheels, tool):
        wheels.add('my_app', requires=['helper>=1']).add('helper', version='1.0').add('helper', version='2.0')
        found = resolve('my_app')
        assert found.names() == ['helper==2.0', 'my-app==1.0']
        assert [wheel.path.name for wheel in found.wheels] == [
            'helper-2.0-py3-none-any.whl',
            'my_app-1.0-py3-none-any.whl',
        ]
        for wheel in found.wheels:
            original = wheels.folder / wheel.path.name
            assert wheel.path.read_bytes() == original.read_bytes()
            assert wheel.sha256 == Wheel_Fetch.sha256(original)
            assert not wheel.built

    def test_nothing_wanted_is_nothing(self, monkeypatch):
        monkeypatch.setattr(Installer, 'run', no_process)
        assert resolve().wheels == ()

    def test_versions_extras_and_markers_are_kept(self, wheels, tool):
        wheels.add('one', version='1.0').add('one', version='2.0').add('two').add('three')
        wheels.add('with_extra', requires=['two; extra == "more"'])
        found = names('one<2', 'with_extra[more]', 'three; python_version < "3.10"')
        assert found == ['one==1.0', 'two==1.0', 'with-extra==1.0']

    def test_when_no_marker_fits_there_is_nothing(self, wheels, tool):
        assert names('one; sys_platform == "win32"') == []

    def test_constraints_bind_what_comes_along(self, wheels, tool):
        wheels.add('app', requires=['helper']).add('helper', version='1.0').add('helper', version='2.0')
        assert names('app', constraints=('helper<2', 'never-needed==1')) == ['app==1.0', 'helper==1.0']

    def test_without_dependencies_only_what_is_listed(self, wheels, tool):
        wheels.add('app', requires=['helper'])
        assert names('app', no_deps=True) == ['app==1.0']

    def test_markers_of_dependencies_mean_the_target(self, wheels, tool):
        wheels.add('old', 'new', 'arm', 'mac')
        needs = ['old; python_version < "3.10"', 'new; python_version >= "3.14"']
        wheels.add('app', requires=[*needs, 'arm; platform_machine == "aarch64"', 'mac; sys_platform == "darwin"'])
        assert names('app', runtime='python3.9', architecture='arm64') == ['app==1.0', 'arm==1.0', 'old==1.0']
        assert names('app', runtime='python3.14') == ['app==1.0', 'new==1.0']

    def test_index_options_are_used(self, wheels, tool, tmp_path):
        (tmp_path / 'more').mkdir()
        wheels.add('one')
        (wheels.folder / 'one-1.0-py3-none-any.whl').rename(tmp_path / 'more' / 'one-1.0-py3-none-any.whl')
        assert names('one', index_options=(f'--find-links {tmp_path / "more"}',)) == ['one==1.0']

    def test_a_wheel_by_its_path(self, wheels, tool, monkeypatch):
        wheels.add('mine', requires=['helper']).add('helper')
        monkeypatch.chdir(wheels.folder)
        assert names('./mine-1.0-py3-none-any.whl') == ['helper==1.0', 'mine==1.0']
        assert names('mine @ file:mine-1.0-py3-none-any.whl ; python_version > "3"') == ['helper==1.0', 'mine==1.0']

    def test_pip_options_of_the_user_do_not_get_in_the_way(self, wheels, tool, monkeypatch):
        wheels.add('one')
        monkeypatch.setenv('PIP_USER', '1')
        monkeypatch.setenv('PIP_REQUIRE_VIRTUALENV', '1')
        assert names('one') == ['one==1.0']

    def test_a_name_that_is_installed_from_a_folder_is_asked_of_no_index(self, wheels, tool):
        wheels.add('app', requires=['my_lib>=1', 'helper']).add('helper')
        wheels.add('my_lib', version='9.0', requires=['stolen'])  # somebody else's, on the index
        local = Local_Distribution('my-lib', '1.5', ())
        assert names('app', local=(local,)) == ['app==1.0', 'helper==1.0']

    def test_pip_and_uv_give_the_same_bytes_under_any_umask(self, wheelhouse, tmp_path, monkeypatch):
        zips = []
        for name, umask in (('uv', 0o022), ('pip', 0o077)):
            before = os.umask(umask)
            try:
                resolve('requests', runtime=HERE, refresh=True).unpack(tmp_path / name)
            finally:
                os.umask(before)
            zips.append(Zip__Deterministic().add_folder(tmp_path / name).bytes())
            monkeypatch.setattr(Installer, 'uv', staticmethod(lambda: None))
        assert zips[0] == zips[1]


class test_Package_Resolver__platforms:
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
    def test_takes_a_wheel_of_the_target(self, wheels, tool, tag, runtime, architecture):
        wheels.add('fast', tag=tag)
        assert names('fast', runtime=runtime, architecture=architecture) == ['fast==1.0']

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
    def test_names_what_it_saw_when_no_wheel_fits(self, wheels, tool, tag, runtime, architecture):
        wheels.add('fast', tag=tag)
        with pytest.raises(Packaging__No_Wheel, match='no wheel of fast') as raised:
            names('fast', runtime=runtime, architecture=architecture)
        assert any(part in str(raised.value.seen) for part in tag.split('-')[1:])
        assert runtime in raised.value.platform

    def test_of_several_wheels_the_best_is_taken(self, wheels, tool):
        for tag in ('py3-none-any', 'cp38-abi3-manylinux2014_x86_64', 'cp311-cp311-manylinux_2_17_x86_64'):
            wheels.add('fast', tag=tag)
        (wheel,) = resolve('fast').wheels
        assert wheel.path.name == 'fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl'

    def test_of_a_version_with_a_wheel_that_is_too_new_the_one_that_fits_is_taken(self, wheels, tool):
        wheels.add('fast', tag='cp311-cp311-manylinux_2_28_x86_64').add('fast', tag='py3-none-any')
        (wheel,) = resolve('fast').wheels
        assert wheel.path.name == 'fast-1.0-py3-none-any.whl'

    def test_an_older_version_is_taken_where_the_newest_has_no_wheel(self, wheels, tool):
        wheels.add('fast', version='2.0', tag='cp311-cp311-manylinux_2_28_x86_64')
        wheels.add('fast', version='1.0', tag='cp311-cp311-manylinux_2_17_x86_64')
        assert names('fast') == ['fast==1.0']

    def test_one_package_that_is_too_new_does_not_make_the_others_older(self, wheels, tool):
        wheels.add('fast', version='2.0', tag='cp311-cp311-manylinux_2_28_x86_64')
        wheels.add('fast', version='1.0', tag='cp311-cp311-manylinux_2_17_x86_64')
        wheels.add('other', version='2.0', tag='cp311-cp311-manylinux_2_24_x86_64')
        wheels.add('other', version='1.0', tag='cp311-cp311-manylinux_2_17_x86_64')
        wheels.add('third', tag='cp311-cp311-manylinux_2_26_x86_64')  # which 2.17 hasn't at all
        assert names('fast', 'other', 'third') == ['fast==1.0', 'other==2.0', 'third==1.0']

    def test_a_version_without_a_wheel_names_its_file(self, wheels, monkeypatch):
        monkeypatch.setattr(Installer, 'uv', staticmethod(lambda: None))
        wheels.add('fast', version='2.0', tag='cp311-cp311-win_amd64').add('fast', version='1.0', tag='cp38-cp38-win32')
        with pytest.raises(Packaging__No_Wheel) as raised:
            names('fast==2')
        assert raised.value.seen == ('fast-2.0-cp311-cp311-win_amd64.whl',)


class test_Package_Resolver__failures:
    @pytest.mark.parametrize('wanted', ['there_is_none', 'one==3'])
    def test_what_can_not_be_found_says_why(self, wheels, tool, tmp_path, wanted):
        wheels.add('one')
        with pytest.raises(Packaging__Install_Failed, match=rf'{tool} ended with [12]\): .*(one|is)') as raised:
            names(wanted)
        assert (raised.value.tool, raised.value.requirements) == (tool, (wanted,))
        assert 'osbot-lambda-resolve-' not in str(raised.value)

    @pytest.mark.parametrize('wanted', ['what is this??', 'one one'])
    def test_what_is_no_requirement_is_refused(self, wheels, wanted):
        with pytest.raises(Requirement__Invalid, match=wanted.replace('?', r'\?')):
            names(wanted)

    def test_versions_that_exclude_each_other_are_named(self, wheels, tool):
        wheels.add('base', version='1.0').add('base', version='2.0').add('app', requires=['base==1.0'])
        with pytest.raises(Packaging__Install_Failed, match=r'base==2\.0'):
            names('app', 'base==2.0')

    def test_without_uv_and_pip_it_says_what_to_install(self, monkeypatch):
        monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
        monkeypatch.setattr('shutil.which', lambda name: None)
        with pytest.raises(Packaging__Install_Failed, match='neither uv nor pip'):
            names('one')

    def test_a_failure_is_not_kept(self, wheels, tool):
        with pytest.raises(Packaging__Install_Failed):
            names('one')
        wheels.add('one')
        assert names('one') == ['one==1.0']


class test_Package_Resolver__hashes:
    def test_a_lock_s_hash_is_held_against_the_file(self, wheels, tool):
        wheels.add('one', 'two')
        right = Wheel_Fetch.sha256(wheels.folder / 'one-1.0-py3-none-any.whl')
        assert names(f'one==1.0 --hash=sha256:{"0" * 64} --hash=sha256:{right}', 'two==1.0', no_deps=True) == [
            'one==1.0',
            'two==1.0',
        ]

    def test_another_file_is_refused_by_name(self, wheels, tool):
        wheels.add('one')
        with pytest.raises(Packaging__Hash_Mismatch, match=r'one-1\.0-py3-none-any\.whl of one==1\.0') as raised:
            names(f'one==1.0 --hash=sha256:{"0" * 64}', no_deps=True)
        assert raised.value.expected == (f'sha256:{"0" * 64}',)
        with pytest.raises(Packaging__Hash_Mismatch):  # nothing of it was kept
            names(f'one==1.0 --hash=sha256:{"0" * 64}', no_deps=True)

    def test_of_several_files_the_one_in_the_lock_is_taken(self, wheels, monkeypatch):
        wheels.add('fast', tag='cp311-cp311-manylinux_2_17_x86_64').add('fast')
        locked = Wheel_Fetch.sha256(wheels.folder / 'fast-1.0-py3-none-any.whl')
        (wheel,) = resolve(f'fast==1.0 --hash=sha256:{locked}', no_deps=True).wheels
        assert wheel.path.name == 'fast-1.0-py3-none-any.whl'

    def test_other_kinds_of_hashes(self, wheels, tool):
        import hashlib

        wheels.add('one')
        sha512 = hashlib.sha512((wheels.folder / 'one-1.0-py3-none-any.whl').read_bytes()).hexdigest()
        assert names(f'one==1.0 --hash=sha512:{sha512}') == ['one==1.0']
        with pytest.raises(Packaging__Hash_Mismatch):
            names(f'one==1.0 --hash=sha512:{"0" * 128}')


class test_Package_Resolver__sources:
    def test_a_pure_python_source_distribution_is_built(self, wheels, tool):
        Source_Project('proj', requires=['helper']).archive(wheels.folder)
        wheels.add('app', requires=['proj>=0.5']).add('helper')
        found = resolve('app', runtime='python3.13')
        assert found.names() == ['app==1.0', 'helper==1.0', 'proj==1.0']
        assert [wheel.built for wheel in found.wheels] == [False, False, True]
        assert zipfile.ZipFile(found.wheels[2].path).read('proj.py') == b'x = 1\n'

    def test_a_wheel_is_taken_before_a_newer_source(self, wheels, tool):
        Source_Project('proj', version='2.0').archive(wheels.folder)
        wheels.add('proj')
        assert names('proj') == ['proj==1.0']

    def test_a_source_that_is_not_pure_is_refused(self, wheels, tool):
        Source_Project('proj', tag='cp311-cp311-linux_x86_64').archive(wheels.folder)
        with pytest.raises(Packaging__No_Wheel, match=r'proj-1\.0-cp311-cp311-linux_x86_64\.whl, built here'):
            names('proj')

    def test_a_source_that_can_not_be_built_says_so(self, wheels, tool):
        Source_Project('proj', fails=True).archive(wheels.folder)
        with pytest.raises(Packaging__No_Wheel, match='can not be built here'):
            names('proj==1.0')

    def test_a_locked_source_is_verified_before_it_is_built(self, wheels, tool):
        archive = Source_Project('proj').archive(wheels.folder)
        right = Wheel_Fetch.sha256(archive)
        assert names(f'proj==1.0 --hash=sha256:{right}', no_deps=True) == ['proj==1.0']
        wrong = f'proj==1.0 --hash=sha256:{"0" * 64}'
        with pytest.raises(Packaging__Hash_Mismatch, match=rf'proj-1\.0\.tar\.gz of proj.* sha256:{right}'):
            names(wrong, no_deps=True)

    def test_a_folder_is_built_again_when_it_changed(self, wheels, tool, tmp_path):
        wheels.add('helper')
        project = Source_Project('proj', requires=['helper'])
        folder = project.folder(tmp_path / 'proj')
        found = resolve(f'proj @ {folder.as_uri()}')
        assert found.names() == ['helper==1.0', 'proj==1.0']
        assert found.wheels[1].built
        (folder / 'content.txt').write_text('x = 2\n')
        (_, again) = resolve(f'proj @ {folder.as_uri()}').wheels
        assert zipfile.ZipFile(again.path).read('proj.py') == b'x = 2\n'

    def test_an_archive_by_its_path_with_an_extra(self, wheels, tool, tmp_path):
        wheels.add('helper')
        archive = Source_Project('proj', requires=['helper; extra == "more"']).archive(tmp_path)
        assert names(f'proj[more] @ {archive.as_uri()}') == ['helper==1.0', 'proj==1.0']

    def test_a_folder_that_is_something_else_is_refused(self, wheels, tmp_path):
        folder = Source_Project('proj').folder(tmp_path / 'proj')
        with pytest.raises(Packaging__Install_Failed, match='is called proj'):
            names(f'other @ {folder.as_uri()}')


class test_Package_Resolver__runtime:
    @pytest.fixture
    def sdk(self, wheels):
        wheels.add('boto3', requires=['botocore>=1,<2', 's3transfer', 'jmespath'])
        wheels.add('botocore', requires=['urllib3', 'python-dateutil', 'jmespath'])
        wheels.add('s3transfer', requires=['botocore']).add('jmespath', 'urllib3', 'six')
        return wheels.add('python_dateutil', requires=['six'])

    def test_what_lambda_has_is_left_out_and_said(self, sdk):
        sdk.add('powertool', requires=['boto3>=1.0,<2.0', 'jmespath'])
        found = resolve('powertool', 'boto3')
        assert found.names() == ['jmespath==1.0', 'powertool==1.0']
        assert found.left_out == (
            'boto3==1.0',
            'botocore==1.0',
            'python-dateutil==1.0',
            's3transfer==1.0',
            'six==1.0',
            'urllib3==1.0',
        )
        again = resolve('powertool', 'boto3')
        assert (again.names(), again.left_out) == (found.names(), found.left_out)

    def test_what_is_left_out_is_not_downloaded(self, sdk):
        resolve('boto3', 'six')
        assert [path.name for path in Package_Resolver(Lambda_Platform.here()).cache.folder.rglob('*.whl')] == [
            'six-1.0-py3-none-any.whl'
        ]

    def test_what_the_user_pinned_stays_with_what_it_needs(self, sdk):
        found = resolve('boto3==1.0', pinned=frozenset({'boto3'}))
        assert found.left_out == ()
        assert len(found.wheels) == 7

    def test_a_package_that_wants_a_certain_version_gets_it(self, sdk):
        sdk.add('aio', requires=['botocore>=1.0,<1.1'])
        found = resolve('aio', 'boto3')
        assert 'botocore==1.0' in found.names()
        assert found.left_out == ('boto3==1.0', 's3transfer==1.0')

    def test_of_a_lock_what_nothing_else_needs_is_left_out(self, sdk):
        sdk.add('app', requires=['urllib3'])
        lock = ('app==1.0', 'boto3==1.0', 'botocore==1.0', 's3transfer==1.0', 'jmespath==1.0', 'urllib3==1.0')
        assert names(*lock, no_deps=True) == ['app==1.0', 'urllib3==1.0']


class test_Package_Resolver__kept:
    def test_the_second_time_no_process_is_started(self, wheels, monkeypatch):
        wheels.add('app', requires=['helper']).add('helper')
        first = resolve('app')
        monkeypatch.setattr(Installer, 'run', no_process)
        assert resolve('app') == first

    def test_refresh_asks_again(self, wheels, tool):
        wheels.add('one')
        assert names('one') == ['one==1.0']
        wheels.add('one', version='2.0')
        os.utime(wheels.folder, ns=(1, 1))
        assert names('one', refresh=True) == ['one==2.0']

    @pytest.mark.parametrize(
        'change',
        [
            {'runtime': 'python3.12'},
            {'architecture': 'arm64'},
            {'constraints': ('one<3',)},
            {'no_deps': True},
            {'pinned': frozenset({'one'})},
            {'index_options': ('--no-index',)},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_everything_that_decides_is_part_of_the_key(self, wheels, monkeypatch, change):
        wheels.add('one')
        names('one')
        monkeypatch.setattr(Installer, 'run', no_process)
        with pytest.raises(AssertionError, match='was started'):
            names('one', **change)

    def test_so_are_the_variables_of_the_index(self, wheels, monkeypatch):
        wheels.add('one')
        names('one')
        monkeypatch.setattr(Installer, 'run', no_process)
        monkeypatch.setenv('UV_INDEX_URL', 'http://127.0.0.1:9/simple')
        with pytest.raises(AssertionError, match='was started'):
            names('one')

    def test_a_day_later_it_is_asked_again_unless_all_is_pinned(self, wheels, monkeypatch):
        wheels.add('app', requires=['helper']).add('helper')
        names('app==1.0')
        names('app==1.0', constraints=('helper==1.0',))
        later = time.time() + 25 * 3600
        monkeypatch.setattr('time.time', lambda: later)
        monkeypatch.setattr(Installer, 'run', no_process)
        assert names('app==1.0', constraints=('helper==1.0',)) == ['app==1.0', 'helper==1.0']
        with pytest.raises(AssertionError, match='was started'):
            names('app==1.0')

    @pytest.mark.parametrize('damage', ['gone', 'cut', 'changed'])
    def test_a_wheel_that_is_damaged_in_the_cache_is_fetched_again(self, wheels, damage):
        wheels.add('one')
        (wheel,) = resolve('one').wheels
        whole = wheel.path.read_bytes()
        if damage == 'gone':
            wheel.path.unlink()
        else:
            content = whole[:100] if damage == 'cut' else whole.replace(b'1', b'2')
            wheel.path.write_bytes(content)
            os.utime(wheel.path, ns=(5, 5))
        (again,) = resolve('one').wheels
        assert again.path.read_bytes() == whole

    def test_a_damaged_resolution_is_made_again(self, wheels):
        wheels.add('one')
        resolve('one')
        (kept,) = (Package_Resolver(Lambda_Platform.here()).cache.folder / 'resolutions').iterdir()
        kept.write_text('{"links": ')
        assert names('one') == ['one==1.0']

    def test_threads_that_want_the_same_ask_once(self, wheels, monkeypatch):
        wheels.add('one')
        started, run = [], Installer.run

        def counted(*command, cwd=None):
            started.append(command)
            return run(*command, cwd=cwd)

        monkeypatch.setattr(Installer, 'run', staticmethod(counted))
        found = []
        threads = [threading.Thread(target=lambda: found.append(names('one'))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [['one==1.0']] * 4
        assert len(started) == 1
