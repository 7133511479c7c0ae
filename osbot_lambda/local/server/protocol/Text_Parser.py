from collections.abc import Callable
from typing import Any

from botocore.model import Shape

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.protocol.Input_Parser import parse_blob, parse_timestamp


class Text_Parser:
    """Turns the text of a header, a query string or a form field into a value of its shape.

    Errors : Api__Error SerializationException for text that is no such value.
    """

    def compile(self, shape: Shape) -> Callable[[str], Any]:
        """The function that parses the text of one scalar of this shape; of a list, its members one by one."""
        return TEXT_SCALARS[shape.member.type_name if shape.type_name == 'list' else shape.type_name]


def text_integer(text: str) -> int:
    """Digits become an int."""
    try:
        return int(text)
    except ValueError:
        raise Api__Error('SerializationException', 'STRING_VALUE can not be converted to an Integer') from None


def text_double(text: str) -> float:
    """A number becomes a float."""
    try:
        return float(text)
    except ValueError:
        raise Api__Error('SerializationException', 'STRING_VALUE can not be converted to a Double') from None


def text_boolean(text: str) -> bool:
    """true or false, in any case."""
    if text.lower() in ('true', 'false'):
        return text.lower() == 'true'
    raise Api__Error('SerializationException', 'STRING_VALUE can not be converted to a Boolean')


def text_timestamp(text: str) -> Any:
    """Epoch seconds or ISO 8601."""
    try:
        return parse_timestamp(float(text))
    except ValueError:
        return parse_timestamp(text)


TEXT_SCALARS: dict[str, Callable[[str], Any]] = {
    'string': str,
    'integer': text_integer,
    'long': text_integer,
    'float': text_double,
    'double': text_double,
    'boolean': text_boolean,
    'blob': parse_blob,
    'timestamp': text_timestamp,
}
