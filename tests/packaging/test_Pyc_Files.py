import sys

import pytest

from osbot_lambda.errors import Packaging__Tool_Missing
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.Pyc_Files import Pyc_Files
from osbot_lambda.packaging.Target_Python import Target_Python

HERE = Lambda_Platform.here()
SOURCES = {
    'pkg/__init__.py': b'NAMES = 3\n',
    'pkg/mod.py': b'def f(x): return x in {"one", "two", "three", "pkg"}\n',
    'pkg/other_version.py': b'print "hello"\n',
}


class test_Pyc_Files:
    def test_python_takes_them_without_a_look_at_the_source(self, tmp_path, run_python):
        files = Pyc_Files(HERE, Package_Cache())
        compiled = files.of('key', lambda: SOURCES)
        assert sorted(compiled) == ['pkg/__init__.py', 'pkg/mod.py']
        for path, data in compiled.items():
            (tmp_path / files.path(path)).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / files.path(path)).write_bytes(data)
            (tmp_path / path).write_text('raise ImportError("the source was compiled")')
        code = f'import sys; sys.path.insert(0, {str(tmp_path)!r}); import pkg.mod; print(pkg.mod.f("two"), pkg.NAMES)'
        assert run_python('-I', '-c', code).strip() == 'True 3'

    def test_are_compiled_once_and_again_when_damaged(self):
        cache = Package_Cache()
        first = Pyc_Files(HERE, cache).of('key', lambda: SOURCES)
        assert Pyc_Files(HERE, cache).of('key', lambda: pytest.fail('compiled again')) == first
        kept = cache.get('pyc', f'{HERE.python_version}/key.zip')
        kept.write_bytes(kept.read_bytes()[:50])
        assert Pyc_Files(HERE, cache).of('key', lambda: SOURCES) == first

    def test_the_bytes_do_not_depend_on_the_process_or_the_rest(self, tmp_path, monkeypatch):
        seen = []
        for number in (1, 2):
            monkeypatch.setenv('PYTHONHASHSEED', str(number))
            monkeypatch.setenv('TMPDIR', str(tmp_path))
            seen.append(Pyc_Files(HERE, Package_Cache(tmp_path / f'cache{number}')).of('key', lambda: SOURCES))
        assert seen[0] == seen[1]

    def test_without_that_python_it_says_what_to_do(self, monkeypatch):
        monkeypatch.setattr(Target_Python, 'find', lambda version: None)
        with pytest.raises(
            Packaging__Tool_Missing, match=r'python3\.12 is needed to precompile for python3\.12.*uv python'
        ):
            Pyc_Files(Lambda_Platform('python3.12'), Package_Cache()).of('key', lambda: SOURCES)

    def test_the_path_is_the_one_that_python_looks_at(self):
        files = Pyc_Files(Lambda_Platform(f'python3.{sys.version_info.minor}'), Package_Cache())
        assert files.path('a/b.py') == f'a/__pycache__/b.{sys.implementation.cache_tag}.pyc'
        assert files.path('c.py') == f'__pycache__/c.{sys.implementation.cache_tag}.pyc'
