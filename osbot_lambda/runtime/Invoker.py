"""Runs functions: the entry of the data plane."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.runtime.Environment__Pool import Environment__Pool
from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Invocation_Result import Invocation_Result
from osbot_lambda.runtime.Isolation import Isolation
from osbot_lambda.runtime.Log_Sink import Log_Sink
from osbot_lambda.runtime.Runtime_Folder import HERE, Packages
from osbot_lambda.runtime.Runtimes import Runtimes


class Invoker:
    """Runs functions, each in worker processes of its own, as AWS runs them.

    work_dir is made when it isn't there; what is put into it is removed by stop(), which `with Invoker(…)` calls.
    Over max_environments busy ones, invoke() waits; an environment without work for idle_seconds is ended.
    packages: see Runtime_Folder; run_on_other_python: see Runtimes; isolation: see Isolation. freeze: whether functions
    stand still between invokes, with all threads and processes of theirs.
    """

    RUNTIME = f'python{HERE}'  # that of this process, which is always there

    def __init__(
        self,
        work_dir: Path,
        log_sink: Log_Sink,
        max_environments: int = 1000,
        idle_seconds: float = 600,
        packages: Packages = lambda name, version: None,
        run_on_other_python: bool = False,
        isolation: Optional[str] = None,
        freeze: bool = True,
    ):
        work_dir = work_dir.resolve()
        runtimes = Runtimes(work_dir / 'runtime', packages, run_on_other_python)
        self._isolation = Isolation(isolation)
        self._pool = Environment__Pool(
            work_dir, runtimes, log_sink, max_environments, idle_seconds, self._isolation, freeze
        )
        self._lock = threading.Lock()
        self._invokes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def isolation(self) -> str:
        """'namespace' or 'folders', see Isolation. Runtime__No_Isolation."""
        return self._isolation.mode

    def invoke(self, spec: Function_Spec, invocation: Invocation) -> Invocation_Result:
        """Run the function once, in this thread, until it has ended or its timeout is over.

        What goes wrong in the function is in the result (function_error, error_type).
        Errors : Runtime__Not_Available when this machine has no interpreter of the runtime's version;
                 Runtime__Start_Failed; Runtime__Stopped when stop() was called before or meanwhile.
        """
        with self._lock:
            self._invokes += 1
        while True:
            environment = self._pool.acquire(spec)
            try:
                if environment.new() or environment.reusable():
                    return environment.invoke(invocation)
            finally:
                self._pool.release(environment)

    def provision(self, arn: str, versions: Mapping[str, int]) -> None:
        """Say how many environments of a function's versions there shall be ahead of any invoke; ends those over it.

        start_provisioned() starts them. Those that end by themselves are replaced when an invoke needs them.
        """
        self._pool.provision(arn, versions)

    def start_provisioned(self, spec: Function_Spec) -> Optional[bool]:
        """Start one of those that provision() wants; false when its init fails, None when none is missing.

        Errors : as invoke().
        """
        return self._pool.start_provisioned(spec)

    def provisioned(self, arn: str, version: str) -> int:
        """How many environments of the version are there ahead of any invoke."""
        return self._pool.provisioned(arn, version)

    def retire(self, arn: str, keep_revision: Optional[str] = None) -> None:
        """End the environments of a function: idle ones now, busy ones after their invoke.

        With keep_revision (code or configuration have changed): those of $LATEST at any other revision. Without (the
        function is deleted): all of them. An invoke at a new revision doesn't need this to get a new environment.
        """
        self._pool.retire(arn, keep_revision)

    def stop(self) -> None:
        """Kill all workers, remove their folders, end our thread; returns when that is done. Idempotent."""
        self._pool.stop()

    def stats(self) -> dict[str, int]:
        """How many there are and were: environments, busy, waiting (invokes, for one), cold_starts, invokes."""
        environments, busy = self._pool.counts()
        return {
            'environments': environments,
            'busy': busy,
            'waiting': self._pool.waiting,
            'cold_starts': self._pool.cold_starts,
            'invokes': self._invokes,
        }
