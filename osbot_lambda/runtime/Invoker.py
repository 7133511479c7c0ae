"""Runs functions: the entry of the data plane."""

import sys
import threading
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.errors import Runtime__Not_Available
from osbot_lambda.runtime.Environment__Pool import Environment__Pool
from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Invocation_Result import Invocation_Result
from osbot_lambda.runtime.Log_Sink import Log_Sink


class Invoker:
    """Runs functions, each in worker processes of its own, as AWS runs them.

    work_dir is made when it isn't there; what is put into it is removed by stop(), which `with Invoker(…)` calls.
    Over max_environments busy ones, invoke() waits; an environment without work for idle_seconds is ended.
    """

    RUNTIME = f'python{sys.version_info.major}.{sys.version_info.minor}'

    def __init__(self, work_dir: Path, log_sink: Log_Sink, max_environments: int = 1000, idle_seconds: float = 600):
        self._pool = Environment__Pool(work_dir.resolve(), log_sink, max_environments, idle_seconds)
        self._lock = threading.Lock()
        self._invokes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def invoke(self, spec: Function_Spec, invocation: Invocation) -> Invocation_Result:
        """Run the function once, in this thread, until it has ended or its timeout is over.

        What goes wrong in the function is in the result (function_error, error_type).
        Errors : Runtime__Not_Available for a runtime other than RUNTIME; Runtime__Start_Failed; Runtime__Stopped when
                 stop() was called before or meanwhile.
        """
        if spec.runtime != self.RUNTIME:
            raise Runtime__Not_Available(spec.runtime, self.RUNTIME, spec.name)
        with self._lock:
            self._invokes += 1
        while True:
            environment = self._pool.acquire(spec)
            try:
                if environment.new() or environment.reusable():
                    return environment.invoke(invocation)
            finally:
                self._pool.release(environment)

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
