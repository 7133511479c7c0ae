"""What Lambda itself writes into the log of an environment, as text."""

from typing import Optional

from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Log_Collector import Log_Collector
from osbot_lambda.runtime.Outcome import Outcome
from osbot_lambda.runtime.Platform_Text import Platform_Text


class Platform_Log:
    """What Lambda itself writes into the log of one environment, in the text format.

    Shapes : status is 'success', 'error' or 'timeout'; phase is 'init' or 'invoke'.
    Units  : durations in milliseconds, sizes in bytes, memory in MiB.
    """

    def __init__(self, spec: Function_Spec, log: Log_Collector):
        self.spec, self.log = spec, log

    def init_start(self) -> None:
        """An environment starts."""
        self.log.platform(Platform_Text.init_start(self.spec.runtime, self.spec.region))

    def init_end(self, init_ms: float, phase: str, status: str, error_type: Optional[str]) -> None:
        """An init has ended: told of those that failed, and of those ahead of any invoke."""
        if status != 'success' or self.spec.initialization != 'on-demand':
            self.log.platform(Platform_Text.init_report(init_ms, phase, status, error_type))

    def start(self, request_id: str) -> None:
        """An invoke starts."""
        self.log.platform(Platform_Text.start(request_id, self.spec.version))

    def end(self, request_id: str, outcome: Outcome, duration_ms: float) -> None:
        """The runtime is done with an invoke."""
        if outcome.log_line:
            self.log.platform(outcome.log_line)
        self.log.platform(Platform_Text.end(request_id))

    def report(
        self,
        request_id: str,
        outcome: Outcome,
        duration_ms: float,
        billed_ms: int,
        max_memory_mb: int,
        init_ms: Optional[float],
    ) -> None:
        """What an invoke took; init_ms when its environment was started for it."""
        memory_size, error_type = self.spec.memory_size, outcome.error_type
        self.log.platform(
            Platform_Text.report(
                request_id, duration_ms, billed_ms, memory_size, max_memory_mb, init_ms, outcome.status, error_type
            )
        )
