"""The execution environments of all functions."""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Runtime__Start_Failed, Runtime__Stopped
from osbot_lambda.runtime.Environment import Environment
from osbot_lambda.runtime.Environment__State import Environment__State
from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Isolation import Isolation
from osbot_lambda.runtime.Log_Collector import Log_Collector
from osbot_lambda.runtime.Log_Sink import Log_Sink
from osbot_lambda.runtime.Runtimes import Runtimes
from osbot_lambda.runtime.Spawner import Spawner
from osbot_lambda.runtime.Watcher import Watcher
from osbot_lambda.runtime.Worker import Worker


class Environment__Pool:
    """The execution environments of all functions: who has one to itself, and which wait for the next event.

    An environment serves one function version at one revision. Its lock is held for bookkeeping only, never while a
    worker is started, run or ended.
    Units  : idle_seconds is how long an environment is kept without work.
    """

    STOP_SECONDS = 10.0

    def __init__(
        self,
        work_dir: Path,
        runtimes: Runtimes,
        log_sink: Log_Sink,
        max_environments: int,
        idle_seconds: float,
        isolation: Isolation,
        freeze: bool,
    ):
        self._folder = work_dir / 'environments'
        self._runtimes = runtimes
        self._log_sink = log_sink
        self._max_environments = max_environments
        self._idle_seconds = idle_seconds
        self._changed = threading.Condition()
        self._all: set[Environment] = set()
        self._idle: dict[tuple[str, str], list[Environment]] = {}  # the last used is the last of its list
        self._provisioned: dict[tuple[str, str], int] = {}  # how many there shall be ahead of any invoke
        self._timer_set = False
        self._stopped = False
        self._isolation, self._freeze = isolation, freeze
        self._spawner = Spawner(self.expire)
        self._watcher = Watcher()
        self.cold_starts = 0
        self.waiting = 0

    def acquire(self, spec: Function_Spec) -> Environment:
        """An environment for one invoke: idle or new; waits while the maximum is busy. Runtime__Not_Available,
        Runtime__Start_Failed, Runtime__Stopped."""
        self._runtimes.of(spec.runtime, spec.name)  # may take its time, the first time: not with the lock
        assert self._isolation.mode  # as this
        while True:
            with self._changed:
                if self._stopped:
                    raise Runtime__Stopped('the data plane is stopping')
                ended = self._take_stale(spec)
                found = self._take_or_make(spec)
                oldest = None if found else self._take_oldest()
                if oldest:
                    ended.append(oldest)
                if not found and not ended:
                    self.waiting += 1
                    try:
                        self._changed.wait()
                    finally:
                        self.waiting -= 1
            try:
                self._close(ended)  # they count until they are gone, so this comes before the next look
            except BaseException:
                if found:
                    self.release(found)
                raise
            if found:
                return found

    def release(self, environment: Environment) -> None:
        """The invoke is over: the environment becomes idle, or ends when it is broken or retired."""
        wake = False
        with self._changed:
            keep = environment.state is Environment__State.READY and not environment.retired and not self._stopped
            if keep:
                spec = environment.spec
                environment.idle_since = time.monotonic()
                self._idle.setdefault((spec.arn, spec.version), []).append(environment)
                self._changed.notify()
                if not environment.provisioned:
                    wake, self._timer_set = not self._timer_set, True
        if not keep:
            self._close([environment])
        elif wake:
            self._spawner.wake()

    def retire(self, arn: str, keep_revision: Optional[str]) -> None:
        """End a function's idle environments now, the busy ones after their invoke.

        With keep_revision: only those of $LATEST at another revision, since a published version doesn't change.
        """
        with self._changed:
            if keep_revision is None:
                self._provisioned = {key: number for key, number in self._provisioned.items() if key[0] != arn}
            for environment in self._all:
                spec = environment.spec
                outdated = spec.version == '$LATEST' and spec.revision != keep_revision
                if spec.arn == arn and (keep_revision is None or outdated):
                    environment.retired = True
            ended = self._take_idle(lambda environment: environment.retired)
        self._close(ended)

    def provision(self, arn: str, versions: Mapping[str, int]) -> None:
        """Say how many environments of a function's versions there shall be ahead of any invoke; ends those over it.

        start_provisioned() starts them. Those that end by themselves are replaced when an invoke needs them.
        """
        with self._changed:
            kept = {key: number for key, number in self._provisioned.items() if key[0] != arn}
            self._provisioned = kept | {(arn, version): number for version, number in versions.items()}
            for version in {found.spec.version for found in self._all if found.spec.arn == arn and found.provisioned}:
                idle = self._idle.get((arn, version), [])
                there = sorted(self._provisioned_of(arn, version), key=idle.__contains__)  # what is idle goes first
                for found in there[versions.get(version, 0) :]:
                    found.retired = True
            ended = self._take_idle(lambda environment: environment.retired)
        self._close(ended)

    def start_provisioned(self, spec: Function_Spec) -> Optional[bool]:
        """Start one of those that provision() wants; false when its init fails, None when none is missing."""
        self._runtimes.of(spec.runtime, spec.name)
        with self._changed:
            if self._stopped:
                raise Runtime__Stopped('the data plane is stopping')
            if not self._lacks_provisioned(spec):
                return None
            environment = self._new(spec)
        try:
            return environment.start()
        finally:
            self.release(environment)

    def provisioned(self, arn: str, version: str) -> int:
        """How many environments of the version are there ahead of any invoke, or were."""
        with self._changed:
            there = self._provisioned_of(arn, version)
            return sum(found.state in (Environment__State.READY, Environment__State.BUSY) for found in there)

    def expire(self) -> Optional[float]:
        """End what has been idle for too long; seconds until the next may be, or None when none is idle."""
        with self._changed:
            limit = time.monotonic() - self._idle_seconds
            ended = self._take_idle(lambda found: found.idle_since <= limit and not found.provisioned)
            left = [found.idle_since for idle in self._idle.values() for found in idle if not found.provisioned]
            self._timer_set = bool(left)
        self._close(ended)
        return max(min(left) - limit, 0) if left else None

    def stop(self) -> None:
        """End all environments, and wait until they are gone; idempotent."""
        with self._changed:
            self._stopped = True
            ended = self._take_idle(lambda environment: True)
            for environment in self._all:
                environment.kill()
            self._changed.notify_all()
        self._close(ended)
        with self._changed:  # the threads that used the others end them
            self._changed.wait_for(lambda: not self._all, self.STOP_SECONDS)
        self._spawner.stop()
        self._watcher.stop()
        self._runtimes.remove()
        if self._folder.is_dir() and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def counts(self) -> tuple[int, int]:
        """How many environments there are, and how many of them are busy."""
        with self._changed:
            return len(self._all), len(self._all) - sum(len(idle) for idle in self._idle.values())

    def _take_or_make(self, spec: Function_Spec) -> Optional[Environment]:
        """The idle one that was used last, else a new one; None when there are too many."""
        idle = self._idle.get((spec.arn, spec.version))
        if idle:
            ahead = (
                [found for found in idle if found.provisioned] if (spec.arn, spec.version) in self._provisioned else ()
            )
            if not ahead:
                return idle.pop()
            idle.remove(ahead[-1])
            return ahead[-1]
        return self._new(spec) if len(self._all) < self._max_environments else None

    def _provisioned_of(self, arn: str, version: str) -> list[Environment]:
        """Those of a version that are there ahead of any invoke, or are starting."""
        of_version = [found for found in self._all if found.spec.arn == arn and found.spec.version == version]
        return [found for found in of_version if found.provisioned and not found.retired]

    def _lacks_provisioned(self, spec: Function_Spec) -> bool:
        wanted = self._provisioned.get((spec.arn, spec.version), 0)
        return wanted > 0 and len(self._provisioned_of(spec.arn, spec.version)) < wanted

    def _new(self, spec: Function_Spec) -> Environment:
        if self._lacks_provisioned(spec):
            spec = replace(spec, initialization='provisioned-concurrency')
        folder = self._folder / secrets.token_hex(8)
        runtime_folder, namespace = self._runtimes.of(spec.runtime), self._isolation.mode == 'namespace'

        def worker(log: Log_Collector) -> Worker:
            about = namespace, spec.memory_size, self._freeze
            return Worker(self._spawner, self._watcher, runtime_folder, log, *about)

        try:
            environment = Environment(spec, folder, runtime_folder, worker, self._log_sink, namespace)
        except OSError as error:  # no descriptors left
            raise Runtime__Start_Failed(f'no environment for {spec.name}: {error}') from error
        self._all.add(environment)
        self.cold_starts += 1
        return environment

    def _take_stale(self, spec: Function_Spec) -> list[Environment]:
        """Those idle ones of the same version that are at another revision, taken out of the idle ones."""
        key = (spec.arn, spec.version)
        idle = self._idle.get(key, [])
        if all(environment.spec.revision == spec.revision for environment in idle):
            return []
        self._idle[key] = [environment for environment in idle if environment.spec.revision == spec.revision]
        return [environment for environment in idle if environment.spec.revision != spec.revision]

    def _take_oldest(self) -> Optional[Environment]:
        """The one that has been idle for the longest time, taken out of the idle ones."""
        candidates = (found for idle in self._idle.values() for found in idle if not found.provisioned)
        oldest = min(candidates, key=lambda found: found.idle_since, default=None)
        if oldest:
            self._idle[oldest.spec.arn, oldest.spec.version].remove(oldest)
        return oldest

    def _take_idle(self, wanted: Callable[[Environment], bool]) -> list[Environment]:
        """Those idle ones that are wanted, taken out of the idle ones."""
        taken = [environment for idle in self._idle.values() for environment in idle if wanted(environment)]
        left = {
            key: [environment for environment in idle if not wanted(environment)] for key, idle in self._idle.items()
        }
        self._idle = {key: idle for key, idle in left.items() if idle}
        return taken

    def _close(self, environments: Collection[Environment]) -> None:
        """End environments that nobody can get any more; without the lock."""
        for environment in environments:
            environment.kill()  # all are ending before the first is waited for
        with contextlib.ExitStack() as stack:  # each of them, also when the sink fails for one
            for environment in environments:
                stack.callback(self._end, environment)

    def _end(self, environment: Environment) -> None:
        try:
            environment.close()
        finally:
            with self._changed:
                self._all.discard(environment)
                self._changed.notify_all()
