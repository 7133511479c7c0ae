import contextlib
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.model import Shape

from osbot_lambda.local.server.Http_Request import Http_Request

VALUES: dict[str, Any] = {
    'string': 'text-of-20-characters',
    'integer': 1,
    'long': 1,
    'double': 1.0,
    'float': 1.0,
    'boolean': True,
    'timestamp': 1_700_000_000,
    'blob': b'bytes',
}


class Sent_Requests:
    """What boto3 sends for an operation, as the gateway gets it; nothing leaves the process."""

    def __init__(self, service: str):
        config = Config(
            s3={'addressing_style': 'path'}, parameter_validation=False, request_checksum_calculation='when_required'
        )
        self.client: Any = boto3.session.Session('111122223333', 'local', 'token', 'eu-west-1').client(
            service, endpoint_url='http://127.0.0.1:1', config=config
        )
        self.sent: list[Http_Request] = []
        self.client.meta.events.register_first('before-send', self._keep)

    def operations(self) -> dict[str, str]:
        """{API name: method}"""
        return {name: method for method, name in self.client.meta.method_to_api_mapping.items()}

    def of(self, operation: str, **parameters: Any) -> Http_Request:
        """The request of an operation; required parameters that aren't given are made up."""
        shape = self.client.meta.service_model.operation_model(operation).input_shape
        given = {**(_made_up(shape) if shape else {}), **parameters}
        with contextlib.suppress(_Sent):
            getattr(self.client, self.operations()[operation])(**given)
        return self.sent.pop()

    def _keep(self, request: Any, **_: Any) -> None:
        url = urlsplit(request.url)
        body = request.body or b''
        body = body.read() if hasattr(body, 'read') else body.encode() if isinstance(body, str) else bytes(body)
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        self.sent.append(Http_Request(request.method, url.path or '/', url.query, headers, body))
        raise _Sent


class _Sent(Exception):
    pass


def _made_up(shape: Shape, depth: int = 0) -> Any:
    if shape.type_name == 'structure':
        required = [] if depth > 3 else shape.required_members
        return {name: _made_up(shape.members[name], depth + 1) for name in required}
    if shape.type_name == 'list':
        return [_made_up(shape.member, depth + 1)]
    if shape.type_name == 'map':
        return {'key': _made_up(shape.value, depth + 1)}
    return shape.enum[0] if getattr(shape, 'enum', None) else VALUES[shape.type_name]
