import json
import re
from dataclasses import dataclass
from typing import Any, Optional

from osbot_lambda.errors import Invoke__Failed
from osbot_lambda.schemas.Html_Table import Html_Table

LONGEST_REPR = 300  # characters of the value in a repr

REPORT = {
    'duration_ms': (r'\tDuration: ([\d.]+) ms', float),
    'billed_ms': (r'\tBilled Duration: (\d+) ms', int),
    'memory_size_mb': (r'\tMemory Size: (\d+) MB', int),
    'memory_used_mb': (r'\tMax Memory Used: (\d+) MB', int),
    'init_ms': (r'\tInit Duration: ([\d.]+) ms', float),
}


@dataclass(frozen=True, slots=True)
class Invoke_Result:
    """What one synchronous invoke answered.

    Shapes : value is what the handler returned, parsed (None after an error). function_error is 'Unhandled' or None;
             error_type, error_message and stack_trace come from the error's payload. logs is the last 4 KB of the log,
             '' when they weren't asked for.
    Units  : _ms milliseconds, _mb MiB; they are read from the log's REPORT line, and None without it.
    """

    name: str
    value: Any
    request_id: str
    executed_version: str = ''
    function_error: Optional[str] = None
    error_type: str = ''
    error_message: str = ''
    stack_trace: tuple[str, ...] = ()
    logs: str = ''
    duration_ms: Optional[float] = None
    billed_ms: Optional[int] = None
    init_ms: Optional[float] = None
    memory_size_mb: Optional[int] = None
    memory_used_mb: Optional[int] = None

    @classmethod
    def of(
        cls,
        name: str,
        value: Any,
        request_id: str,
        executed_version: str = '',
        function_error: Optional[str] = None,
        logs: str = '',
    ) -> 'Invoke_Result':
        """The result with what the error's payload and the REPORT line say filled in."""
        error = value if isinstance(value, dict) else {'errorMessage': value}
        failed: dict[str, Any] = (
            {
                'error_type': str(error.get('errorType') or function_error),
                'error_message': str(error.get('errorMessage') or ''),
                'stack_trace': tuple(str(line) for line in error.get('stackTrace') or ()),
            }
            if function_error
            else {}
        )
        return cls(
            name=name,
            value=None if function_error else value,
            request_id=request_id,
            executed_version=executed_version,
            function_error=function_error,
            logs=logs,
            **failed,
            **cls._report(logs),
        )

    @property
    def ok(self) -> bool:
        """Whether the handler returned."""
        return self.function_error is None

    @property
    def exception(self) -> Optional[Invoke__Failed]:
        """The error to raise; None when the handler returned."""
        if self.function_error is None:
            return None
        return Invoke__Failed(self.name, self.error_type, self.error_message, self.stack_trace, self.request_id)

    def raise_on_error(self) -> 'Invoke_Result':
        """Itself, when the handler returned; else raises Invoke__Failed.

        lambda_func.invoke_result(event).raise_on_error().value"""
        if self.exception is not None:
            raise self.exception
        return self

    def __repr__(self) -> str:
        said = repr(self.value) if self.ok else f'{self.error_type}: {self.error_message}'
        if len(said) > LONGEST_REPR:
            said = f'{said[: LONGEST_REPR - 1]}…'
        parts = [
            f'{self.name} {"returned" if self.ok else "failed:"} {said}',
            *(f'{name} {text}' for name, text in self._times().items()),
        ]
        return f'<Invoke_Result {", ".join(parts)}>'

    def _repr_html_(self) -> str:
        facts = {
            'value': _pretty(self.value) if self.ok else None,
            'error': None if self.ok else f'{self.error_type}: {self.error_message}',
            'stack trace': ''.join(self.stack_trace),
            **self._times(),
            'request id': self.request_id,
            'version': self.executed_version,
            'log': self.logs,
        }
        return Html_Table.of_facts(f'{self.name}: {"ok" if self.ok else "failed"}', facts).html()

    def _times(self) -> dict[str, str]:
        """What the REPORT line said, in words."""
        found = {
            'duration': (self.duration_ms, '{} ms'),
            'billed': (self.billed_ms, '{} ms'),
            'init': (self.init_ms, '{} ms'),
            'memory': (self.memory_used_mb, f'{{}} of {self.memory_size_mb} MB'),
        }
        return {name: text.format(value) for name, (value, text) in found.items() if value is not None}

    @staticmethod
    def _report(logs: str) -> dict[str, Any]:
        lines = [line for line in logs.splitlines() if line.startswith('REPORT RequestId: ')]
        found = {}
        for name, (pattern, kind) in REPORT.items():
            if lines and (match := re.search(pattern, lines[-1])):
                found[name] = kind(match[1])
        return found


def _pretty(value: Any) -> str:
    try:
        return json.dumps(value, indent=2, ensure_ascii=False, default=repr)
    except (TypeError, ValueError, RecursionError):
        return repr(value)
