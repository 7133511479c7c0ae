import json
from collections.abc import Callable
from typing import Any, Optional

from osbot_lambda.local.server.Error_Response import Error_Response
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response


class Control_Api:
    """What isn't AWS's, over the same endpoint: JSON under `/_osbot_lambda/`.

    Shapes : GET health -> {'status': 'ok', …}; POST reset {'account_id': '12 digits' or null} -> {'reset': …};
             POST calls {'account_id', 'region', 'function_name'} -> {'calls': [Call_Recorder.calls()]};
             GET code/<sha> -> the zip that GetFunction's Code.Location names;
             anything of url/<id>/… -> 501, or 403 for an id that no function URL has.
    """

    PREFIX = '/_osbot_lambda/'

    def __init__(
        self,
        health: Callable[[], dict[str, Any]],
        reset: Callable[[Optional[str]], None],
        code: Callable[[str], Optional[bytes]],
        url: Callable[[str], Optional[str]],
        calls: Callable[[str, str, str], list[dict[str, Any]]],
    ):
        self._health, self._reset, self._code, self._url, self._calls = health, reset, code, url, calls

    def handle(self, request: Http_Request, request_id: str) -> Http_Response:
        """Answer a request whose path starts with PREFIX."""
        name, _, rest = request.path.removeprefix(self.PREFIX).partition('/')
        if (request.method, name) == ('GET', 'health'):
            return Error_Response.json({'status': 'ok', **self._health()}, 200, request_id)
        if (request.method, name) == ('POST', 'reset'):
            return self._do_reset(request, request_id)
        if (request.method, name) == ('POST', 'calls'):
            return self._list_calls(request, request_id)
        if (request.method, name) == ('GET', 'code') and (data := self._code(rest)) is not None:
            return Http_Response(200, (('Content-Type', 'application/zip'), ('x-amzn-RequestId', request_id)), data)
        if name == 'url':
            return self._call_url(rest.partition('/')[0], request_id)
        message = (
            f'there is no {request.method} {request.path}; there are GET health, POST reset, POST calls, GET code/<sha>'
        )
        return self._error('NotFound', message, 404, request_id)

    def _do_reset(self, request: Http_Request, request_id: str) -> Http_Response:
        try:
            asked = json.loads(request.body or b'{}')
            account_id = asked.get('account_id')
        except (ValueError, AttributeError):
            return self._error('BadRequest', 'the body is no JSON object', 400, request_id)
        if account_id is not None and not (isinstance(account_id, str) and len(account_id) == 12):
            return self._error('BadRequest', f'account_id {account_id!r} is not 12 digits', 400, request_id)
        self._reset(account_id)
        return Error_Response.json({'reset': account_id or 'all'}, 200, request_id)

    def _list_calls(self, request: Http_Request, request_id: str) -> Http_Response:
        try:
            asked = json.loads(request.body or b'{}')
            about = [str(asked[name]) for name in ('account_id', 'region', 'function_name')]
        except (ValueError, TypeError, KeyError):
            message = 'the body is no JSON object with account_id, region and function_name'
            return self._error('BadRequest', message, 400, request_id)
        return Error_Response.json({'calls': self._calls(*about)}, 200, request_id)

    def _call_url(self, url_id: str, request_id: str) -> Http_Response:
        arn = self._url(url_id)
        if arn is None:
            return Error_Response.json({'Message': None}, 403, request_id)  # as AWS
        message = f'the local cloud does not serve function URLs yet; this one is of {arn}: invoke that'
        return self._error('NotImplemented', message, 501, request_id)

    def _error(self, code: str, message: str, status: int, request_id: str) -> Http_Response:
        return Error_Response.json({'error': code, 'message': message}, status, request_id)
