import contextlib
import errno
import json
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, ClassVar, Optional, Self

from osbot_lambda.errors import (
    Local_Cloud__Not_Running,
    Local_Cloud__Port_Taken,
    Local_Cloud__Start_Failed,
)

log = logging.getLogger('osbot_lambda')


class Local_Cloud:
    """A cloud on this machine: a child process with one HTTP endpoint on 127.0.0.1, for any AWS client.

    It ends with stop(), with its `with` block, and with this process, however that ends. In a fork of this process the
    handle can be used, and doesn't stop the cloud.

    Shapes : account_id is 12 digits; an access key id of 12 digits names its account, and each account is a cloud of
             its own. run_on_other_python: a function whose version of Python isn't on this machine runs on the
             nearest that is, and its log and answers say so; without, an invoke is refused. isolation: 'namespace'
             (functions have a file system as on Lambda) or 'folders' (they see this machine's); when not given, as the
             variable OSBOT_LAMBDA_ISOLATION has it, else a namespace where this machine lets us have one. freeze:
             functions stand still between invokes, with their threads and processes.
    Units  : retry_delays in seconds: how long an event invoke that failed waits before each further attempt, AWS's one
             and two minutes; a test gives shorter ones, and none for no further attempt.
             START_SECONDS, STOP_SECONDS: how long a start may take, and an orderly end before the process is killed.
    Errors : Local_Cloud__Port_Taken, Local_Cloud__Start_Failed; Local_Cloud__Not_Running when it would have to run.
    """

    SECRET = 'local'  # signatures aren't checked; published for clients that have to sign
    START_SECONDS = 30
    STOP_SECONDS = 10

    _shared: ClassVar[Optional['Local_Cloud']] = None
    _shared_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        port: int = 0,
        region: str = 'us-east-1',
        account_id: str = '000000000000',
        retry_delays: Sequence[float] = (60, 120),
        run_on_other_python: bool = False,
        isolation: Optional[str] = None,
        freeze: bool = True,
    ):
        self.region = region
        self.retry_delays = tuple(retry_delays)
        self.run_on_other_python = run_on_other_python
        self.freeze = freeze
        self._wanted_isolation = isolation or os.environ.get('OSBOT_LAMBDA_ISOLATION')
        self._isolation = ''
        self.account_id = _twelve_digits(account_id)
        self._wanted_port = port
        self._port = 0
        self._lock = threading.RLock()
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._errors: Optional[IO[bytes]] = None
        self._owner = os.getpid()
        self._end: Any = None

    @classmethod
    def shared(cls) -> Self:
        """The cloud of this process, started when first asked for; it ends with the process."""
        with Local_Cloud._shared_lock:
            cloud = Local_Cloud._shared
            if cloud is not None and cloud._process is not None and not cloud.running():
                log.warning('%s; starting a new, empty one', cloud._why_not_running())
            if cloud is None or not cloud.running():
                cloud = Local_Cloud._shared = cls().start()
            return cloud  # type: ignore[return-value]

    # ---- life

    def start(self) -> Self:
        """Start the process and wait until it answers; nothing when it runs."""
        if sys.platform == 'win32':
            raise Local_Cloud__Start_Failed('the local cloud runs on Linux and macOS; on Windows, use it inside WSL 2')
        with self._lock:
            if not self.running():
                self.stop()
                self._check_port()
                self._start()
        return self

    def stop(self) -> None:
        """End the process and all of its children, and remove what it left. Idempotent."""
        with self._lock:
            if self._end is not None:
                self._end()
            self._process = self._errors = self._end = None

    def running(self) -> bool:
        """Whether the process is there."""
        process = self._process
        if process is None:
            return False
        if os.getpid() == self._owner:
            return process.poll() is None
        try:
            os.kill(process.pid, 0)  # in a fork it is no child of ours
        except OSError:
            return False
        return True

    # ---- facts

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        self._running_process()
        return self._port

    @property
    def isolation(self) -> str:
        """How functions are kept apart from this machine: 'namespace' or 'folders'."""
        self._running_process()
        return self._isolation

    @property
    def pid(self) -> int:
        """The id of the cloud's process."""
        return self._running_process().pid

    @property
    def endpoint_url(self) -> str:
        """http://127.0.0.1:PORT, for every service."""
        return f'http://127.0.0.1:{self.port}'

    def session_kwargs(self, account_id: Optional[str] = None) -> dict[str, str]:
        """What a boto3 client, or anything of ours that takes session kwargs, needs to be in this cloud."""
        return {
            'endpoint_url': self.endpoint_url,
            'region_name': self.region,
            'aws_access_key_id': self.account_id if account_id is None else _twelve_digits(account_id),
            'aws_secret_access_key': self.SECRET,
        }

    # ---- what isn't an AWS call

    def reset(self, account_id: Optional[str] = None) -> Self:
        """Empty one account, or with None all of them."""
        if account_id is not None:
            _twelve_digits(account_id)
        self._control('reset', {'account_id': account_id})
        return self

    def calls(
        self, function_name: str, account_id: Optional[str] = None, region: Optional[str] = None
    ) -> list[dict[str, Any]]:
        """The AWS calls that a function has made so far, [{'service', 'operation', 'resource', 'count'}], in the order
        in which they first came; those that it makes with its own credentials.

        cloud.calls('orders')[0]['operation']      # 'PutObject'"""
        account_id = self.account_id if account_id is None else _twelve_digits(account_id)
        asked = {'account_id': account_id, 'region': region or self.region, 'function_name': function_name}
        return list(self._control('calls', asked)['calls'])

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f'<Local_Cloud {self.endpoint_url if self.running() else "not running"}>'

    def _start(self) -> None:
        errors = tempfile.TemporaryFile(prefix='osbot-lambda-cloud-')  # noqa: SIM115  closed by _end_process
        try:
            process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,  # its end, when we are gone, tells the cloud
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # a Ctrl-C in the terminal is for us; we then stop the cloud in order
            )
        except OSError as error:
            errors.close()
            raise Local_Cloud__Start_Failed(f'could not start {sys.executable!r}: {error}') from error
        folder: list[str] = []  # filled when known; the finalizer is there from the first moment
        self._owner, self._process, self._errors = os.getpid(), process, errors
        self._end = weakref.finalize(self, _end_process, process, errors, folder, self._owner)
        try:
            ready = self._wait_until_ready(process)
        except BaseException:
            self.stop()
            raise
        self._port, self._isolation = ready['port'], ready['isolation']
        folder.append(ready['work_dir'])

    def _command(self) -> list[str]:
        if not sys.executable:
            raise Local_Cloud__Start_Failed('sys.executable is empty: there is no Python to run the cloud with')
        return [
            sys.executable,
            '-I',  # a json.py in the current folder, PYTHONPATH or PYTHONSTARTUP can't break the cloud
            *(['-B'] if sys.dont_write_bytecode else []),
            '-c',
            _BOOT,
            str(Path(__file__).parents[2]),
            os.pathsep.join(str(Path(path).absolute()) for path in sys.path if path),
            *('--port', str(self._wanted_port)),
            *('--region', self.region),
            *('--retry-delays', ','.join(str(float(delay)) for delay in self.retry_delays)),
            *(['--run-on-other-python'] if self.run_on_other_python else []),
            *(['--isolation', self._wanted_isolation] if self._wanted_isolation else []),
            *([] if self.freeze else ['--no-freeze']),
            *('--parent', str(os.getpid())),
        ]

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        out = process.stdout
        assert out is not None
        deadline = time.monotonic() + self.START_SECONDS
        text = b''
        with out:
            while not text.endswith(b'\n'):
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([out], [], [], left)[0]:
                    raise Local_Cloud__Start_Failed(
                        f'the local cloud was not ready after {self.START_SECONDS} s{self._tail()}'
                    )
                part = os.read(out.fileno(), 4096)
                if not part:
                    code = process.wait(self.STOP_SECONDS)
                    if code == _EXIT_PORT_TAKEN:
                        raise Local_Cloud__Port_Taken(self._wanted_port)
                    raise Local_Cloud__Start_Failed(
                        f'the local cloud ended at its start, exit code {code}{self._tail()}'
                    )
                text += part
        return dict(json.loads(text))

    def _check_port(self) -> None:
        """Say at once that a port is taken, before a process is started for it."""
        if not self._wanted_port:
            return
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(('127.0.0.1', self._wanted_port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise Local_Cloud__Port_Taken(self._wanted_port) from None
                raise

    def _running_process(self) -> subprocess.Popen[bytes]:
        if self._process is None or not self.running():
            raise Local_Cloud__Not_Running(self._why_not_running())
        return self._process

    def _why_not_running(self) -> str:
        if self._process is None:
            return 'the local cloud is not started: call start(), or use it in a with block'
        return f'the local cloud (pid {self._process.pid}) has ended by itself{self._how_it_ended()}{self._tail()}'

    def _how_it_ended(self) -> str:
        code = self._process.returncode if self._process else None
        return '' if code is None else f', killed by signal {-code}' if code < 0 else f', exit code {code}'

    def _tail(self) -> str:
        """The end of what the process wrote to stderr, for an error's text."""
        if self._errors is None:
            return ''
        size = os.fstat(self._errors.fileno()).st_size
        # pread: the process writes at the position that this file object shares with it
        text = os.pread(self._errors.fileno(), 4000, max(0, size - 4000)).decode(errors='replace').strip()
        return f'; it said:\n{text}' if text else '; it said nothing'

    def _control(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        from osbot_lambda.local.Control_Client import Control_Client

        try:
            return Control_Client(self.endpoint_url).ask(name, body)
        except Local_Cloud__Not_Running:
            self._running_process()  # says more, when it has ended
            raise


_EXIT_PORT_TAKEN = 3  # local/server/__main__.py

# Our own folder goes before site-packages, so that the cloud has the code that its parent has; the parent's other paths
# go last, where they can't hide anything.
_BOOT = """
import os, sys
here, paths = sys.argv.pop(1), sys.argv.pop(1).split(os.pathsep)
packages = [n for n, path in enumerate(sys.path) if path.endswith(('site-packages', 'dist-packages'))]
sys.path.insert(packages[0] if packages else len(sys.path), here)
sys.path += [path for path in paths if path not in sys.path]
from osbot_lambda.local.server.__main__ import main
main()
"""


def _twelve_digits(account_id: str) -> str:
    if len(account_id) != 12 or not (account_id.isascii() and account_id.isdigit()):
        raise ValueError(f'account id {account_id!r} is not 12 digits')
    return account_id


def _end_process(process: subprocess.Popen[bytes], errors: IO[bytes], folder: list[str], owner: int) -> None:
    """End the cloud's process: in order, else by force. No method, as the handle may be gone already."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    if process.stdout is not None:
        process.stdout.close()
    if os.getpid() != owner:
        process.returncode = 0  # it is our parent's child, not ours: nothing to wait for
        errors.close()
        return
    try:
        process.wait(Local_Cloud.STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if process.poll() != 0:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for path in folder:
                shutil.rmtree(path, ignore_errors=True)
        errors.close()
