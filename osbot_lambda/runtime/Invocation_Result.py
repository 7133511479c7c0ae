"""What came of one call of a function."""

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True, slots=True)
class Invocation_Result:
    """What came of one call of a function.

    Shapes : payload is the function's JSON text, or the error's; function_error is 'Unhandled' or None, and then
             error_type names the error ('ValueError', 'Sandbox.Timedout'); log is this invoke's log text from START
             to REPORT (of a log over Log_Collector.MAX_KEPT bytes, its end), one line feed after every event.
    Units  : duration_ms and init_ms in milliseconds (init_ms is None unless this invoke started its environment);
             billed_ms is their sum, rounded up; max_memory_mb in MiB.
    cold tells whether the environment was started for this invoke; note that it ran on another Python than asked for,
    else ''.
    """

    request_id: str
    payload: bytes
    function_error: Optional[str]
    executed_version: str
    log: bytes
    duration_ms: float
    billed_ms: int
    init_ms: Optional[float]
    max_memory_mb: int
    error_type: Optional[str]
    log_stream: str
    cold: bool
    note: str = ''
