"""What Lambda itself writes into the log of an environment, as JSON."""

import json
from datetime import UTC, datetime
from typing import Any, Optional

from osbot_lambda.runtime.Function_Spec import Function_Spec
from osbot_lambda.runtime.Log_Collector import Log_Collector
from osbot_lambda.runtime.Log_Level import Log_Level
from osbot_lambda.runtime.Outcome import Outcome
from osbot_lambda.runtime.Platform_Log import Platform_Log
from osbot_lambda.runtime.Platform_Text import Platform_Text


class Platform_Log__Json(Platform_Log):
    """What Lambda itself writes into the log of one environment, in the JSON format: platform.* events.

    An event is left out when its level is below the function's SystemLogLevel.
    Source : recorded platform.start and platform.report; AWS "Telemetry API Event schema", "System log level event
             mapping".
    """

    def __init__(self, spec: Function_Spec, log: Log_Collector):
        super().__init__(spec, log)
        self._least = Log_Level.named(spec.system_log_level)

    def init_start(self) -> None:
        """platform.initStart."""
        version, version_arn = Platform_Text.runtime_version(self.spec.runtime, self.spec.region)
        record = {
            'initializationType': self.spec.initialization,
            'phase': 'init',
            'runtimeVersion': version,
            'runtimeVersionArn': version_arn,
            'functionName': self.spec.name,
            'functionVersion': self.spec.version,
        }
        self._write('initStart', Log_Level.INFO, record)

    def init_end(self, init_ms: float, phase: str, status: str, error_type: Optional[str]) -> None:
        """platform.initRuntimeDone and platform.initReport."""
        begin = {'initializationType': self.spec.initialization, 'phase': phase}
        end = {'status': status, **self._error(status, error_type)}
        report = Log_Level.DEBUG if self.spec.initialization == 'on-demand' else Log_Level.INFO
        self._write('initRuntimeDone', self._level(status, Log_Level.DEBUG), {**begin, **end})
        metrics = {'metrics': {'durationMs': round(init_ms, 3)}}
        self._write('initReport', self._level(status, report), {**begin, **end, **metrics})

    def start(self, request_id: str) -> None:
        """platform.start."""
        record = {'requestId': request_id, 'functionArn': self.spec.arn, 'version': self.spec.version}
        self._write('start', Log_Level.INFO, record)

    def end(self, request_id: str, outcome: Outcome, duration_ms: float) -> None:
        """platform.runtimeDone."""
        status = self._status(outcome)
        produced = 0 if outcome.error_type else len(outcome.payload)
        record = {
            'requestId': request_id,
            'status': status,
            **self._error(status, outcome.error_type),
            'metrics': {'durationMs': round(duration_ms, 3), 'producedBytes': produced},
        }
        self._write('runtimeDone', self._level(status, Log_Level.DEBUG), record)

    def report(
        self,
        request_id: str,
        outcome: Outcome,
        duration_ms: float,
        billed_ms: int,
        max_memory_mb: int,
        init_ms: Optional[float],
    ) -> None:
        """platform.report."""
        status = self._status(outcome)
        metrics: dict[str, float] = {
            'durationMs': round(duration_ms, 3),
            'billedDurationMs': billed_ms,
            'memorySizeMB': self.spec.memory_size,
            'maxMemoryUsedMB': max_memory_mb,
        }
        if init_ms is not None:
            metrics['initDurationMs'] = round(init_ms, 3)
        record = {
            'requestId': request_id,
            'metrics': metrics,
            'status': status,
            **self._error(status, outcome.error_type),
        }
        self._write('report', self._level(status, Log_Level.INFO), record)

    @staticmethod
    def _status(outcome: Outcome) -> str:
        return outcome.status or ('error' if outcome.error_type else 'success')

    @staticmethod
    def _error(status: str, error_type: Optional[str]) -> dict[str, str]:
        """The platform knows its own error types alone."""
        if status != 'error':
            return {}
        own = (error_type or '').startswith(('Runtime.', 'Function.', 'Sandbox.'))
        return {'errorType': str(error_type) if own else 'Runtime.Unknown'}

    @staticmethod
    def _level(status: str, normal: Log_Level) -> Log_Level:
        return normal if status == 'success' else Log_Level.WARN

    def _write(self, kind: str, level: Log_Level, record: dict[str, Any]) -> None:
        if level >= self._least:
            now = datetime.now(UTC).isoformat(timespec='milliseconds')[:23] + 'Z'
            event = {'time': now, 'type': f'platform.{kind}', 'record': record}
            self.log.platform(json.dumps(event, separators=(',', ':')) + '\n')
