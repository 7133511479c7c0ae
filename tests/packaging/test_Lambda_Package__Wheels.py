import base64
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from osbot_lambda.archive.Zip_Own import Zip_Own
from osbot_lambda.errors import Zip__Bad_Path, Zip__Too_Large
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Lambda_Package import Lambda_Package
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Content import Package_Content
from osbot_lambda.packaging.Package_Options import Package_Options
from osbot_lambda.packaging.requirements.Local_Distribution import Local_Distribution
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set
from tests.packaging.Made_Wheels import Made_Wheels

ROOT = Path(__file__).parents[2]
HANDLER = {'h.py': 'import lib\ndef run(event, context): return lib.NAME'}


@pytest.fixture
def wheels(tmp_path) -> Made_Wheels:
    return Made_Wheels(tmp_path / 'wheels').add(
        'lib', {'lib/__init__.py': 'NAME = "lib"\n', 'lib/tests/big.txt': 'x' * 5000, 'lib/data/a.csv': '1'}
    )


def zipped(package: Lambda_Package) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package.zip_bytes())) as archive:
        assert archive.testzip() is None
        return {path: archive.read(path) for path in archive.namelist() if '.dist-info/' not in path}


class test_Lambda_Package__Wheels:
    def test_the_zip_runs_alone(self, project, wheels, tmp_path, run_python):
        package = Lambda_Package().add_handler(Handler_Source('h.run', [project(HANDLER)])).add_wheels(wheels.set())
        file = tmp_path / 'package.zip'
        file.write_bytes(package.zip_bytes())
        code = f'import sys; sys.path.insert(0, {str(file)!r}); import h; print(h.run({{}}, None))'
        assert run_python('-I', '-c', code).strip() == 'lib'

    def test_what_is_known_of_it(self, project, wheels):
        package = Lambda_Package().add_handler(Handler_Source('h.run', [project(HANDLER)])).add_wheels(wheels.set())
        files = package.files()
        info = ['lib-1.0.dist-info/METADATA', 'lib-1.0.dist-info/RECORD']
        assert files == ['h.py', *info, 'lib/__init__.py', 'lib/data/a.csv', 'lib/tests/big.txt']
        assert (files.why('h.py'), files.why('lib/data/a.csv')) == ('the handler', 'of lib==1.0')
        assert package.distributions() == ['lib==1.0']
        assert package.size() == sum(row.unpacked for row in package.rows())
        assert [row.path for row in package.rows()] == list(files)
        assert {row.distribution for row in package.rows()} == {'', 'lib'}
        assert next(row for row in package.rows() if row.path == 'lib/tests/big.txt').compressed < 100
        assert package.zip_size() == len(package.zip_bytes())
        assert package.missing() == []

    @pytest.mark.parametrize(
        ('name', 'there'), [('lib', True), ('lib.data', False), ('h', True), ('lib.gone', False), ('gone', False)]
    )
    def test_has_module(self, project, wheels, name, there):
        package = Lambda_Package().add_handler(Handler_Source('h.run', [project(HANDLER)])).add_wheels(wheels.set())
        assert package.has_module(name) is there

    def test_has_compiled_modules_and_namespaces(self, tmp_path):
        files = {
            'google/cloud/storage/__init__.py': '',
            'fast.cpython-311-x86_64-linux-gnu.so': b'',
            'a/b.abi3.so': b'',
        }
        package = Lambda_Package().add_wheels(Made_Wheels(tmp_path).add('x', files).set())
        names = ['google', 'google.cloud', 'google.cloud.storage', 'fast', 'a.b']
        assert [package.has_module(name) for name in names] == [True] * 5

    def test_own_code_and_a_wheel_that_differ_are_refused_by_both_names(self, project, wheels):
        root = project({'lib/__init__.py': 'mine'})
        package = Lambda_Package([root]).add_module('lib').add_wheels(wheels.set())
        with pytest.raises(
            Zip__Bad_Path, match=r"'lib/__init__\.py' comes from .*project/lib/.*other content.*package lib"
        ):
            package.zip_bytes()

    def test_the_same_file_from_both_is_there_once(self, project, wheels):
        root = project({'lib/__init__.py': 'NAME = "lib"\n'})
        one = Lambda_Package([root]).add_module('lib').add_wheels(wheels.set())
        assert one.zip_bytes() == Lambda_Package().add_wheels(wheels.set()).zip_bytes()

    def test_an_own_file_with_the_name_of_a_wheels_folder(self, project, wheels):
        package = Lambda_Package().add_file(project({'lib': ''}) / 'lib').add_wheels(wheels.set())
        with pytest.raises(Zip__Bad_Path, match="'lib' is a file and a folder"):
            package.zip_bytes()

    def test_wheels_replace_those_before(self, tmp_path, wheels):
        other = Made_Wheels(tmp_path / 'other').add('two', {'two.py': ''}).set()
        package = Lambda_Package().add_wheels(wheels.set())
        assert package.has_module('lib')
        assert zipped(package.add_wheels(other)) == {'two.py': b''}

    def test_no_wheels_at_all(self, project):
        package = Lambda_Package().add_file(project({'a.txt': 'a'}) / 'a.txt')
        one = package.zip_bytes()
        assert package.add_wheels(Wheel_Set(Lambda_Platform('python3.11'))).zip_bytes() == one
        assert (package.distributions(), package.saved(), package.dynamic_imports()) == ([], {}, [])

    def test_too_large_names_the_biggest_distributions(self, project, tmp_path, monkeypatch):
        monkeypatch.setattr(Lambda_Package, 'MAX_BYTES', 9_000)
        wanted = Made_Wheels(tmp_path / 'w').add('large', {'large/a.txt': 'x' * 6000}).add('small', {'small.py': 'x'})
        package = Lambda_Package().add_folder(project({'a.txt': 'y' * 3000})).add_wheels(wanted.set())
        biggest = r'the biggest: large 6,\d\d\d \(\d+ zipped\), project 3,000, small \d\d '
        for ask in (package.zip_bytes, package.code_sha256, package.check_size):
            with pytest.raises(Zip__Too_Large, match=biggest):
                ask()

    # ---- local distributions, exclude

    def test_a_local_distribution_is_copied(self, project):
        root = project({'src/mine/__init__.py': '', 'meta': 'Name: mine'})
        files = (('mine-2.0.dist-info/METADATA', root / 'meta'), ('mine/__init__.py', root / 'src/mine/__init__.py'))
        package = Lambda_Package().add_local_distribution(Local_Distribution('mine', '2.0', files))
        assert package.files() == ['mine-2.0.dist-info/METADATA', 'mine/__init__.py']
        assert package.files().why('mine/__init__.py') == 'of mine==2.0, installed from a folder'
        assert str(package.files()) == 'mine==2.0  2 files'
        assert package.distributions() == ['mine==2.0']
        assert {row.distribution for row in package.rows()} == {'mine'}

    def test_exclude_holds_for_modules_folders_and_wheels_but_not_for_named_files(self, project, wheels):
        root = project({'data/a.csv': '', 'data/b.txt': '', 'pkg/__init__.py': '', 'pkg/c.csv': '', 'd.csv': ''})
        package = Lambda_Package([root], exclude=['*.csv', 'lib/tests'])
        package.add_folder(root / 'data').add_module('pkg').add_file(root / 'd.csv').add_wheels(wheels.set())
        assert list(zipped(package)) == ['lib/__init__.py', 'd.csv', 'data/b.txt', 'pkg/__init__.py']
        assert package.files().left_out == {
            'data/a.csv': "excluded by '*.csv'",
            'lib/data/a.csv': "excluded by '*.csv'",
            'lib/tests/big.txt': "excluded by 'lib/tests'",
            'pkg/c.csv': "excluded by '*.csv'",
        }

    # ---- options

    def test_without_tests(self, wheels):
        package = Lambda_Package().add_wheels(wheels.set(), Package_Options(remove_tests=True))
        assert list(zipped(package)) == ['lib/__init__.py', 'lib/data/a.csv']
        assert package.saved() == {'remove_tests': 5000}
        assert package.files().left_out == {'lib/tests/': 'tests of lib (remove_tests)'}

    def test_precompiled(self, project, wheels, tmp_path, run_python):
        runtime = Lambda_Platform.here().runtime
        package = Lambda_Package().add_handler(Handler_Source('h.run', [project(HANDLER)]))
        package.add_wheels(wheels.set(runtime), Package_Options(precompile=True))
        tag = sys.implementation.cache_tag
        made = [f'__pycache__/h.{tag}.pyc', f'lib/__pycache__/__init__.{tag}.pyc']
        assert [path for path in package.files() if path.endswith('.pyc')] == made
        assert package.files().why(made[0]) == 'bytecode of h.py (precompile)'
        assert package.saved() == {'precompile': -sum(len(zipped(package)[path]) for path in made)}
        folder = tmp_path / 'task'
        zipfile.ZipFile(io.BytesIO(package.zip_bytes())).extractall(folder)
        for source in ('h.py', 'lib/__init__.py'):
            (folder / source).write_text('raise ImportError("the source was compiled")')
        code = f'import sys; sys.path.insert(0, {str(folder)!r}); import h; print(h.run({{}}, None))'
        assert run_python('-I', '-c', code).strip() == 'lib'

    def test_bytecode_of_what_is_left_out_is_left_out(self, tmp_path):
        files = {'lib/a.py': 'x = 1', 'lib/b.py': 'x = 2', 'lib/tests/c.py': 'x = 3'}
        wanted = Made_Wheels(tmp_path).add('lib', files).set(Lambda_Platform.here().runtime)
        package = Lambda_Package(exclude=['lib/b.py'])
        package.add_wheels(wanted, Package_Options(precompile=True, remove_tests=True))
        assert sorted(zipped(package)) == ['lib/__pycache__/a.' + sys.implementation.cache_tag + '.pyc', 'lib/a.py']

    # ---- what is kept

    def test_unchanged_no_zip_is_made(self, project, wheels, monkeypatch):
        root = project(HANDLER)

        def package():
            return Lambda_Package().add_handler(Handler_Source('h.run', [root])).add_wheels(wheels.set())

        first = package()
        known = first.code_sha256(), first.zip_size()
        assert base64.b64decode(known[0]) == hashlib.sha256(first.zip_bytes()).digest()
        with monkeypatch.context() as patch:
            patch.setattr(Package_Content, 'zip_bytes', lambda self: pytest.fail('the zip was made'))
            again = package()
            assert (again.code_sha256(), again.zip_size()) == known
        (root / 'h.py').write_text('import lib\ndef run(event, context): return 1')
        changed = package()
        assert base64.b64decode(changed.code_sha256()) == hashlib.sha256(changed.zip_bytes()).digest()
        assert changed.code_sha256() != known[0]

    def test_a_damaged_note_of_the_hash_is_not_believed(self, wheels):
        first = Lambda_Package().add_wheels(wheels.set())
        known = first.code_sha256()
        [note] = (first.content().cache.folder / 'zips').iterdir()
        note.write_bytes(note.read_bytes()[:30])
        assert Lambda_Package().add_wheels(wheels.set()).code_sha256() == known

    @pytest.mark.parametrize('damage', [False, True])
    def test_large_own_files_are_deflated_once(self, project, monkeypatch, damage):
        monkeypatch.setattr(Zip_Own, 'STORED_MAX', 1_000_000)
        large = project({'model.bin': b'0123456789' * 200_000}) / 'model.bin'
        first = Lambda_Package().add_file(large)
        data = first.zip_bytes()
        assert len(data) < 50_000
        [kept] = (first.content().cache.folder / 'deflated').iterdir()
        if damage:
            kept.write_bytes(kept.read_bytes()[:-1])
        else:
            monkeypatch.setattr(Zip_Own, 'deflate', lambda data: pytest.fail('deflated again'))
        assert Lambda_Package().add_file(large).zip_bytes() == data

    def test_built_elsewhere_by_others_the_bytes_are_the_same(self, project, wheels, tmp_path):
        file = wheels.wheels[0].path
        seen = set()
        for number, (umask, zone, language) in enumerate([(0o077, 'UTC', 'C'), (0o002, 'Asia/Kolkata', 'C.UTF-8')]):
            root = project({**HANDLER, 'app/é.txt': 'é'}, f'project{number}')
            home = tmp_path / f'home{number}'
            home.mkdir()
            code = (
                'import os; os.umask({umask}); from pathlib import Path\n'
                'from osbot_lambda.packaging.Handler_Source import Handler_Source\n'
                'from osbot_lambda.packaging.Lambda_Package import Lambda_Package\n'
                'from osbot_lambda.packaging.Package_Options import Package_Options\n'
                'from tests.packaging.Made_Wheels import Made_Wheels\n'
                'wheels = Made_Wheels(Path("x")).given(Path({file!r}), "lib").set({runtime!r})\n'
                'package = Lambda_Package().add_handler(Handler_Source("h.run", [{root!r}])).add_folder({app!r})\n'
                'print(package.add_wheels(wheels, Package_Options(precompile=True)).code_sha256())'
            ).format(
                umask=umask,
                file=str(file),
                root=str(root),
                app=str(root / 'app'),
                runtime=Lambda_Platform.here().runtime,
            )
            env = {
                **os.environ,
                'TZ': zone,
                'LC_ALL': language,
                'HOME': str(home),
                'USER': f'user{number}',
                'PYTHONHASHSEED': str(number + 1),
                'PYTHONPATH': str(ROOT),
                'OSBOT_LAMBDA_CACHE': str(home / 'cache'),
            }
            done = subprocess.run(
                [sys.executable, '-c', code], capture_output=True, text=True, check=True, env=env, cwd=home
            )
            seen.add(done.stdout)
        assert len(seen) == 1
