import base64
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from osbot_lambda.errors import File__Not_Found, Module__Not_Found, Zip__Bad_Path, Zip__Too_Large
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Lambda_Package import Lambda_Package

ROOT = Path(__file__).parents[2]


class test_Lambda_Package:
    def test_the_handler_and_what_it_reaches(self, project, call_alone):
        root = project(
            {
                'lambdas/task.py': 'from app.work import double\ndef handler(e, c): return double(e["x"])',
                'app/__init__.py': '',
                'app/work.py': 'def double(x): return x * 2',
                'app/other.py': '',
            }
        )
        package = Lambda_Package().add_handler(Handler_Source('task.handler', [root / 'lambdas', root]))
        assert package.files() == ['app/__init__.py', 'app/work.py', 'task.py']
        assert call_alone(package, '{"x": 21}') == '42'

    def test_add_file_at_the_root_or_in_a_folder(self, project):
        root = project({'a.json': '1'})
        package = Lambda_Package().add_file(root / 'a.json').add_file(str(root / 'a.json'), folder='/conf/deep/')
        assert package.files() == ['a.json', 'conf/deep/a.json']

    def test_add_folder_leaves_out_caches_secrets_and_what_is_ignored(self, project):
        files = ['a.py', 'a.pyc', '__pycache__/x.pyc', '.env', '.git/config', 'sub/b.txt', 'sub/b.log', 'old/c.py']
        root = project({f'lib/{name}': '' for name in files})
        package = Lambda_Package().add_folder(root / 'lib', ignore=['*.log', 'old/*'])
        assert package.files() == ['lib/a.py', 'lib/sub/b.txt']

    def test_links_are_followed_inside_the_folder_only(self, project):
        root = project({'lib/real/a.txt': '', 'outside/secret.txt': ''})
        (root / 'lib' / 'again').symlink_to(root / 'lib' / 'real')
        (root / 'lib' / 'out').symlink_to(root / 'outside')
        (root / 'lib' / 'out.txt').symlink_to(root / 'outside' / 'secret.txt')
        (root / 'lib' / 'real' / 'loop').symlink_to(root / 'lib')
        (root / 'lib' / 'broken').symlink_to(root / 'lib' / 'gone')
        assert Lambda_Package().add_folder(root / 'lib').files() == ['lib/again/a.txt', 'lib/real/a.txt']

    @pytest.mark.parametrize('add', ['add_file', 'add_folder'])
    def test_what_is_not_there(self, add, tmp_path):
        with pytest.raises(File__Not_Found, match='gone'):
            getattr(Lambda_Package(), add)(tmp_path / 'gone')

    def test_add_module_finds_packages_files_namespaces_and_compiled_ones(self, project):
        root = project(
            {
                'pack/__init__.py': '',
                'pack/sub/data.txt': '',
                'one.py': '',
                'fast.abi3.so': b'',
                'space/in/a.py': '',
                'pack/__pycache__/x.pyc': '',
            }
        )
        package = Lambda_Package([root]).add_modules(['pack', 'one', 'fast', 'space'])
        assert package.files() == ['fast.abi3.so', 'one.py', 'pack/__init__.py', 'pack/sub/data.txt', 'space/in/a.py']

    def test_add_module_of_a_dotted_name_brings_the_parents(self, project):
        root = project({'p/__init__.py': '', 'p/q/__init__.py': '', 'p/q/r.py': '', 'p/x.py': ''})
        assert Lambda_Package([root]).add_module('p.q.r').files() == ['p/__init__.py', 'p/q/__init__.py', 'p/q/r.py']

    def test_add_module_of_an_installed_package_without_importing_it(self):
        code = (
            'import sys\nfrom osbot_lambda.packaging.Lambda_Package import Lambda_Package\n'
            "files = Lambda_Package().add_module('botocore').add_module('six').files()\n"
            "print('botocore/session.py' in files, 'six.py' in files, 'botocore' in sys.modules, 'six' in sys.modules)"
        )
        done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True, cwd=ROOT)
        assert done.stdout.strip() == 'True True False False'

    def test_all_portions_of_a_namespace_package(self, project, monkeypatch):
        root = project({'a/space_p/one.py': '', 'site-packages/space_p/two.py': ''})
        monkeypatch.setattr(sys, 'path', [*sys.path, str(root / 'site-packages')])
        assert Lambda_Package([root / 'a']).add_module('space_p').files() == ['space_p/one.py', 'space_p/two.py']

    def test_the_standard_library_is_there_already(self):
        assert Lambda_Package().add_module('json').add_module('math').files() == []

    def test_a_module_that_is_not_there_names_the_roots(self, tmp_path):
        with pytest.raises(Module__Not_Found, match=f"no module 'gone_x'; searched {tmp_path}, .*site-packages"):
            Lambda_Package([tmp_path]).add_module('gone_x')

    def test_two_contents_for_one_path_name_both_sources(self, project):
        root = project({'a/x.txt': '1', 'b/x.txt': '2', 'c/x.txt': '1'})
        package = Lambda_Package().add_file(root / 'a/x.txt').add_file(root / 'c/x.txt')
        with pytest.raises(Zip__Bad_Path, match=r"'x\.txt' comes from .*a/x\.txt and, with other content, from .*b/x"):
            package.add_file(root / 'b/x.txt')

    def test_too_large_names_the_biggest(self, project, monkeypatch):
        monkeypatch.setattr(Lambda_Package, 'MAX_BYTES', 10)
        root = project({'big.txt': '0123456789', 'small.txt': '1'})
        package = Lambda_Package().add_file(root / 'big.txt')
        assert package.zip_bytes()
        with pytest.raises(Zip__Too_Large, match=r'11 bytes unzipped, and Lambda takes 10; the biggest: big\.txt 10'):
            package.add_file(root / 'small.txt').zip_bytes()

    def test_the_hash_is_as_aws_says_it(self, project):
        package = Lambda_Package().add_file(project({'a.txt': 'a'}) / 'a.txt')
        assert base64.b64decode(package.code_sha256()) == hashlib.sha256(package.zip_bytes()).digest()

    def test_executables_stay_executable(self, project):
        root = project({'run.sh': '', 'data': ''})
        (root / 'run.sh').chmod(0o700)
        (root / 'data').chmod(0o600)
        data = Lambda_Package().add_file(root / 'run.sh').add_file(root / 'data').zip_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert [oct(one.external_attr >> 16) for one in archive.infolist()] == ['0o100644', '0o100755']

    def test_built_elsewhere_by_others_the_bytes_are_the_same(self, project, monkeypatch):
        files = {
            'h.py': 'import app\ndef run(e, c): return app',
            'app/__init__.py': 'from . import b, a',
            'app/a.py': '',
            'app/b.py': '',
            'app/t.csv': 'é',
        }
        seen = set()
        for name, umask, zone, seed in (('one', 0o077, 'UTC', '1'), ('two/deeper', 0o000, 'Asia/Kolkata', '2')):
            old = os.umask(umask)
            try:
                root = project(files, name)
            finally:
                os.umask(old)
            os.utime(root / 'h.py', (int(seed), int(seed)))
            code = (
                'from osbot_lambda.packaging.Handler_Source import Handler_Source\n'
                'from osbot_lambda.packaging.Lambda_Package import Lambda_Package\n'
                f'print(Lambda_Package().add_handler(Handler_Source("h.run", [{str(root)!r}])).code_sha256())'
            )
            env = {**os.environ, 'TZ': zone, 'PYTHONHASHSEED': seed, 'PYTHONPATH': str(ROOT)}
            done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True, env=env)
            seen.add(done.stdout)
        assert len(seen) == 1

    def test_a_sliced_script_brings_what_the_slice_reaches(self, project, run_python, monkeypatch):
        monkeypatch.setenv('PYTHONPATH', str(ROOT))
        root = project(
            {
                'app.py': """
                    import helper, tools
                    from osbot_lambda.packaging.Handler_Source import Handler_Source
                    from osbot_lambda.packaging.Lambda_Package import Lambda_Package
                    def run(event, context): return helper.x
                    package = Lambda_Package().add_handler(Handler_Source(run))
                    print(list(package.files()), package.missing())
                """,
                'helper.py': 'x = 1',
                'tools.py': '',
            }
        )
        assert run_python(str(root / 'app.py')).strip() == "['app.py', 'helper.py'] []"

    def test_missing_knows_what_was_added(self, project):
        root = project({'h.py': 'import osbot_utils, nowhere_x\ndef run(e, c): pass'})
        package = Lambda_Package().add_handler(Handler_Source('h.run', [root]))
        assert [one.name for one in package.missing()] == ['nowhere_x', 'osbot_utils']
        assert [one.name for one in package.add_module('osbot_utils').missing()] == ['nowhere_x']
