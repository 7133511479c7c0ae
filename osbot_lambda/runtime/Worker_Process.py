"""A worker: the process that runs a function's code. The one file of the runtime that starts processes."""

import contextlib
import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from osbot_lambda.errors import Runtime__Start_Failed
from osbot_lambda.runtime.Process_Exit import Process_Exit


class Worker_Process:
    """A worker: the process that runs a function's code, in a session and process group of its own.

    Has to be made by a thread that lives as long as the worker shall: the worker dies with that thread (Linux).
    stdout, stderr and the telemetry frames of awslambdaric share one pipe, which log_fd reads (non-blocking).
    Errors : Runtime__Start_Failed.
    """

    READ_SIZE = 64 * 1024

    def __init__(self, bootstrap: Path, arguments: Sequence[str], environ: Mapping[str, str], cwd: Path):
        self._lock = threading.Lock()
        self._reaped = False
        try:
            self.log_fd, write_fd = os.pipe()
        except OSError as error:  # no descriptors left
            raise Runtime__Start_Failed(f'the worker could not be started: {error}') from error
        os.set_blocking(self.log_fd, False)
        # -S -s -P: no site-packages, no user's, no script folder. -B: nothing is written beside the function's code
        command = [self.interpreter(), '-S', '-s', '-P', '-B', str(bootstrap), str(os.getpid()), *arguments]
        try:
            self._popen = subprocess.Popen(
                command,
                env={**environ, '_LAMBDA_TELEMETRY_LOG_FD': str(write_fd)},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=write_fd,
                stderr=write_fd,
                pass_fds=(write_fd,),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:  # ValueError: a NUL in a variable
            os.close(self.log_fd)
            raise Runtime__Start_Failed(f'the worker could not be started: {error}') from error
        finally:
            os.close(write_fd)
        self.pid = self._popen.pid
        self.exit = Process_Exit(self.pid)
        self._memory_mb = 0

    @staticmethod
    def interpreter() -> str:
        """The Python that workers run: ours, without its virtual environment."""
        return str(getattr(sys, '_base_executable', None) or sys.executable)

    def read_log(self) -> bytes:
        """What is in the log pipe, up to READ_SIZE bytes; b'' when nobody can write to it any more."""
        try:
            return os.read(self.log_fd, self.READ_SIZE)
        except BlockingIOError:
            return b''

    def unread_log(self) -> int:
        """How many bytes wait in the log pipe."""
        return int(struct.unpack('i', fcntl.ioctl(self.log_fd, termios.FIONREAD, b'\0\0\0\0'))[0])

    def max_memory_mb(self) -> int:
        """The most memory that the process has had resident, in MiB, rounded up; the last known once it has ended."""
        try:
            with open(f'/proc/{self.pid}/status', 'rb', buffering=0) as status:
                high = status.read(4096).partition(b'VmHWM:')[2].split(maxsplit=1)
        except OSError:
            high = []
        if high:  # a zombie has none
            self._memory_mb = -(-int(high[0]) // 1024)
        return self._memory_mb

    def kill(self) -> None:
        """Kill it and its children (its process group), from any thread; nothing when it has been reaped."""
        with self._lock:
            if not self._reaped:  # until then nobody else can have this pid
                with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a zombie's group
                    os.killpg(self.pid, signal.SIGKILL)

    def kill_and_wait(self) -> None:
        """Kill it and its children; returns when it has ended, and leaves it to be reaped by close()."""
        self.kill()
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def close(self) -> int:
        """Reap it after kill_and_wait(), close its descriptors; its exit code (-9: killed by signal 9)."""
        self.exit.close()
        with self._lock:
            exit_code = self._popen.wait()
            self._reaped = True
        os.close(self.log_fd)
        return exit_code
