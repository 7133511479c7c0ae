from collections.abc import Callable, Mapping
from pathlib import Path

from osbot_lambda.errors import Packaging__Tool_Failed, Packaging__Tool_Missing
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Made_Files import Made_Files
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.Target_Python import Target_Python

SCRIPT = Path(__file__).with_name('compile_for_target.py')
LONGEST = 600  # seconds


class Pyc_Files:
    """Bytecode for the Python of a runtime, compiled by that Python, kept in the cache.

        Pyc_Files(Lambda_Platform('python3.12'), Package_Cache()).of('my-key', lambda: {'app.py': b'x = 1'})

    Shapes : sources are {path in the zip: its bytes}; what comes back is {path of the source: bytecode}, without those
             that this Python can't read: packages ship such files for other versions.
    Errors : Packaging__Tool_Missing when there is no such Python on this machine; Packaging__Tool_Failed.
    Source : PEP 552, unchecked hash.
    """

    def __init__(self, platform: Lambda_Platform, cache: Package_Cache):
        self.platform, self.kept = platform, Made_Files(cache, 'pyc')

    def path(self, source: str) -> str:
        """Where Python looks for the bytecode of 'pkg/mod.py': 'pkg/__pycache__/mod.cpython-312.pyc'."""
        folder, slash, name = source.rpartition('/')
        tag = f'cpython-{self.platform.python_version.replace(".", "")}'
        return f'{folder}{slash}__pycache__/{name.removesuffix(".py")}.{tag}.pyc'

    def of(self, key: str, sources: Callable[[], Mapping[str, bytes]]) -> dict[str, bytes]:
        """The bytecode; key names the sources, which are asked for when they aren't compiled yet."""
        return self.kept.of(f'{self.platform.python_version}/{key}.zip', lambda: self._compile(sources()))

    def _compile(self, sources: Mapping[str, bytes]) -> dict[str, bytes]:
        from tempfile import TemporaryDirectory

        version = self.platform.python_version
        python = Target_Python.find(version)
        if python is None:
            wanted_for = f'to precompile for {self.platform.runtime}'
            raise Packaging__Tool_Missing(f'python{version}', wanted_for, f'`uv python install {version}` brings it')
        with TemporaryDirectory(prefix='osbot-lambda-pyc-') as work:
            given, compiled = Path(work) / 'sources', Path(work) / 'compiled'
            for path, data in sources.items():
                (given / path).parent.mkdir(parents=True, exist_ok=True)
                (given / path).write_bytes(data)
            done = python.run(SCRIPT, str(given), str(compiled), env={'PYTHONHASHSEED': '0'}, timeout=LONGEST)
            if done.returncode:
                raise Packaging__Tool_Failed(python.path.name, done.returncode, done.stderr.splitlines()[-3:])
            return {file.relative_to(compiled).as_posix(): file.read_bytes() for file in compiled.rglob('*.py')}
