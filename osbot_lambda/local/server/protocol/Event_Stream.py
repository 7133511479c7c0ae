import binascii
import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.model import Shape


class Event_Stream:
    """The binary event stream in which an operation's output can be sent: messages with headers, payload and checksums.

    Shapes : an event is (name, members), as the model names them; a member is the whole payload where the model says
             so, the others are one JSON object.
    Source : AWS "Event stream encoding" (vnd.amazon.eventstream); header values are of type 7, a string.
    """

    CONTENT_TYPE = 'application/vnd.amazon.eventstream'

    def __init__(self, shape: Shape):
        self.payloads = {
            name: next((key for key, member in event.members.items() if member.serialization.get('eventpayload')), '')
            for name, event in shape.members.items()
        }

    def encode(self, events: Iterable[tuple[str, Mapping[str, Any]]]) -> bytes:
        """All events, as bytes."""
        return b''.join(self._event(name, members) for name, members in events)

    def _event(self, name: str, members: Mapping[str, Any]) -> bytes:
        raw = self.payloads[name]
        body = members[raw] if raw else json.dumps(members, separators=(',', ':')).encode()
        content_type = 'application/octet-stream' if raw else 'application/json'
        headers = {':event-type': name, ':content-type': content_type, ':message-type': 'event'}
        return self.message(headers, body)

    @staticmethod
    def message(headers: Mapping[str, str], payload: bytes) -> bytes:
        """One message: lengths and their checksum, headers, payload, checksum of all."""
        head = b''.join(
            struct.pack('!B', len(key)) + key.encode() + struct.pack('!BH', 7, len(value)) + value.encode()
            for key, value in headers.items()
        )
        prelude = struct.pack('!II', 16 + len(head) + len(payload), len(head))
        message = prelude + struct.pack('!I', binascii.crc32(prelude)) + head + payload
        return message + struct.pack('!I', binascii.crc32(message))
