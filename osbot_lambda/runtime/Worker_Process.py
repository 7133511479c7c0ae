"""A worker: the process that runs a function's code. The one file of the runtime that starts processes."""

import contextlib
import fcntl
import os
import signal
import socket
import struct
import subprocess
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Runtime__Start_Failed
from osbot_lambda.runtime.Process_Table import Process_Table


class Worker_Process:
    """A worker: the process that runs a function's code, in a sandbox: the process that starts it, and another when it
    has ended, and that ends whatever the worker has started (worker_sandbox.py).

    Has to be made by a thread that lives as long as the sandbox shall: it dies with that thread (Linux).
    stdout, stderr and the telemetry frames of awslambdaric share one pipe, which log_fd reads (non-blocking); channel
    tells of the worker.

    Shapes : exit_code is None while the worker runs; -9: killed by signal 9. pid is None until the worker runs.
    Units  : memory_size in MiB.
    Errors : Runtime__Start_Failed.
    """

    READ_SIZE = 64 * 1024
    PAGE_SIZE = os.sysconf('SC_PAGE_SIZE')

    def __init__(
        self,
        command: Sequence[str],
        arguments: Sequence[str],
        environ: Mapping[str, str],
        cwd: Path,
        namespace: bool,
        memory_size: int,
    ):
        self.namespace = namespace
        self.out_of_memory = False
        self.pid: Optional[int] = None
        self.exit_code: Optional[int] = None
        self.broken = False  # the sandbox itself has ended
        self.began = False  # a worker has run
        self._memory_size = memory_size
        self._lock = threading.Lock()
        self._closed = False
        self._rests = self._stopped = False
        self._inner_pid = ''
        self._said = b''
        self._memory_mb = 0
        self._stopped_others: list[int] = []  # open folders of theirs in /proc
        with contextlib.ExitStack() as opened:
            try:
                self.log_fd, write_fd = os.pipe()
                opened.callback(os.close, self.log_fd)
                with os.fdopen(write_fd, 'wb', 0):
                    self.channel, others_end = socket.socketpair()
                    opened.callback(self.channel.close)
                    with others_end:
                        mode = 'namespace' if namespace else 'folders'
                        self._popen = subprocess.Popen(
                            [*command, str(os.getpid()), str(others_end.fileno()), mode, *arguments],
                            env={**environ, '_LAMBDA_TELEMETRY_LOG_FD': str(write_fd)},
                            cwd=cwd,
                            stdin=subprocess.DEVNULL,
                            stdout=write_fd,
                            stderr=write_fd,
                            pass_fds=(write_fd, others_end.fileno()),
                            start_new_session=True,
                        )
            except (OSError, ValueError) as error:  # no descriptors left, or no such folder; a NUL in a variable
                raise Runtime__Start_Failed(f'the worker could not be started: {error}') from error
            opened.pop_all()
        os.set_blocking(self.log_fd, False)

    def restart(self) -> None:
        """Start a new worker in the same sandbox, after the last one has ended."""
        with self._lock:
            self.pid, self.exit_code, self.out_of_memory, self._memory_mb = None, None, False, 0
            self._rests = self._stopped = False
            self._forget_others()
        with contextlib.suppress(OSError):  # its end is told by the channel
            self.channel.send(b'r')

    def hear(self, wait: bool = False) -> bool:
        """Take up what the channel says; true once the worker has ended."""
        try:
            data = self.channel.recv(1024, 0 if wait else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return self.exit_code is not None
        except OSError:
            data = b''
        with self._lock:
            *lines, self._said = (self._said + data).split(b'\n')
            for line in lines:
                what, *values = line.decode().split()
                if what == 'pid':
                    self.pid, self._inner_pid, self.began = int(values[0]), values[1], True
                else:
                    self.pid, self.exit_code, self._memory_mb = None, int(values[0]), -(-int(values[1]) // 1024)
            if not data:
                self.broken = True
                if self.exit_code is None:
                    self.pid, self.exit_code = None, -signal.SIGKILL
        return self.exit_code is not None

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
        """The most memory that the worker has had resident, in MiB, rounded up; the last known once it has ended."""
        try:
            with open(f'/proc/{self.pid}/status', 'rb', buffering=0) as status:
                high = status.read(4096).partition(b'VmHWM:')[2].split(maxsplit=1)
        except OSError:
            high = []
        if high:  # a zombie has none
            self._memory_mb = -(-int(high[0]) // 1024)
        return self._memory_mb

    def check_memory(self, table: Optional[Process_Table]) -> None:
        """Kill it when it and its descendants have more memory resident than they may have.

        Outside of a namespace the descendants are found in the table; None: they don't count.
        """
        processes = [f'/proc/{self.pid}', *self._others(table)]
        used = sum(self._resident(path) for path in processes)
        if used > self._memory_size * 2**20 and len(processes) > 1:
            used = sum(self._share(path) for path in processes)  # what they share was counted several times
        if used > self._memory_size * 2**20:
            self.out_of_memory = True
            self.kill()

    def rest(self) -> None:
        """It may be stopped from now on, until resume()."""
        self._rests = True

    def stop(self) -> None:
        """If it rests: have its process group stand still; from any thread."""
        with self._lock:
            if self._rests and self.pid:
                self._stopped = True
                self._send(self.pid, signal.SIGSTOP)
                self._undo_stop()

    def stop_others(self, table: Optional[Process_Table]) -> None:
        """If it rests: have those of its descendants stand still that have left its process group; from any thread."""
        with self._lock:
            for path in self._others(table) if self._stopped else ():
                with contextlib.suppress(OSError):
                    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)  # Linux takes it for a pidfd
                    self._stopped_others.append(descriptor)
                    signal.pidfd_send_signal(descriptor, signal.SIGSTOP)
            self._undo_stop()

    def resume(self) -> None:
        """Have it, and its descendants, go on."""
        self._rests = False
        if self._stopped:
            with self._lock:
                self._undo_stop()

    def kill(self) -> None:
        """Kill it, from any thread; the sandbox then ends its descendants. While it starts, the sandbox is killed."""
        with self._lock:
            if not self._closed and (self.pid or self.exit_code is None):
                self._send(self.pid or self._popen.pid, signal.SIGKILL)

    def kill_and_wait(self) -> int:
        """Kill it; returns when it and its descendants have ended: its exit code."""
        self.kill()
        while self.exit_code is None:
            self.hear(wait=True)
        return self.exit_code

    def close(self) -> None:
        """End the sandbox after kill_and_wait(), and close the descriptors."""
        self.channel.close()
        with self._lock:
            self._popen.wait()
            self._closed = True
            self._forget_others()
        os.close(self.log_fd)

    @staticmethod
    def _send(group: int, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a zombie's group
            os.killpg(group, number)

    def _undo_stop(self) -> None:
        """With the lock: what has been stopped goes on, when it is to; resume() may have come in between."""
        if self._stopped and not self._rests:
            self._stopped = False
            for descriptor in self._stopped_others:
                with contextlib.suppress(OSError):
                    signal.pidfd_send_signal(descriptor, signal.SIGCONT)
            self._forget_others()
            if self.pid:
                self._send(self.pid, signal.SIGCONT)

    def _forget_others(self) -> None:
        while self._stopped_others:
            os.close(self._stopped_others.pop())

    def _others(self, table: Optional[Process_Table]) -> list[str]:
        """The folders of /proc of the worker's descendants."""
        if not self.namespace:
            below = table.descendants(self._popen.pid) if table else []
            return [f'/proc/{pid}' for pid in below if pid != self.pid]
        inside = f'/proc/{self.pid}/root/proc'
        try:
            names = os.listdir(inside)
        except OSError:  # it has ended
            return []
        return [f'{inside}/{name}' for name in names if name.isdigit() and name not in ('1', self._inner_pid)]

    @classmethod
    def _resident(cls, path: str) -> int:
        try:
            with open(f'{path}/statm', 'rb', buffering=0) as statm:
                return int(statm.read(256).split()[1]) * cls.PAGE_SIZE
        except (OSError, IndexError):  # it has ended
            return 0

    @staticmethod
    def _share(path: str) -> int:
        """What it has resident, with its share only of what others have too: takes longer to find out."""
        try:
            with open(f'{path}/smaps_rollup', 'rb', buffering=0) as rollup:
                return int(rollup.read(4096).partition(b'Pss:')[2].split(maxsplit=1)[0]) * 1024
        except (OSError, IndexError):  # it has ended
            return 0
