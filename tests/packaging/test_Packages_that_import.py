import io
import re
import zipfile

import pytest

from benchmarks.campaign import packages
from benchmarks.Native_Check import Native_Check
from benchmarks.Native_Library import Native_Library
from benchmarks.Package_Campaign import Package_Campaign
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from tests.Wheel_Folder import Wheel_Folder

HERE = Lambda_Platform.here()
OTHER = Lambda_Platform(HERE.runtime, 'arm64' if HERE.architecture == 'x86_64' else 'x86_64')
OTHER_MACHINE = {'arm64': b'\xb7\0', 'x86_64': b'\x3e\0'}[OTHER.architecture]  # e_machine of an ELF file


def cells(*wanted, platform=HERE, refused=()):
    return list(Package_Campaign(wanted, [platform], [(one, platform) for one in refused]).cells())


def only(*wanted, **more):
    [cell] = cells(*wanted, **more)
    return cell


class test_Packages_that_import:
    """A small part of the campaign; `make campaign` has all runtimes and architectures."""

    def test_those_of_the_wheelhouse_are_imported_and_invoked(self, wheelhouse):
        found = cells('requests', 'numpy', 'pandas')
        assert [(cell.requirement, cell.outcome) for cell in found] == [
            ('requests', 'imported'),
            ('numpy', 'imported'),
            ('pandas', 'imported'),
        ]
        for cell in found:
            assert cell.about.endswith('and invoked')
            assert list(wheelhouse.glob(f'{cell.requirement}-{cell.version}-*.whl'))
            assert 0 < cell.glibc <= HERE.glibc
            assert cell.zipped < cell.unzipped


class test_Package_Campaign:
    @pytest.fixture
    def wheels(self, tmp_path, monkeypatch):
        return Wheel_Folder(tmp_path / 'wheels').use(monkeypatch)

    def test_a_package_that_can_not_be_used_makes_the_exit_code_1(self, wheels, capsys):
        wheels.add('numpy')
        assert packages(Package_Campaign(['numpy'], [HERE])) == 1
        out = capsys.readouterr().out
        assert re.search(r'numpy +python3\.\d+ +\w+ +1\.0 .* failed .*use_numpy\.py:\d+ raises AttributeError', out)
        assert '1 failed' in out

    def test_a_package_without_a_wheel_is_a_failure_unless_it_has_to_be_refused(self, wheels):
        wheels.add('numpy', tag=f'py3-none-manylinux_2_17_{OTHER.machine}')
        cell = only('numpy')
        assert cell.outcome == 'failed'
        assert cell.about.startswith('Packaging__No_Wheel: no wheel of numpy')
        assert only(refused=['numpy']).outcome == 'refused'

    def test_what_has_to_be_refused_and_is_found_is_a_failure(self, wheels):
        wheels.add('numpy')
        cell = only(refused=['numpy'])
        assert (cell.outcome, cell.about) == ('failed', 'was found: numpy==1.0')


class test_Native_Check:
    @pytest.fixture
    def library(self, wheelhouse_folder) -> bytes:
        with zipfile.ZipFile(next(wheelhouse_folder.glob('numpy-*.whl'))) as wheel:
            [path] = [name for name in wheel.namelist() if '/_umath_linalg.' in name and name.endswith('.so')]
            return wheel.read(path)

    @staticmethod
    def problems(*libraries: bytes, platform=HERE, **files: bytes) -> list[str]:
        made = io.BytesIO()
        with zipfile.ZipFile(made, 'w') as zipped:
            for number, data in enumerate(libraries):
                zipped.writestr(f'{number}.so', data)
            for name, data in files.items():
                zipped.writestr(name, data)
        with zipfile.ZipFile(made) as zipped:
            return Native_Check(zipped, platform).problems

    def test_what_a_library_needs_is_read_as_the_loader_reads_it(self, library):
        found = Native_Library(library)
        assert found.architecture == HERE.architecture
        assert 'libc.so.6' in found.needs
        named = {name.decode() for name in re.findall(rb'GLIBC_2\.[\d.]+', library)}
        assert {name for name in found.versions if name.startswith('GLIBC_')} == named

    def test_openblas_that_is_not_in_the_package_is_missed(self, library):
        [problem] = self.problems(library)
        assert re.fullmatch(r'0\.so: it needs libscipy_openblas\S+, which neither the package nor Lambda has', problem)

    def test_it_is_no_problem_when_it_is(self, library):
        [openblas] = [name for name in Native_Library(library).needs if 'openblas' in name]
        assert self.problems(library, **{f'numpy.libs/{openblas}': library}) == []

    def test_a_library_for_another_architecture(self, library):
        other = library[:18] + OTHER_MACHINE + library[20:]
        assert f'0.so: it is for {OTHER.architecture}' in self.problems(other)
        assert f'0.so: it is for {HERE.architecture}' in self.problems(library, platform=OTHER)

    def test_a_library_that_needs_a_newer_glibc(self, library):
        needs = next(name for name in Native_Library(library).versions if name.startswith('GLIBC_')).encode()
        newer = library.replace(needs + b'\0', b'GLIBC_2.99'.ljust(len(needs) + 1, b'\0'))
        assert f'0.so: it needs glibc 2.99, and Lambda has 2.{HERE.glibc}' in self.problems(newer)

    def test_a_damaged_library(self, library):
        [problem] = self.problems(library[: len(library) // 2])
        assert problem.startswith('0.so: ')

    def test_files_of_other_kinds_are_passed_over(self):
        assert self.problems(b'a text that is called so', **{'app.py': b'', 'x.so': b''}) == []
