import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Optional, Self

from osbot_lambda.python.Python_Finder import Python_Finder

if TYPE_CHECKING:
    from subprocess import CompletedProcess, Popen


@dataclass(frozen=True, slots=True)
class Target_Python:
    """A CPython interpreter on this machine, of the version of a Lambda runtime.

        python = Target_Python.find('3.12')
        if python is not None:
            python.run(script, 'an argument', env={'PYTHONHASHSEED': '0'}, timeout=60).stdout

    Shapes : version '3.12'; path is the program itself, as Python_Finder finds it.
    """

    version: str
    path: Path

    @classmethod
    def find(cls, version: str) -> Optional[Self]:
        """An interpreter of this version; None when there is none. Free-threaded and musl builds aren't Lambda's."""
        path = Python_Finder.find(version)
        return None if path is None else cls(version, path)

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
