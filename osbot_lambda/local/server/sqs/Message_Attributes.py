import hashlib
import re
import struct
from collections.abc import Collection, Mapping
from typing import Any, Optional

from osbot_lambda.local.server.sqs.Sqs_Errors import Sqs_Errors


class Message_Attributes:
    """The sender's attributes of a message: checks, size, MD5, and a receiver's choice of them.

    Shapes : {'name': {'DataType': 'String' | 'Number' | 'Binary' [+ '.label'], 'StringValue' | 'BinaryValue': ...}}.
    Errors : Api__Error InvalidParameterValue.
    Source : SQS developer guide, "Amazon SQS message metadata" and "Calculating the MD5 message digest".
    """

    MAX_COUNT = 10
    NAME = re.compile(r'(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)')
    RESERVED = re.compile(r'(aws|amazon)\.', re.IGNORECASE)

    @classmethod
    def check(cls, attributes: Mapping[str, Mapping[str, Any]]) -> None:
        """Raises when AWS would refuse them."""
        if len(attributes) > cls.MAX_COUNT:
            raise Sqs_Errors.invalid(
                f'Number of message attributes [{len(attributes)}] exceeds the allowed maximum [{cls.MAX_COUNT}].'
            )
        for name, attribute in attributes.items():
            if not cls.NAME.fullmatch(name) or cls.RESERVED.match(name):
                raise Sqs_Errors.invalid(
                    f"The message (user) attribute name '{name}' is invalid. It can contain A-Z, a-z, 0-9, '_', '-' "
                    f"and '.', and must not start with 'AWS.' or 'Amazon.', nor start or end with '.', "
                    f'nor hold two in a row.'
                )
            cls.check_value(name, attribute)

    @classmethod
    def check_value(cls, name: str, attribute: Mapping[str, Any]) -> None:
        """Raises when a type or value is one that AWS refuses."""
        data_type = attribute.get('DataType') or ''
        kind = data_type.partition('.')[0]
        if not data_type:
            raise Sqs_Errors.invalid(
                f"The message (user) attribute '{name}' must contain a non-empty message attribute type."
            )
        if kind not in ('String', 'Number', 'Binary') or len(data_type) > 256:
            raise Sqs_Errors.invalid(
                f"The type of message (user) attribute '{name}' is invalid. You must use only the following "
                f'supported type prefixes: Binary, Number, String.'
            )
        value = attribute.get('BinaryValue' if kind == 'Binary' else 'StringValue')
        if not value:
            raise Sqs_Errors.invalid(
                f"The message (user) attribute '{name}' must contain a non-empty value of type '{kind}'."
            )
        if kind == 'Number':
            try:
                float(value)
            except ValueError:
                message = f"Can't cast the value of message (user) attribute '{name}' to a number."
                raise Sqs_Errors.invalid(message) from None

    @staticmethod
    def size(attributes: Mapping[str, Mapping[str, Any]]) -> int:
        """Bytes that count towards the message's size: names, types and values."""
        return sum(
            len(text_bytes(name)) + len(text_bytes(attribute.get('DataType'))) + len(value_bytes(attribute))
            for name, attribute in attributes.items()
        )

    @staticmethod
    def md5(attributes: Mapping[str, Mapping[str, Any]]) -> Optional[str]:
        """MD5OfMessageAttributes as AWS computes it, or None without attributes.

        By name: length and bytes of name and type, 1 for text or 2 for binary, length and bytes of the value.
        """
        if not attributes:
            return None
        digest = hashlib.md5(usedforsecurity=False)
        for name in sorted(attributes):
            attribute = attributes[name]
            is_binary = attribute['DataType'].startswith('Binary')
            for part in (text_bytes(name), text_bytes(attribute['DataType'])):
                digest.update(struct.pack('!I', len(part)) + part)
            value = value_bytes(attribute)
            digest.update((b'\x02' if is_binary else b'\x01') + struct.pack('!I', len(value)) + value)
        return digest.hexdigest()

    @staticmethod
    def chosen(attributes: dict[str, dict[str, Any]], names: Collection[str]) -> dict[str, dict[str, Any]]:
        """Those that a receiver asked for: by name, 'prefix.*', 'All' or '.*'."""
        if not attributes or 'All' in names or '.*' in names:
            return attributes if names else {}
        prefixes = tuple(name[:-2] for name in names if name.endswith('.*'))
        return {name: item for name, item in attributes.items() if name in names or name.startswith(prefixes)}


def text_bytes(text: Optional[str]) -> bytes:
    """UTF-8 of a text; lone surrogates are none of our business here."""
    return (text or '').encode('utf-8', 'surrogatepass')


def value_bytes(attribute: Mapping[str, Any]) -> bytes:
    """The bytes of an attribute's value; nothing when it has none (check() refuses it then)."""
    if (attribute.get('DataType') or '').startswith('Binary'):
        return bytes(attribute.get('BinaryValue') or b'')
    return text_bytes(attribute.get('StringValue'))
