import json
from typing import Any, Optional

from botocore.model import Shape

from osbot_lambda.local.server.protocol.Event_Stream import Event_Stream
from osbot_lambda.local.server.protocol.Output_Serializer import Output_Serializer


class Rest_Output:
    """Where the result of one REST operation (or an error's fields) goes in the answer: status, headers, body.

    A payload blob is the raw body; a payload structure is the whole JSON body; a payload event stream is its messages.
    """

    def __init__(self, shape: Shape, serializer: Output_Serializer):
        self.status_member = ''
        self.headers = []
        self.payload: str = shape.serialization.get('payload', '')
        self.serialize = serializer.compile_structure(
            shape, only=lambda member: not member.serialization.get('location')
        )
        self.payload_is_raw = False
        self.event_stream: Optional[Event_Stream] = None
        for name, member in shape.members.items():
            location, wire_name = member.serialization.get('location'), member.serialization.get('name', name)
            if location == 'statusCode':
                self.status_member = name
            elif location == 'header':
                self.headers.append((name, wire_name, serializer.compile_text(member)))
            elif name == self.payload:
                self.payload_is_raw = member.type_name in ('blob', 'string')
                if member.serialization.get('eventstream'):
                    self.event_stream = Event_Stream(member)

    def status(self, output: dict[str, Any], default: int) -> int:
        """The HTTP status: the engine's when the shape has a member for it, else the model's."""
        return output.get(self.status_member) or default

    def header_values(self, output: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        """The headers that carry members, and those of '_headers', which the model doesn't know."""
        found = ((wire, text(output[name])) for name, wire, text in self.headers if output.get(name) is not None)
        return (*found, *output.get('_headers', ()))

    def body(self, output: dict[str, Any]) -> bytes:
        """The body."""
        if not self.payload:
            return dump(self.serialize(output))
        payload = output.get(self.payload)
        if self.event_stream:
            return self.event_stream.encode(payload or ())
        if self.payload_is_raw:
            return payload.encode() if isinstance(payload, str) else (payload or b'')
        return dump(self.serialize(output).get(self.payload, {}))


def dump(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(',', ':')).encode()
