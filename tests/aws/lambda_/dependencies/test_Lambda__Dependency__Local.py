import io
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Local import Lambda__Dependency__Local
from osbot_lambda.errors import Dependency__Invalid, File__Not_Found, Packaging__Error

FILES = ['one-1.0.dist-info/METADATA', 'one-1.0.dist-info/RECORD', 'one-1.0.dist-info/WHEEL', 'one/__init__.py']


class test_Lambda__Dependency__Local:
    def test_a_package_is_installed_and_deleted(self, wheels):
        local = Lambda__Dependency__Local('one')
        assert (local.exists(), local.files(), local.install__data(), local.delete()) == (False, [], None, False)
        data = local.install()
        assert (data.package_name, data.target_path, data.install_data) == ('one', local.path(), ['one==1.0'])
        assert (local.exists(), data.installed_files, local.files()) == (True, FILES, FILES)
        assert (data.runtime, data.architecture) == (f'python3.{sys.version_info.minor}', 'x86_64')
        assert (data.duration > 0, data.time_stamp > 1_600_000_000_000) == (True, True)
        assert local.install__data().json() == data.json()
        assert (local.delete(), local.exists(), local.delete()) == (True, False, False)
        assert not Path(local.path()).exists()

    def test_it_stays_until_it_is_to_be_refreshed(self, wheels):
        local = Lambda__Dependency__Local('one')
        first = local.install()
        wheels.add('one', version='2.0')
        assert local.install().json() == first.json()
        assert local.install(refresh=True).install_data == ['one==2.0']
        assert local.files()[0] == 'one-2.0.dist-info/METADATA'

    def test_the_zip_is_the_same_on_every_machine(self, wheels, tmp_path):
        zips = []
        for name in ('here', 'there'):
            local = Lambda__Dependency__Local('one', temp_folder=str(tmp_path / name))
            local.install()
            zips.append(local.files__zipped())
        assert zips[0] == zips[1]
        with zipfile.ZipFile(io.BytesIO(zips[0])) as zipped:
            assert zipped.namelist() == FILES

    def test_what_is_not_installed_is_not_zipped(self):
        with pytest.raises(File__Not_Found, match=r"'one' is not installed in .*; install\(\) does it"):
            Lambda__Dependency__Local('one').files__zipped()

    def test_what_can_not_be_installed_does_not_count_as_installed(self, wheels):
        local = Lambda__Dependency__Local('never-heard-of')
        for _ in range(2):
            with pytest.raises(Packaging__Error, match='never-heard-of'):
                local.install()
            assert not local.exists()
        assert list(Path(local.folder__lambda_dependencies_storage()).iterdir()) == []

    def test_the_requirement_is_installed_as_it_is_written(self, wheels):
        wheels.add('one', version='2.0').add('one', version='3.0')
        assert Lambda__Dependency__Local('one >= 1.5, < 3').install().install_data == ['one==2.0']

    def test_each_runtime_and_architecture_has_its_own(self, temp_folder):
        paths = {
            Lambda__Dependency__Local('one', runtime=runtime, architecture=architecture).path()
            for runtime in ('python3.11', 'python3.12')
            for architecture in ('x86_64', 'arm64')
        }
        assert len(paths) == 4
        assert all(Path(path).is_relative_to(temp_folder) for path in paths)

    def test_two_that_install_at_once(self, wheels):
        with ThreadPoolExecutor(2) as threads:
            done = list(threads.map(lambda _: Lambda__Dependency__Local('one').install(refresh=True), range(2)))
        local = Lambda__Dependency__Local('one')
        assert [data.install_data for data in done] == [['one==1.0']] * 2
        assert (local.exists(), local.files()) == (True, FILES)
        assert [entry.name for entry in Path(local.path()).parent.glob('.*')] == []

    def test_the_steps_of_osbot(self, wheels):
        local = Lambda__Dependency__Local('one').setup()
        assert Path(local.path()).parent == Path(local.folder__lambda_dependencies_storage())
        assert Path(local.folder__lambda_dependencies_storage()).parent == Path(local.base_folder())
        data = local.install()
        assert local.install__data__save(data) == local.install__data__path()
        assert (local.install__data__exists(), local.install__data__delete()) == (True, True)
        assert (local.exists(), local.install__data__delete()) == (False, False)

    def test_what_is_no_requirement(self):
        with pytest.raises(Dependency__Invalid):
            Lambda__Dependency__Local('--index-url=x')

    def test_nothing_of_it_calls_aws(self, wheels):
        local = Lambda__Dependency__Local('one', {'endpoint_url': 'http://127.0.0.1:9', 'region_name': 'us-east-1'})
        assert (local.install().install_data, len(local.files__zipped()) > 0, local.delete()) == (
            ['one==1.0'],
            True,
            True,
        )
