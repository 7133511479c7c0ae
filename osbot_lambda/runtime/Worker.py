"""A worker as the thread that drives it sees it."""

import math
import select
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Runtime__Stopped
from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Log_Collector import Log_Collector
from osbot_lambda.runtime.Runtime_Api import Runtime_Api
from osbot_lambda.runtime.Runtime_Folder import Runtime_Folder
from osbot_lambda.runtime.Spawner import Spawner
from osbot_lambda.runtime.Worker_Event import Worker_Event
from osbot_lambda.runtime.Worker_Process import Worker_Process


class Worker:
    """A worker as the thread that drives it sees it: a process, its Runtime API and its log, waited for together.

    The thread itself waits on their descriptors, so that an invoke of a running worker wakes no other thread of ours.
    After end() it can be started again. kill() may be called from any thread.
    """

    def __init__(self, spawner: Spawner, runtime_folder: Runtime_Folder, log: Log_Collector):
        self._spawner = spawner
        self._runtime_folder = runtime_folder
        self._log = log
        self._events: deque[Worker_Event] = deque()
        self._poller = select.poll()
        self._api = Runtime_Api(self._poller)
        self._process: Optional[Worker_Process] = None
        self._log_open = False
        self._exited = False
        self._lock = threading.Lock()
        self.killed = False

    @property
    def api_address(self) -> str:
        """Where its Runtime API is: 'host:port'."""
        return self._api.address

    @property
    def pid(self) -> Optional[int]:
        """Of the process, while there is one."""
        return self._process.pid if self._process else None

    def start(self, arguments: Sequence[str], environ: Mapping[str, str], cwd: Path) -> None:
        """Start the process. Runtime__Start_Failed; Runtime__Stopped after kill()."""

        def launch() -> Worker_Process:
            self._runtime_folder.make()
            with self._lock:  # kill() finds the process, or keeps it from being started
                if self.killed:
                    raise Runtime__Stopped('the data plane is stopping')
                self._process = Worker_Process(self._runtime_folder.bootstrap, arguments, environ, cwd)
                return self._process

        process = self._spawner.call(launch)
        self._poller.register(process.log_fd, select.POLLIN)
        self._poller.register(process.exit, select.POLLIN)
        self._log_open = True

    def wait(self, deadline: float) -> Worker_Event:
        """The next thing that the worker does; deadline is time.monotonic()'s. Takes up what it logs meanwhile."""
        while not self._events:
            if self._exited:
                return Worker_Event('exit')
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return Worker_Event('timeout')
            self._poll(math.ceil(remaining * 1000))
        return self._events.popleft()

    def exited(self) -> bool:
        """Has the process ended?"""
        self._poll(0)
        return self._exited

    def send_event(self, invocation: Invocation, deadline_ms: int) -> None:
        """Give it an event, after it did 'next'; deadline_ms is milliseconds since the epoch."""
        self._api.send_event(invocation, deadline_ms)

    def drain_log(self) -> None:
        """Take up what it has logged by now; not what it may go on to log, which could be endless."""
        process = self._process
        if process and self._log_open:
            unread = process.unread_log()
            while unread > 0 and (data := process.read_log()):
                self._log.feed(data)
                unread -= len(data)

    def max_memory_mb(self) -> int:
        """The most memory it has had resident, in MiB; 0 when there is no process."""
        return self._process.max_memory_mb() if self._process else 0

    def kill(self) -> None:
        """Kill it and its children for good, now."""
        with self._lock:
            self.killed = True
            if self._process:
                self._process.kill()

    def end(self) -> int:
        """Kill it and its children, take up the last of the log; its exit code (-9: killed by signal 9), 0 if none."""
        process = self._process
        if process is None:
            return 0
        process.kill_and_wait()
        self.drain_log()
        if self._log_open:
            self._poller.unregister(process.log_fd)
            self._log_open = False
        if not self._exited:
            self._poller.unregister(process.exit)
        with self._lock:
            self._process = None
        self._api.disconnect()
        self._events.clear()
        self._exited = False
        return process.close()

    def close(self) -> None:
        """End it for good, and close its Runtime API."""
        self.kill()
        self.end()
        self._api.close()

    def _poll(self, milliseconds: int) -> None:
        process = self._process
        if process is None:
            return
        for fd, mask in self._poller.poll(milliseconds):
            if fd == process.log_fd:
                self._read_log(process)
            elif fd == process.exit.fileno():
                self._exited = True
                self._poller.unregister(fd)
            else:
                self._events.extend(self._api.handle(fd, mask))

    def _read_log(self, process: Worker_Process) -> None:
        data = process.read_log()
        if data:
            self._log.feed(data)
        else:  # the worker has closed its end, and lives on
            self._poller.unregister(process.log_fd)
            self._log_open = False
