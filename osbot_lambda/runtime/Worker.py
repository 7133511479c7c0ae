"""A worker as the thread that drives it sees it."""

import math
import select
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Runtime__Start_Failed, Runtime__Stopped
from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Log_Collector import Log_Collector
from osbot_lambda.runtime.Runtime_Api import Runtime_Api
from osbot_lambda.runtime.Runtime_Folder import Runtime_Folder
from osbot_lambda.runtime.Spawner import Spawner
from osbot_lambda.runtime.Watcher import Watcher
from osbot_lambda.runtime.Worker_Event import Worker_Event
from osbot_lambda.runtime.Worker_Process import Worker_Process


class Worker:
    """A worker as the thread that drives it sees it: a process, its Runtime API and its log, waited for together.

    The thread itself waits on their descriptors, so that an invoke of a running worker wakes no other thread of ours.
    After end() it can be started again. kill() may be called from any thread.
    """

    def __init__(
        self,
        spawner: Spawner,
        watcher: Watcher,
        runtime_folder: Runtime_Folder,
        log: Log_Collector,
        namespace: bool,
        memory_size: int,
        freezes: bool,
    ):
        self._spawner = spawner
        self._watcher = watcher
        self._runtime_folder = runtime_folder
        self._log = log
        self._namespace, self._memory_size, self._freezes = namespace, memory_size, freezes
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
        """Start the process; again, in the same sandbox, after end(). Runtime__Start_Failed; Runtime__Stopped after
        kill()."""
        if self._process and not self._process.broken:
            with self._lock:
                if self.killed:
                    raise Runtime__Stopped('the data plane is stopping')
                self._process.restart()
            self._exited = False
        else:
            self._discard()
            self._spawner.call(lambda: self._launch(arguments, environ, cwd))
        assert self._process
        self._watcher.runs(self._process)

    def wait(self, deadline: float) -> Worker_Event:
        """The next thing that the worker does; deadline is time.monotonic()'s. Takes up what it logs meanwhile."""
        while not self._events:
            if self._exited:
                if self._process and not self._process.began and not self.killed:
                    raise Runtime__Start_Failed("the worker's sandbox could not be made: the function's log tells why")
                return Worker_Event('exit')
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return Worker_Event('timeout')
            self._poll(math.ceil(remaining * 1000))
        return self._events.popleft()

    def asks(self, seconds: float) -> bool:
        """Wait until it asks for an event; whether it does, and is there."""
        if not self._events:
            self.resume()
        return self.wait(time.monotonic() + seconds).kind == 'next' and not self.exited()

    @property
    def broken(self) -> bool:
        """Has its sandbox ended? Then no other worker can be started in it."""
        return self._process is not None and self._process.broken

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
        """The most memory it has had resident, in MiB, up to what it may have; 0 when there is no process."""
        if self.out_of_memory:
            return self._memory_size
        return min(self._process.max_memory_mb(), self._memory_size) if self._process else 0

    @property
    def out_of_memory(self) -> bool:
        """Was it killed for having too much memory?"""
        return self._process is not None and self._process.out_of_memory

    def rest(self) -> None:
        """It has nothing to do: have it, and all that it has started, stand still soon, until resume()."""
        process = self._process
        if process and self._freezes:
            process.rest()
            self._watcher.rests(process)
        elif process:
            self._watcher.ended(process)

    def resume(self) -> None:
        """Have it go on."""
        if self._process:
            self._watcher.runs(self._process)
            self._process.resume()

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
        exit_code = process.kill_and_wait()
        self._watcher.ended(process)
        self.drain_log()
        self._exited = True
        self._api.disconnect()
        self._events.clear()
        return exit_code

    def close(self) -> None:
        """End it for good, and close its Runtime API."""
        self.kill()
        self.end()
        self._discard()
        self._api.close()

    def _launch(self, arguments: Sequence[str], environ: Mapping[str, str], cwd: Path) -> None:
        with self._lock:  # kill() finds the process, or keeps it from being started
            if self.killed:
                raise Runtime__Stopped('the data plane is stopping')
            self._process = process = Worker_Process(
                self._runtime_folder.command(), arguments, environ, cwd, self._namespace, self._memory_size
            )
        self._poller.register(process.log_fd, select.POLLIN)
        self._poller.register(process.channel, select.POLLIN)
        self._log_open = True
        self._exited = False

    def _discard(self) -> None:
        """Close the sandbox, whose worker has ended."""
        process = self._process
        if process is None:
            return
        if self._log_open:
            self._poller.unregister(process.log_fd)
            self._log_open = False
        if not process.broken:
            self._poller.unregister(process.channel)
        with self._lock:
            self._process = None
        process.close()

    def _poll(self, milliseconds: int) -> None:
        process = self._process
        if process is None:
            return
        for fd, mask in self._poller.poll(milliseconds):
            if fd == process.log_fd:
                self._read_log(process)
            elif fd == process.channel.fileno():
                self._exited = process.hear()
                if process.broken:
                    self._poller.unregister(fd)
            else:
                self._events.extend(self._api.handle(fd, mask))

    def _read_log(self, process: Worker_Process) -> None:
        data = process.read_log()
        if data:
            self._log.feed(data)
        else:  # nobody can write to it any more
            self._poller.unregister(process.log_fd)
            self._log_open = False
