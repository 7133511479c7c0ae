import json
from collections.abc import Callable
from typing import Any, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.protocol.Input_Parser import Input_Parser
from osbot_lambda.local.server.protocol.Input_Validator import Input_Validator
from osbot_lambda.local.server.protocol.Output_Serializer import Output_Serializer, Serialize
from osbot_lambda.local.server.protocol.Query_Errors import Query_Errors
from osbot_lambda.local.server.protocol.Required_Check import Required_Check
from osbot_lambda.local.server.protocol.Service_Model import Service_Model


class Protocol__Json:
    """AWS JSON 1.0 and 1.1: POST / with X-Amz-Target 'AmazonSQS.SendMessage', JSON in and out.

    Errors on the wire: {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": ...}; services that were query
    services add 'x-amzn-query-error: <old code>;Sender'.
    """

    def __init__(self, model: Service_Model):
        self.model = model
        self.is_query_compatible = 'awsQueryCompatible' in model.metadata
        self.content_type = f'application/x-amz-json-{model.metadata.get("jsonVersion", "1.0")}'
        self.prefix = model.metadata.get('targetPrefix', '') + '.'
        self.input_parser, self.output_serializer = Input_Parser(), Output_Serializer()
        self.checker = Required_Check() if self.is_query_compatible else Input_Validator()
        self.inputs: dict[str, tuple[Callable[[Any], Any], Callable[[Any], None]]] = {}
        self.outputs: dict[str, Serialize] = {}
        for name, operation in model.operations.items():
            if operation.input_shape:
                shape = operation.input_shape
                self.inputs[name] = self.input_parser.compile(shape), self.checker.compile(shape)
            if operation.output_shape:
                self.outputs[name] = self.output_serializer.compile_structure(operation.output_shape)

    def find(self, request: Http_Request) -> tuple[str, None]:
        """(operation name, nothing more). Raises Api__Error UnknownOperationException."""
        target = request.headers.get('x-amz-target', '')
        name = target.removeprefix(self.prefix)
        if name not in self.model.operations:
            raise Api__Error('UnknownOperationException', f'{self.model.service_name} has no operation {name!r}', 404)
        return name, None

    def parse(self, name: str, detail: None, request: Http_Request) -> dict[str, Any]:
        """The operation's parameters, checked."""
        if name not in self.inputs:
            return {}
        parse, check = self.inputs[name]
        params = parse(Input_Parser.read_json(request.body))
        check(params)
        return params

    def respond(self, name: str, output: dict[str, Any], context: Api_Context) -> Http_Response:
        """The answer with an operation's result."""
        serialize = self.outputs.get(name)
        body = json.dumps(serialize(output), separators=(',', ':')).encode() if serialize else b''
        return Http_Response(200, self.headers(context), body)

    def respond_error(self, error: Api__Error, name: Optional[str], context: Api_Context) -> Http_Response:
        """The answer with an error."""
        code, headers = error.code, self.headers(context)
        if self.is_query_compatible:
            fault = 'Sender' if error.status < 500 else 'Receiver'
            headers += (('x-amzn-query-error', f'{Query_Errors.query_code(code)};{fault}'),)
            code = Query_Errors.json_type(code)
        is_modelled = self.model.error_shape(error.code) is not None
        namespace = f'com.amazonaws.{self.model.service_name}' if is_modelled else 'com.amazon.coral.service'
        body = {'__type': f'{namespace}#{code}', 'message': error.message, **error.fields}
        return Http_Response(error.status, headers, json.dumps(body).encode())

    def headers(self, context: Api_Context) -> tuple[tuple[str, str], ...]:
        """What every answer carries."""
        return ('Content-Type', self.content_type), ('x-amzn-RequestId', context.request_id)
