"""The lines and payloads that Lambda itself writes, not the function."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Optional


class Platform_Text:
    """The log lines and error payloads that Lambda itself writes.

    Source : responses and logs recorded from AWS (text log format; TAB between fields, and at the end on success).
    """

    # the words are those of Go's syscall.Signal, which the service is written in
    SIGNALS = {
        1: 'hangup',
        2: 'interrupt',
        3: 'quit',
        4: 'illegal instruction',
        5: 'trace/breakpoint trap',
        6: 'aborted',
        7: 'bus error',
        8: 'floating point exception',
        9: 'killed',
        10: 'user defined signal 1',
        11: 'segmentation fault',
        12: 'user defined signal 2',
        13: 'broken pipe',
        14: 'alarm clock',
        15: 'terminated',
    }

    @classmethod
    def runtime_version(cls, runtime: str, region: str) -> tuple[str, str]:
        """Name and ARN of the runtime version that a runtime ('python3.12') has; the ARN is GetFunction's."""
        digest = hashlib.sha256(runtime.encode()).hexdigest()
        return f'{runtime.replace("python", "python:")}.v1', f'arn:aws:lambda:{region}::runtime:{digest}'

    @classmethod
    def init_start(cls, runtime: str, region: str) -> str:
        """The INIT_START line."""
        version, arn = cls.runtime_version(runtime, region)
        return f'INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n'

    @classmethod
    def init_report(cls, init_ms: float, phase: str, status: str, error_type: Optional[str]) -> str:
        """The INIT_REPORT line, phase is 'init' or 'invoke', status 'success', 'error' or 'timeout'."""
        line = f'INIT_REPORT Init Duration: {init_ms:.2f} ms\tPhase: {phase}\tStatus: {status}'
        return f'{line}\tError Type: {error_type}\n' if status == 'error' else f'{line}\n'

    @classmethod
    def start(cls, request_id: str, version: str) -> str:
        """The START line."""
        return f'START RequestId: {request_id} Version: {version}\n'

    @classmethod
    def end(cls, request_id: str) -> str:
        """The END line."""
        return f'END RequestId: {request_id}\n'

    @classmethod
    def report(
        cls,
        request_id: str,
        duration_ms: float,
        billed_ms: int,
        memory_size: int,
        max_memory_mb: int,
        init_ms: Optional[float],
        status: str,
        error_type: Optional[str],
    ) -> str:
        """The REPORT line; status is '', 'timeout' or 'error'."""
        line = (
            f'REPORT RequestId: {request_id}\tDuration: {duration_ms:.2f} ms\tBilled Duration: {billed_ms} ms\t'
            f'Memory Size: {memory_size} MB\tMax Memory Used: {max_memory_mb} MB\t'
        )
        if init_ms is not None:
            line += f'Init Duration: {init_ms:.2f} ms\t'
        if status:
            line += f'Status: {status}'
        if status == 'error':
            line += f'\tError Type: {error_type}'
        return line + '\n'

    @classmethod
    def timed_out(cls, request_id: str, timeout: float) -> str:
        """The line about a timeout, between START and END."""
        now = datetime.now(UTC).isoformat(timespec='milliseconds')[:23]
        return f'{now}Z {request_id} Task timed out after {timeout:.2f} seconds\n'

    @classmethod
    def timeout_message(cls, request_id: str, timeout: float) -> str:
        """errorMessage of a timeout."""
        return f'RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds'

    @classmethod
    def exit_message(cls, request_id: str, exit_code: int) -> str:
        """errorMessage of a worker that ended by itself; exit_code as subprocess has it (-9: killed by signal 9)."""
        if exit_code == 0:
            return f'RequestId: {request_id} Error: Runtime exited without providing a reason'
        if exit_code > 0:
            reason = f'exit status {exit_code}'
        else:
            reason = f'signal: {cls.SIGNALS.get(-exit_code, -exit_code)}'
        return f'RequestId: {request_id} Error: Runtime exited with error: {reason}'

    @classmethod
    def too_large_message(cls, limit: int) -> str:
        """errorMessage of a response over the limit, in bytes."""
        return f'Response payload size exceeded maximum allowed payload size ({limit} bytes).'

    @classmethod
    def error_payload(cls, error_type: str, message: str) -> bytes:
        """The payload of an error found by Lambda and not by the runtime: compact JSON, errorType first."""
        return json.dumps({'errorType': error_type, 'errorMessage': message}, separators=(',', ':')).encode()
