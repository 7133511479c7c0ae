import contextlib
import http.client
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Optional, Self

WHEELS = Path(__file__).parents[1] / '.wheelhouse'
MACHINES = {'x86_64': 'x86_64', 'aarch64': 'arm64'}


class Emulator:
    """AWS's Runtime Interface Emulator with one function, as Lambda's container images have it; two ports on loopback.

    It is the program that aws-sam-cli's wheel brings along: `make test` puts that into .wheelhouse. A handler runs on
    the interpreter and the runtime interface client of this process.

    Shapes : code is the folder that is /var/task; variables are the function's, or the emulator's AWS_LAMBDA_….
    Units  : timeout in seconds, memory_size in MiB; the emulator reports it and limits nothing.
    Errors : FileNotFoundError when it isn't there; why_not() says it before.
    Source : aws-lambda-runtime-interface-emulator's README.
    """

    PATH = '/2015-03-31/functions/function/invocations'
    START_SECONDS = 20

    def __init__(
        self,
        code: Path,
        handler: str = 'app.handler',
        timeout: int = 3,
        memory_size: int = 128,
        variables: Optional[Mapping[str, str]] = None,
    ):
        self.code, self.handler = code, handler
        self.variables = {
            'PATH': os.defpath,
            'LANG': 'en_US.UTF-8',
            'TZ': ':UTC',
            'LAMBDA_TASK_ROOT': str(code),
            'AWS_LAMBDA_FUNCTION_NAME': 'fn',
            'AWS_LAMBDA_FUNCTION_TIMEOUT': str(timeout),
            'AWS_LAMBDA_FUNCTION_MEMORY_SIZE': str(memory_size),
            **(variables or {}),
        }

    @staticmethod
    def wheel() -> Optional[Path]:
        """The wheel that has it."""
        return next(iter(sorted(WHEELS.glob('aws_sam_cli-*.whl'), reverse=True)), None)

    @classmethod
    def why_not(cls) -> str:
        """Why there is no emulator on this machine, else ''."""
        if sys.platform != 'linux' or platform.machine() not in MACHINES:
            return f'the emulator is for Linux on x86_64 and arm64, and this is {sys.platform} on {platform.machine()}'
        return '' if cls.wheel() else f'no aws-sam-cli in {WHEELS}: `make test` downloads it when there is a network'

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix='osbot-lambda-emulator-'))
        try:
            self._start()
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.folder)

    def invoke(self, payload: bytes, headers: Optional[Mapping[str, str]] = None) -> bytes:
        """What it answers to a request of its own."""
        connection = self.connect()
        try:
            return self.invoke_over(connection, payload, headers)
        finally:
            connection.close()

    def connect(self) -> http.client.HTTPConnection:
        """A connection, for invoke_over()."""
        return http.client.HTTPConnection('127.0.0.1', self.port)

    def invoke_over(
        self, connection: http.client.HTTPConnection, payload: bytes, headers: Optional[Mapping[str, str]] = None
    ) -> bytes:
        """What it answers over that connection."""
        connection.request('POST', self.PATH, payload, dict(headers or {}))
        return connection.getresponse().read()

    @property
    def output(self) -> str:
        """What function and emulator have written so far; the emulator writes its last line before it answers."""
        return (self.folder / 'output').read_bytes().decode()

    def _start(self) -> None:
        program = self._program()
        self.port, runtime_port = _two_free_ports()
        with (self.folder / 'output').open('wb') as output, (self.folder / 'errors').open('wb') as errors:
            self.process = subprocess.Popen(
                [
                    str(program),
                    *('--runtime-interface-emulator-address', f'127.0.0.1:{self.port}'),
                    *('--runtime-api-address', f'127.0.0.1:{runtime_port}'),
                    *('--log-level', 'error'),
                    *(sys.executable, '-m', 'awslambdaric', self.handler),
                ],
                cwd=self.code,
                env=self.variables,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        try:
            self._wait_until_it_listens()
        except BaseException:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise

    def _program(self) -> Path:
        wheel = self.wheel()
        if wheel is None:
            raise FileNotFoundError(self.why_not())
        program = WHEELS / f'aws-lambda-rie-{MACHINES[platform.machine()]}'
        if not program.exists():
            with zipfile.ZipFile(wheel) as zipped:
                zipped.extract(f'samcli/local/rapid/{program.name}', self.folder)
            taken_out = self.folder / 'samcli' / 'local' / 'rapid' / program.name
            taken_out.chmod(0o755)
            shutil.move(taken_out, program.with_name(f'{program.name}-{os.getpid()}')).replace(program)
        return program

    def _wait_until_it_listens(self) -> None:
        end = time.monotonic() + self.START_SECONDS
        while True:
            try:
                socket.create_connection(('127.0.0.1', self.port)).close()
                return
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.monotonic() > end:
                    errors = (self.folder / 'errors').read_text(errors='replace')
                    raise RuntimeError(f'the emulator did not start: {errors}') from None
                time.sleep(0.005)  # nothing tells when it listens


def _two_free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(('127.0.0.1', 0))
        other.bind(('127.0.0.1', 0))
        return one.getsockname()[1], other.getsockname()[1]
