import json
import os
import time
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Self

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Lambda_Runtime_Modules import LAMBDA_RUNTIME_MODULES
from osbot_lambda.packaging.Target_Python import Target_Python
from osbot_lambda.packaging.Target_Start import Target_Start

if TYPE_CHECKING:
    from zipfile import ZipInfo

SCRIPT = Path(__file__).with_name('start_in_target.py')
ON_LAMBDA = {'task': '/var/task', 'opt': '/opt', 'runtime': '/var/runtime'}
NOWHERE = 'http://127.0.0.1:1'  # nothing listens there
LINKED = ('PYTHONPATH', 'LD_LIBRARY_PATH', 'PATH')  # variables in which a function names Lambda's folders
GRACE = 20  # seconds that a start may take besides the import


class Target_Layout:
    """A temporary folder with a function's package and layers laid out as Lambda does, to be started in there.

        with Target_Layout(platform, zip_bytes) as layout:
            layout.start(python, 'app.main.run').answer

    Shapes : package and layers are zips, bytes or files; env are the function's variables.
    Note   : the code sees Lambda's environment variables and the function's, credentials that are worth nothing, and
             no network. Of this machine's installed packages it sees only those that Lambda's runtime has.
    """

    def __init__(
        self,
        platform: Lambda_Platform,
        package: bytes | Path,
        layers: Sequence[bytes | Path] = (),
        env: Optional[Mapping[str, str]] = None,
    ):
        self.platform, self.package, self.layers, self.env = platform, package, layers, dict(env or {})

    def __enter__(self) -> Self:
        from tempfile import TemporaryDirectory

        self._temporary = TemporaryDirectory(prefix='osbot-lambda-start-')
        try:
            self.work = Path(os.path.realpath(self._temporary.name))
            self.folders = {name: self.work / name for name in (*ON_LAMBDA, 'tmp')}
            for folder in self.folders.values():
                folder.mkdir()
            self._unpack(self.package, self.folders['task'])
            for layer in self.layers:
                self._unpack(layer, self.folders['opt'])
            self._link_runtime(self.folders['runtime'])
        except BaseException:
            self._temporary.cleanup()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._temporary.cleanup()

    def start(self, python: Target_Python, handler: str, seconds: float = 10, noted: str = '') -> Target_Start:
        """Start it; seconds is what the import may take. noted: 'times' of each module, or 'calls', the functions of
        the package that were executed. A handler of '' starts the interpreter and imports nothing."""
        answer, stack = self.work / 'answer.json', self.work / 'stack.txt'
        for file in (answer, stack):
            file.unlink(missing_ok=True)
        request = {name: str(folder) for name, folder in self.folders.items()} | {
            'handler': handler,
            'seconds': seconds,
            'noted': noted,
            'answer': str(answer),
            'stack': str(stack),
        }
        (self.work / 'request.json').write_text(json.dumps(request), 'utf-8')
        begin = time.perf_counter()
        try:
            done = python.run(
                SCRIPT,
                str(self.work / 'request.json'),
                env=self._environ(handler),
                timeout=seconds + GRACE,
                cwd=self.folders['task'],
            )
            exit_code, output, place = done.returncode, done.stdout + done.stderr, self._text(stack)
        except TimeoutError as error:  # its own watchdog was stopped, or waits for a lock
            exit_code, output, place = 1, str(error), f'Timeout: {error}'
        taken = time.perf_counter() - begin
        said = self._text(answer)
        found: Optional[dict[str, Any]] = json.loads(self._shown(said)) if said else None
        return Target_Start(found, exit_code, self._shown(place), self._shown(output), taken)

    @staticmethod
    def _unpack(package: bytes | Path, folder: Path) -> None:
        from concurrent.futures import ThreadPoolExecutor
        from zipfile import ZipFile

        with ZipFile(BytesIO(package) if isinstance(package, bytes) else package) as zipped:
            infos = [info for info in zipped.infolist() if not info.is_dir() and '..' not in info.filename.split('/')]
            for inner in {info.filename.rpartition('/')[0] for info in infos}:
                os.makedirs(f'{folder}/{inner}', exist_ok=True)

            def write(some: Sequence['ZipInfo']) -> None:
                for info in some:
                    with open(f'{folder}/{info.filename}', 'wb') as file:
                        file.write(zipped.read(info))
                        if info.external_attr >> 16 & 0o111:
                            os.fchmod(file.fileno(), 0o755)

            with ThreadPoolExecutor(2) as threads:  # one inflates while the other writes
                for _ in threads.map(write, (infos[::2], infos[1::2])):
                    pass

    @staticmethod
    def _link_runtime(folder: Path) -> None:
        """Links to what Lambda's runtime brings, where it is installed here; nothing is imported."""
        from importlib.util import find_spec

        for module in sorted(LAMBDA_RUNTIME_MODULES):
            spec = find_spec(module)
            if spec is None or spec.origin is None:
                continue
            origin = Path(spec.origin)
            found = origin.parent if origin.name == '__init__.py' else origin
            name = 'python_dateutil' if module == 'dateutil' else module
            for path in (found, *found.parent.glob(f'{name}-*.dist-info')):
                (folder / path.name).symlink_to(path)

    def _environ(self, handler: str) -> dict[str, str]:
        task, opt = self.folders['task'], self.folders['opt']
        replaceable = {
            'LANG': 'en_US.UTF-8',
            'LC_CTYPE': 'C.UTF-8',
            'LD_LIBRARY_PATH': f'{task}:{task}/lib:{opt}/lib',
            'PATH': f'/usr/local/bin:/usr/bin:/bin:{opt}/bin',
            'TMPDIR': str(self.folders['tmp']),
            'TZ': ':UTC',
            'AWS_MAX_ATTEMPTS': '1',  # a call fails here, and once is enough
            'AWS_EC2_METADATA_DISABLED': 'true',
        }
        reserved = {
            'AWS_ACCESS_KEY_ID': 'IMPORTCHECK',
            'AWS_SECRET_ACCESS_KEY': 'import-check',
            'AWS_SESSION_TOKEN': 'import-check',
            'AWS_DEFAULT_REGION': 'us-east-1',
            'AWS_REGION': 'us-east-1',
            'AWS_ENDPOINT_URL': NOWHERE,
            'AWS_EXECUTION_ENV': f'AWS_Lambda_{self.platform.runtime}',
            'AWS_LAMBDA_FUNCTION_MEMORY_SIZE': '128',
            'AWS_LAMBDA_FUNCTION_NAME': 'import-check',
            'AWS_LAMBDA_FUNCTION_VERSION': '$LATEST',
            'AWS_LAMBDA_INITIALIZATION_TYPE': 'on-demand',
            'AWS_LAMBDA_LOG_GROUP_NAME': '/aws/lambda/import-check',
            'AWS_LAMBDA_LOG_STREAM_NAME': 'import-check',
            'LAMBDA_RUNTIME_DIR': str(self.folders['runtime']),
            'LAMBDA_TASK_ROOT': str(task),
            '_HANDLER': handler,
        }
        linked = {
            name: ':'.join(self._here(part) for part in self.env[name].split(':'))
            for name in LINKED
            if name in self.env
        }
        return {**replaceable, **self.env, **linked, **reserved}

    def _here(self, path: str) -> str:
        """A path on Lambda, on this machine."""
        for name, there in ON_LAMBDA.items():
            if path == there or path.startswith(f'{there}/'):
                return str(self.folders[name]) + path[len(there) :]
        return path

    def _shown(self, text: str) -> str:
        """With Lambda's names for the folders."""
        for name, there in ON_LAMBDA.items():
            text = text.replace(str(self.folders[name]), there)
        return text

    @staticmethod
    def _text(file: Path) -> str:
        try:
            return file.read_text('utf-8', 'replace')
        except FileNotFoundError:
            return ''
