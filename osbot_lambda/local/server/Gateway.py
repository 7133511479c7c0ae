import logging
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Optional

from osbot_lambda.local.server.Accounts import Accounts
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Caller import Caller
from osbot_lambda.local.server.Control_Api import Control_Api
from osbot_lambda.local.server.Error_Response import Error_Response
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response

log = logging.getLogger('osbot_lambda.local')


class Gateway:
    """The one door of the cloud: finds out for which service, account and region a request is, and hands it on.

    Shapes : apis: signing name -> handle(request, context), for the services with an engine of our own;
             other(service, request, context, signed) answers every other service;
             record(service, request, context) is told of each call before it is answered.
    """

    LOOPBACK = re.compile(r'(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:([\w.-]+)\.)?localhost\.?)(?::\d+)?', re.IGNORECASE)
    REGION = re.compile(r'[a-z]{2,}(?:-[a-z0-9]+)+')
    NO_REGION = frozenset({'', 'aws-global', 'us-east-1-global'})
    S3_HOST = re.compile(r'(?:^|\.)s3(?:[.-][a-z0-9-]+)?$')

    def __init__(
        self,
        apis: Mapping[str, Callable[[Http_Request, Api_Context], Http_Response]],
        other: Callable[[str, Http_Request, Api_Context, bool], Http_Response],
        control: Control_Api,
        accounts: Accounts,
        region: str = 'us-east-1',
        record: Callable[[str, Http_Request, Api_Context], None] = lambda *_: None,
    ):
        self.record = record
        self.apis, self.other, self.control, self.accounts, self.region = apis, other, control, accounts, region
        self.endpoint_url = ''  # said by whoever opens the port; for callers that name us in no usable way

    def handle(self, request: Http_Request, peer: str = '127.0.0.1') -> Http_Response:
        """Answer a request; whatever goes wrong, it is an answer that an AWS client understands."""
        request_id = str(uuid.uuid4())
        service = ''
        try:
            host = self.LOOPBACK.fullmatch(request.headers.get('host', 'localhost'))
            if host is None:
                return self._refuse_host(request, request_id)
            if request.path.startswith(Control_Api.PREFIX):
                return self.control.handle(request, request_id)
            caller = Caller.of(request)
            service = caller.service
            context = self._context(request, caller, host[1], request_id)
            if service == 's3' and host[1]:
                request = self._path_style(request, host[1])
            self.record(service, request, context)
            api = self.apis.get(service)
            response = api(request, context) if api else self.other(service, request, context, caller.signed)
        except Exception as error:
            log.exception('%s %s failed', request.method, request.path)
            text = f'{type(error).__name__}: {error}'
            return Error_Response.of(request, service, 'InternalFailure', text, 500, request_id)
        if response.header('x-amzn-requestid') or response.header('x-amz-request-id'):
            return response
        return replace(response, headers=(*response.headers, ('x-amzn-RequestId', request_id)))

    def _context(self, request: Http_Request, caller: Caller, subdomain: Optional[str], request_id: str) -> Api_Context:
        host = request.headers.get('host', '')
        region = caller.region
        if region in self.NO_REGION or not self.REGION.fullmatch(region):
            region = self.region
        return Api_Context(
            account_id=self.accounts.of(caller.access_key),
            region=region,
            endpoint_url=f'http://{host}' if host and not subdomain else self.endpoint_url,
            request_id=request_id,
            access_key=caller.access_key,
            trace_id=request.headers.get('x-amzn-trace-id'),
        )

    def _path_style(self, request: Http_Request, subdomain: str) -> Http_Request:
        """bucket.localhost and bucket.s3.localhost (also with a region) name the bucket before the path does."""
        bucket = self.S3_HOST.sub('', subdomain)
        if not bucket:
            bucket = self.S3_HOST.sub('', subdomain.rpartition('.')[0])
        return replace(request, path=f'/{bucket}{request.path}') if bucket else request

    def _refuse_host(self, request: Http_Request, request_id: str) -> Http_Response:
        message = (
            f'the Host header names {request.headers.get("host")!r}; the local cloud answers for 127.0.0.1, [::1], '
            f'localhost and *.localhost alone, so that no web page can reach it through a name of its own'
        )
        return Error_Response.of(request, '', 'AccessDeniedException', message, 403, request_id)
