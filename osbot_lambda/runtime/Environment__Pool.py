"""The execution environments of all functions."""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Runtime__Start_Failed, Runtime__Stopped
from osbot_lambda.runtime.Environment import Environment
from osbot_lambda.runtime.Environment__State import Environment__State
from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Log_Sink import Log_Sink
from osbot_lambda.runtime.Runtime_Folder import Runtime_Folder
from osbot_lambda.runtime.Spawner import Spawner


class Environment__Pool:
    """The execution environments of all functions: who has one to itself, and which wait for the next event.

    An environment serves one function version at one revision. Its lock is held for bookkeeping only, never while a
    worker is started, run or ended.
    Units  : idle_seconds is how long an environment is kept without work.
    """

    STOP_SECONDS = 10.0

    def __init__(self, work_dir: Path, log_sink: Log_Sink, max_environments: int, idle_seconds: float):
        self._folder = work_dir / 'environments'
        self._runtime_folder = Runtime_Folder(work_dir / 'runtime')
        self._log_sink = log_sink
        self._max_environments = max_environments
        self._idle_seconds = idle_seconds
        self._changed = threading.Condition()
        self._all: set[Environment] = set()
        self._idle: dict[tuple[str, str], list[Environment]] = {}  # the last used is the last of its list
        self._timer_set = False
        self._stopped = False
        self._spawner = Spawner(self.expire)
        self.cold_starts = 0
        self.waiting = 0

    def acquire(self, spec: Function_Spec) -> Environment:
        """An environment for one invoke: idle or new; waits while the maximum is busy. Runtime__Stopped."""
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
            for environment in self._all:
                spec = environment.spec
                outdated = spec.version == '$LATEST' and spec.revision != keep_revision
                if spec.arn == arn and (keep_revision is None or outdated):
                    environment.retired = True
            ended = self._take_idle(lambda environment: environment.retired)
        self._close(ended)

    def expire(self) -> Optional[float]:
        """End what has been idle for too long; seconds until the next may be, or None when none is idle."""
        with self._changed:
            limit = time.monotonic() - self._idle_seconds
            ended = self._take_idle(lambda environment: environment.idle_since <= limit)
            left = [environment.idle_since for idle in self._idle.values() for environment in idle]
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
        self._runtime_folder.remove()
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
            return idle.pop()
        return self._new(spec) if len(self._all) < self._max_environments else None

    def _new(self, spec: Function_Spec) -> Environment:
        folder = self._folder / secrets.token_hex(8)
        try:
            environment = Environment(spec, folder, self._runtime_folder, self._spawner, self._log_sink)
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
        oldest = min(
            (idle[0] for idle in self._idle.values() if idle), key=lambda found: found.idle_since, default=None
        )
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
