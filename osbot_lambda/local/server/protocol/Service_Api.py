import logging
from collections.abc import Callable
from typing import Any, Optional, Union

from botocore import xform_name

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.protocol.Protocol__Json import Protocol__Json
from osbot_lambda.local.server.protocol.Protocol__Query import Protocol__Query
from osbot_lambda.local.server.protocol.Protocol__Rest_Json import Protocol__Rest_Json
from osbot_lambda.local.server.protocol.Service_Model import Service_Model

logger = logging.getLogger('osbot_lambda.local')

Protocol = Union[Protocol__Json, Protocol__Rest_Json, Protocol__Query]


class Service_Api:
    """The wire side of one service: a request comes in, the engine's method is called, its answer goes out.

    Routes, parameters, constraints, result and error shapes come from botocore's model of the service.
    Shapes : an engine has methods named as boto3's ('send_message'), each (Api_Context, params) -> dict, with the
             model's CamelCase keys in and out; blobs are bytes, timestamps datetimes or epoch seconds.
    Errors : none are raised. An engine's Api__Error goes out as AWS would send it; an operation that the engine lacks
             is 501 NotImplementedException; anything else that is raised is a 500 with its text, logged.
    """

    def __init__(self, service_name: str, engine: object):
        self.service_name, self.engine = service_name, engine
        self.model = Service_Model(service_name)
        is_rest = self.model.protocol == 'rest-json'
        self.protocol: Protocol = Protocol__Rest_Json(self.model) if is_rest else Protocol__Json(self.model)
        self.query: Optional[Protocol__Query] = None
        if 'awsQueryCompatible' in self.model.metadata:
            self.query = Protocol__Query(self.model)
        self.methods: dict[str, Callable[[Api_Context, dict[str, Any]], Optional[dict[str, Any]]]] = {
            name: getattr(engine, xform_name(name))
            for name in self.model.operations
            if hasattr(engine, xform_name(name))
        }

    def handle(self, request: Http_Request, context: Api_Context) -> Http_Response:
        """The answer to one request."""
        protocol: Any = self.query if self.query and self.query.serves(request) else self.protocol
        name = None
        try:
            name, detail = protocol.find(request)
            method = self.methods.get(name)
            if method is None:
                message = f'{self.service_name}.{name} is not implemented by the local cloud'
                raise Api__Error('NotImplementedException', message, 501)
            params = protocol.parse(name, detail, request)
            return protocol.respond(name, method(context, params) or {}, context)
        except Api__Error as error:
            return protocol.respond_error(error, name, context)
        except Exception as error:  # one request's bug must not take the server down
            logger.exception('%s.%s failed (request id %s)', self.service_name, name, context.request_id)
            code = 'ServiceException' if self.model.error_shape('ServiceException') else 'InternalFailure'
            message = f'{type(error).__name__}: {error}'
            return protocol.respond_error(Api__Error(code, message, 500), name, context)
