"""How detailed a log event is."""

import json
from enum import IntEnum
from typing import Optional


class Log_Level(IntEnum):
    """How detailed a log event is, as LoggingConfig and the frames of awslambdaric count it.

    An event that says no level counts as INFO.
    Source : awslambdaric's frame types (0xA55A00..: the level above two bits of format); AWS "Log-level filtering".
    """

    TRACE = 1
    DEBUG = 2
    INFO = 3
    WARN = 4
    ERROR = 5
    FATAL = 6

    @classmethod
    def named(cls, name: object) -> 'Log_Level':
        """The level of that name, in either case; also Python's own names."""
        text = str(name).upper()
        return cls.__members__.get({'WARNING': 'WARN', 'CRITICAL': 'FATAL'}.get(text, text), cls.INFO)

    @classmethod
    def of_frame(cls, kind: int) -> 'Log_Level':
        """The level of a frame; kind is the last byte of its type."""
        number = kind >> 2
        return cls(number) if cls.TRACE <= number <= cls.FATAL else cls.INFO

    @classmethod
    def of_line(cls, line: bytes) -> 'Log_Level':
        """The level of a line written to stdout or stderr: what a JSON object with a timestamp says under 'level'."""
        found = cls._object(line) if line.startswith(b'{') else None
        if found is None or 'timestamp' not in found:
            return cls.INFO
        return cls.named(found.get('level'))

    @staticmethod
    def _object(line: bytes) -> Optional[dict[str, object]]:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None
