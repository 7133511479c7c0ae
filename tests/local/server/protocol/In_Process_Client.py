import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from boto3.session import Session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.protocol.Service_Api import Service_Api

ENDPOINT = 'http://127.0.0.1:4566'
ACCOUNT = '111122223333'


def api_context(account_id: str = ACCOUNT, region: str = 'eu-west-1', trace_id: str | None = None) -> Api_Context:
    return Api_Context(account_id, region, ENDPOINT, str(uuid4()), account_id, trace_id)


class Raw(io.BytesIO):
    """A body as botocore reads it from urllib3."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        while chunk := self.read(65536):
            yield chunk


def in_process_client(service: str, engine: object, account_id: str = ACCOUNT, **config: Any) -> Any:
    """A real boto3 client whose requests go to a Service_Api in this process instead of into a socket."""
    api = Service_Api(service, engine)

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        url = urlsplit(request.url)
        body = request.body if isinstance(request.body, bytes) else (request.body or '').encode()
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        response = api.handle(Http_Request(request.method, url.path, url.query, headers, body), api_context(account_id))
        return AWSResponse(request.url, response.status, dict(response.headers), Raw(response.body))

    client = Session().client(
        service,
        region_name='eu-west-1',
        endpoint_url=ENDPOINT,
        aws_access_key_id=account_id,
        aws_secret_access_key='secret',
        config=Config(retries={'total_max_attempts': 1}, **config),
    )
    client.meta.events.register('before-send', answer)
    return client
