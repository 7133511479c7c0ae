import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn, Optional

from botocore.model import Shape

from osbot_lambda.errors import Api__Error

Parse = Callable[[Any], Any]
JSON_KINDS = {str: 'STRING_VALUE', bool: 'BOOLEAN_VALUE', int: 'NUMBER_VALUE', float: 'NUMBER_VALUE'}


class Input_Parser:
    """Turns parsed JSON into an operation's parameters, by their shapes.

    Each shape is compiled once into a function. Unknown members and nulls are left out, as AWS does.
    Shapes : blobs become bytes, timestamps aware datetimes (UTC).
    Errors : Api__Error SerializationException for a value of the wrong type.
    """

    def __init__(self) -> None:
        self.structures: dict[str, Parse] = {}

    def compile(self, shape: Shape) -> Parse:
        """The function that parses one value of this shape."""
        return getattr(self, 'compile_' + shape.type_name, self.compile_scalar)(shape)

    @staticmethod
    def read_json(body: bytes) -> Any:
        """The JSON of a request's body; an empty one is {}. Raises Api__Error SerializationException.

        Half of a surrogate pair is refused: no text that an engine stores or passes on could hold it.
        """
        if not body:
            return {}
        try:
            parsed = json.loads(body)
            if b'\\ud' in body or b'\\uD' in body:
                json.dumps(parsed, ensure_ascii=False).encode()
            return parsed
        except (ValueError, RecursionError) as error:
            message = f'Could not parse request body into json: {error}'
            raise Api__Error('SerializationException', message) from None

    def compile_structure(self, shape: Shape, only: Optional[Callable[[Shape], bool]] = None) -> Parse:
        """Parses an object; `only` picks members (those of a REST body), and is for the outermost shape."""
        if only is None and shape.name in self.structures:
            return self.structures[shape.name]
        members: dict[str, tuple[str, Parse]] = {}

        def parse(value: Any) -> dict[str, Any]:
            if not isinstance(value, dict):
                refuse(value, 'Structure')
            parsed = {}
            for key, item in value.items():
                if item is not None and key in members:
                    name, convert = members[key]
                    parsed[name] = convert(item)
            return parsed

        if only is None:
            self.structures[shape.name] = parse  # before its members: a shape may hold itself
        for name, member in shape.members.items():
            if only is None or only(member):
                members[member.serialization.get('name', name)] = name, self.compile(member)
        return parse

    def compile_list(self, shape: Shape) -> Parse:
        """Parses an array."""
        convert = self.compile(shape.member)

        def parse(value: Any) -> list[Any]:
            if not isinstance(value, list):
                refuse(value, 'List')
            return [convert(item) for item in value if item is not None]

        return parse

    def compile_map(self, shape: Shape) -> Parse:
        """Parses an object whose keys are data."""
        convert = self.compile(shape.value)

        def parse(value: Any) -> dict[str, Any]:
            if not isinstance(value, dict):
                refuse(value, 'Map')
            return {key: convert(item) for key, item in value.items() if item is not None}

        return parse

    def compile_scalar(self, shape: Shape) -> Parse:
        """Parses a value that holds no other."""
        return SCALARS[shape.type_name]


def refuse(value: Any, wanted: str) -> NoReturn:
    """Raises AWS's words for a value of the wrong type."""
    kind = JSON_KINDS.get(type(value), 'START_ARRAY' if isinstance(value, list) else 'START_OBJECT')
    raise Api__Error(
        'SerializationException', f'{kind} can not be converted to {"an" if wanted[0] in "AEI" else "a"} {wanted}'
    )


def parse_string(value: Any) -> str:
    """Text stays text."""
    return value if isinstance(value, str) else refuse(value, 'String')


def parse_integer(value: Any) -> int:
    """A whole number; 3.0 is one, True isn't."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    refuse(value, 'Integer')


def parse_double(value: Any) -> float:
    """Any number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    refuse(value, 'Double')


def parse_boolean(value: Any) -> bool:
    """true or false."""
    return value if isinstance(value, bool) else refuse(value, 'Boolean')


def parse_blob(value: Any) -> bytes:
    """Base64 text becomes bytes."""
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError):
        refuse(value, 'Blob')


def parse_timestamp(value: Any) -> datetime:
    """Epoch seconds, or ISO 8601 text, becomes an aware datetime."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return datetime.fromtimestamp(value, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        refuse(value, 'Timestamp')


SCALARS: dict[str, Parse] = {
    'string': parse_string,
    'integer': parse_integer,
    'long': parse_integer,
    'float': parse_double,
    'double': parse_double,
    'boolean': parse_boolean,
    'blob': parse_blob,
    'timestamp': parse_timestamp,
}
