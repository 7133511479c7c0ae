import base64
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Optional

from botocore.model import Shape

Serialize = Callable[[Any], Any]


class Output_Serializer:
    """Turns what an engine returns into what json.dumps takes, by its shape.

    Each shape is compiled once; None means that values go out as they are.
    Shapes : bytes become base64 text, datetimes and epoch floats become what the model says (else epoch seconds).
             Members that are None, or unknown to this botocore, are left out.
    """

    def __init__(self) -> None:
        self.structures: dict[str, Serialize] = {}

    def compile(self, shape: Shape) -> Optional[Serialize]:
        """The function that serialises one value of this shape; None when it stays as it is."""
        kind = shape.type_name
        if kind == 'structure':
            return self.compile_structure(shape)
        if kind == 'list':
            return self.compile_list(shape)
        if kind == 'map':
            return self.compile_map(shape)
        if kind == 'blob':
            return blob_text
        if kind == 'timestamp':
            return timestamp_writer(shape.serialization.get('timestampFormat') or 'unixTimestamp')
        return None

    def compile_structure(self, shape: Shape, only: Optional[Callable[[Shape], bool]] = None) -> Serialize:
        """Serialises an object; `only` picks members (those of a REST body), and is for the outermost shape."""
        if only is None and shape.name in self.structures:
            return self.structures[shape.name]
        members: dict[str, tuple[str, Optional[Serialize]]] = {}

        def serialize(value: Any) -> dict[str, Any]:
            output = {}
            for name, item in value.items():
                if item is not None and name in members:
                    wire_name, convert = members[name]
                    output[wire_name] = convert(item) if convert else item
            return output

        if only is None:
            self.structures[shape.name] = serialize
        for name, member in shape.members.items():
            if only is None or only(member):
                members[name] = member.serialization.get('name', name), self.compile(member)
        return serialize

    def compile_list(self, shape: Shape) -> Optional[Serialize]:
        """Serialises an array."""
        convert = self.compile(shape.member)
        return (lambda value: [convert(item) for item in value]) if convert else None

    def compile_map(self, shape: Shape) -> Optional[Serialize]:
        """Serialises an object whose keys are data."""
        convert = self.compile(shape.value)
        return (lambda value: {key: convert(item) for key, item in value.items()}) if convert else None

    def compile_text(self, shape: Shape) -> Callable[[Any], str]:
        """The function that writes a scalar as the text of a header."""
        if shape.type_name == 'timestamp':
            write = timestamp_writer(shape.serialization.get('timestampFormat') or 'rfc822')
            return lambda value: str(write(value))
        if shape.type_name == 'boolean':
            return lambda value: 'true' if value else 'false'
        return str


def blob_text(value: bytes) -> str:
    """Base64."""
    return base64.b64encode(value).decode()


def timestamp_writer(style: str) -> Callable[[Any], Any]:
    """A function from a datetime or epoch seconds to the model's style of a timestamp."""
    return {'iso8601': iso8601, 'rfc822': rfc822}.get(style, epoch_seconds)


def epoch_seconds(value: Any) -> float:
    """Epoch seconds with milliseconds; a whole number without a fraction."""
    seconds = round(value.timestamp() if isinstance(value, datetime) else float(value), 3)
    return int(seconds) if seconds.is_integer() else seconds


def moment(value: Any) -> datetime:
    """An aware datetime in UTC."""
    return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)


def iso8601(value: Any) -> str:
    """2026-01-31T12:00:00Z"""
    return moment(value).strftime('%Y-%m-%dT%H:%M:%SZ')


def rfc822(value: Any) -> str:
    """Sat, 31 Jan 2026 12:00:00 GMT"""
    return format_datetime(moment(value), usegmt=True)
