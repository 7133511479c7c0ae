from typing import Any
from urllib.parse import parse_qsl

from botocore.model import Shape

from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.protocol.Input_Parser import Input_Parser, Parse
from osbot_lambda.local.server.protocol.Text_Parser import Text_Parser


class Rest_Input:
    """Where the parameters of one REST operation stand in a request: path, query, headers, body.

    A payload blob is the raw body (absent when empty); a payload structure is the whole JSON body.
    """

    def __init__(self, shape: Shape, parser: Input_Parser):
        self.labels: dict[str, tuple[str, Parse]] = {}
        self.queries: dict[str, tuple[str, Parse, bool]] = {}
        self.headers: list[tuple[str, str, Parse]] = []
        self.payload = shape.serialization.get('payload')
        self.payload_is_raw = False
        self.parse_body = parser.compile_structure(shape, only=is_in_body)
        self.has_body = not self.payload and any(is_in_body(member) for member in shape.members.values())
        for name, member in shape.members.items():
            location, wire_name = member.serialization.get('location'), member.serialization.get('name', name)
            if location == 'uri':
                self.labels[wire_name] = name, Text_Parser().compile(member)
            elif location == 'querystring':
                self.queries[wire_name] = name, Text_Parser().compile(member), member.type_name == 'list'
            elif location == 'header':
                self.headers.append((wire_name.lower(), name, Text_Parser().compile(member)))
            elif name == self.payload:
                self.payload_is_raw = member.type_name in ('blob', 'string')
                self.parse_body = parser.compile(member)

    def read(self, request: Http_Request, labels: dict[str, str]) -> dict[str, Any]:
        """All parameters of a request, unchecked."""
        params: dict[str, Any] = {}
        if self.payload:
            if request.body:
                raw = self.payload_is_raw
                params[self.payload] = request.body if raw else self.parse_body(Input_Parser.read_json(request.body))
        elif self.has_body:
            params.update(self.parse_body(Input_Parser.read_json(request.body)))
        for wire_name, text in labels.items():
            name, convert = self.labels[wire_name]
            params[name] = convert(text)
        for wire_name, text in parse_qsl(request.query, keep_blank_values=True) if request.query else ():
            if wire_name in self.queries:
                name, convert, is_list = self.queries[wire_name]
                if is_list:
                    params.setdefault(name, []).append(convert(text))
                else:
                    params[name] = convert(text)
        for wire_name, name, convert in self.headers:
            if wire_name in request.headers:
                params[name] = convert(request.headers[wire_name])
        return params


def is_in_body(member: Shape) -> bool:
    """Is a member part of the JSON body?"""
    return not member.serialization.get('location')
