import json
from typing import Any

from botocore.model import Shape

from osbot_lambda.local.server.protocol.Output_Serializer import Output_Serializer


class Rest_Output:
    """Where the result of one REST operation (or an error's fields) goes in the answer: status, headers, body.

    A payload blob is the raw body; a payload structure is the whole JSON body.
    """

    def __init__(self, shape: Shape, serializer: Output_Serializer):
        self.status_member = ''
        self.headers = []
        self.payload: str = shape.serialization.get('payload', '')
        self.serialize = serializer.compile_structure(
            shape, only=lambda member: not member.serialization.get('location')
        )
        self.payload_is_raw = False
        for name, member in shape.members.items():
            location, wire_name = member.serialization.get('location'), member.serialization.get('name', name)
            if location == 'statusCode':
                self.status_member = name
            elif location == 'header':
                self.headers.append((name, wire_name, serializer.compile_text(member)))
            elif name == self.payload:
                self.payload_is_raw = member.type_name in ('blob', 'string')

    def status(self, output: dict[str, Any], default: int) -> int:
        """The HTTP status: the engine's when the shape has a member for it, else the model's."""
        return output.get(self.status_member) or default

    def header_values(self, output: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        """The headers that carry members."""
        return tuple((wire, text(output[name])) for name, wire, text in self.headers if output.get(name) is not None)

    def body(self, output: dict[str, Any]) -> bytes:
        """The body."""
        if not self.payload:
            return dump(self.serialize(output))
        payload = output.get(self.payload)
        if self.payload_is_raw:
            return payload.encode() if isinstance(payload, str) else (payload or b'')
        return dump(self.serialize(output).get(self.payload, {}))


def dump(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(',', ':')).encode()
