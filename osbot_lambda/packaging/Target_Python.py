import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Optional, Self

if TYPE_CHECKING:
    from subprocess import CompletedProcess, Popen


@dataclass(frozen=True, slots=True)
class Target_Python:
    """A CPython interpreter on this machine, of the version of a Lambda runtime.

        python = Target_Python.find('3.12')
        if python is not None:
            python.run(script, 'an argument', env={'PYTHONHASHSEED': '0'}, timeout=60).stdout

    Shapes : version '3.12'; path is the program itself, of no virtual environment where that can be told.
    Note   : it is found by names alone, and no program is started for it: the one that runs this, python3.12 on PATH,
             pyenv's, uv's.
    """

    version: str
    path: Path

    @classmethod
    def find(cls, version: str) -> Optional[Self]:
        """An interpreter of this version; None when there is none. Free-threaded and musl builds aren't Lambda's."""
        if not re.fullmatch(r'3\.\d+', version):
            return None
        return next((cls(version, path) for path in cls._candidates(version)), None)

    def run(
        self,
        script: Path,
        *args: str,
        stdin: str = '',
        env: Optional[Mapping[str, str]] = None,
        timeout: float = 60,
        cwd: Optional[Path] = None,
        options: tuple[str, ...] = (),
    ) -> 'CompletedProcess[str]':
        """Run a script alone: no site-packages, no user's folder, nothing of this process's environment but `env`.

        It writes no bytecode. options are the interpreter's own ('-X', 'importtime'). TimeoutError after `timeout`
        seconds. What it started and left behind is ended with it.
        """
        import subprocess
        from tempfile import TemporaryFile

        command = [str(self.path), '-S', '-s', '-B', *options, str(script), *args]
        # files, not pipes: what the script starts and leaves behind may hold them open
        with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
            given.write(stdin.encode('utf-8', 'surrogateescape'))
            given.seek(0)
            process = subprocess.Popen(
                command, stdin=given, stdout=out, stderr=err, env=dict(env or {}), cwd=cwd, start_new_session=True
            )
            try:
                ended = self._wait(process, timeout)
            finally:
                self._end(process)
            if not ended:
                raise TimeoutError(f'{script.name} did not end within {timeout:g} s')
            return subprocess.CompletedProcess(command, process.returncode, self._text(out), self._text(err))

    @classmethod
    def _candidates(cls, version: str) -> Iterator[Path]:
        if cls._runs_this(version):
            yield Path(getattr(sys, '_base_executable', None) or sys.executable)
        name = f'python{version}'
        programs = [Path(folder) / name for folder in os.environ.get('PATH', '').split(os.pathsep) if folder]
        home = Path(os.path.expanduser('~'))
        pyenv = Path(os.environ.get('PYENV_ROOT') or home / '.pyenv') / 'versions'
        data = Path(os.environ.get('XDG_DATA_HOME') or home / '.local' / 'share')
        uv = Path(os.environ.get('UV_PYTHON_INSTALL_DIR') or data / 'uv' / 'python')
        escaped = re.escape(version)
        for root, form in (
            (pyenv, rf'{escaped}\.(\d+)((a|b|rc)\d+)?'),
            (uv, rf'cpython-{escaped}\.(\d+)((a|b|rc)\d+)?-(linux-.*-gnu|macos-.*)'),
        ):
            programs += [folder / 'bin' / name for folder in cls._newest_first(root, form)]
        yield from filter(cls._is_program, programs)

    @staticmethod
    def _runs_this(version: str) -> bool:
        mine = f'{sys.version_info[0]}.{sys.version_info[1]}'
        plain = not getattr(sys, 'abiflags', '')  # 't' is free-threaded
        return mine == version and plain and sys.implementation.name == 'cpython'

    @staticmethod
    def _newest_first(root: Path, form: str) -> list[Path]:
        try:
            names = os.listdir(root)
        except OSError:
            return []
        fits = [(match, name) for name in names if (match := re.fullmatch(form, name))]
        # a pre-release after the releases of its kind: it has a suffix
        fits.sort(key=lambda fit: (not fit[0][2], int(fit[0][1]), fit[1]), reverse=True)
        return [root / name for _, name in fits]

    @staticmethod
    def _is_program(path: Path) -> bool:
        """Not a script in an interpreter's place: a shim of pyenv starts what the folder says, or nothing."""
        try:
            with path.open('rb') as program:
                return program.read(2) != b'#!' and os.access(path, os.X_OK)
        except OSError:
            return False

    @staticmethod
    def _wait(process: 'Popen[bytes]', timeout: float) -> bool:
        """Has it ended in time? It is not reaped, where the system can tell without."""
        import select
        from subprocess import TimeoutExpired

        if hasattr(os, 'pidfd_open'):  # Linux; Popen.wait(timeout) looks only twenty times a second
            descriptor = os.pidfd_open(process.pid)
            try:
                poll = select.poll()
                poll.register(descriptor, select.POLLIN)
                return bool(poll.poll(timeout * 1000))
            finally:
                os.close(descriptor)
        try:
            process.wait(timeout)
        except TimeoutExpired:
            return False
        return True

    @staticmethod
    def _end(process: 'Popen[bytes]') -> None:
        import signal
        from contextlib import suppress

        if process.returncode is None:  # not reaped: its number is nobody else's
            with suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a zombie's group
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @staticmethod
    def _text(file: IO[bytes]) -> str:
        file.seek(0)
        return file.read().decode('utf-8', 'replace')
