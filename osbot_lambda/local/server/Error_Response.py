import json
from typing import Any
from xml.sax.saxutils import escape

from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response


class Error_Response:
    """An error of the gateway's own, in the form that the caller's AWS client reads.

    Shapes : JSON {'__type', 'message'}; S3's <Error>; the query APIs' <ErrorResponse>.
    """

    XML_SERVICES = frozenset({'cloudfront', 'route53'})

    @classmethod
    def of(
        cls, request: Http_Request, service: str, code: str, message: str, status: int, request_id: str
    ) -> Http_Response:
        """The answer for this request to this service (its signing name)."""
        content_type = request.headers.get('content-type', '')
        if service == 's3':
            body = (
                f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(code)}</Code>'
                f'<Message>{escape(message)}</Message><RequestId>{request_id}</RequestId></Error>'
            )
            return cls._xml(body, status, request_id)
        is_form = content_type.startswith('application/x-www-form-urlencoded')
        if service in cls.XML_SERVICES or (is_form and 'x-amz-target' not in request.headers):
            kind = 'Sender' if status < 500 else 'Receiver'
            body = (
                f'<ErrorResponse><Error><Type>{kind}</Type><Code>{escape(code)}</Code>'
                f'<Message>{escape(message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>'
            )
            return cls._xml(body, status, request_id)
        return cls.json({'__type': code, 'message': message}, status, request_id, ('x-amzn-ErrorType', code))

    @classmethod
    def json(cls, body: Any, status: int, request_id: str, *headers: tuple[str, str]) -> Http_Response:
        """A JSON document; it need not be an error."""
        text = json.dumps(body).encode()
        head = (('Content-Type', 'application/json'), ('x-amzn-RequestId', request_id), *headers)
        return Http_Response(status, head, text)

    @classmethod
    def _xml(cls, body: str, status: int, request_id: str) -> Http_Response:
        headers = (('Content-Type', 'application/xml'), ('x-amzn-RequestId', request_id))
        return Http_Response(status, headers, body.encode())
