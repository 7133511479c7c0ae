import json
from typing import Any, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.protocol.Event_Stream import Event_Stream
from osbot_lambda.local.server.protocol.Input_Parser import Input_Parser
from osbot_lambda.local.server.protocol.Input_Validator import Input_Validator
from osbot_lambda.local.server.protocol.Output_Serializer import Output_Serializer
from osbot_lambda.local.server.protocol.Rest_Input import Rest_Input
from osbot_lambda.local.server.protocol.Rest_Output import Rest_Output
from osbot_lambda.local.server.protocol.Route_Table import Route_Table
from osbot_lambda.local.server.protocol.Service_Model import Service_Model


class Protocol__Rest_Json:
    """REST with JSON bodies, as Lambda speaks it: parameters in path, query, headers and body.

    Errors on the wire: the code in the x-amzn-ErrorType header; body {"Type": "User", "message": ...}, where the model
    says whether it is 'message' or 'Message', and some errors (ValidationException) have no Type.
    """

    ERRORS_WITHOUT_TYPE = frozenset(
        (
            'AccessDeniedException',
            'NotImplementedException',
            'SerializationException',
            'UnknownOperationException',
            'ValidationException',
        )
    )

    def __init__(self, model: Service_Model):
        self.model = model
        self.routes = Route_Table(model.operations)
        self.serializer = Output_Serializer()
        parser, validator = Input_Parser(), Input_Validator()
        self.inputs = {
            name: (Rest_Input(operation.input_shape, parser), validator.compile(operation.input_shape))
            for name, operation in model.operations.items()
            if operation.input_shape
        }
        self.outputs = {
            name: Rest_Output(operation.output_shape, self.serializer)
            for name, operation in model.operations.items()
            if operation.output_shape
        }
        self.statuses = {name: operation.http.get('responseCode', 200) for name, operation in model.operations.items()}

    def find(self, request: Http_Request) -> tuple[str, dict[str, str]]:
        """(operation name, labels of the path). Raises Api__Error UnknownOperationException."""
        found = self.routes.find(request.method, request.path, request.query)
        if not found:
            message = f'{self.model.service_name} has no operation at {request.method} {request.path}'
            raise Api__Error('UnknownOperationException', message, 404)
        return found

    def parse(self, name: str, labels: dict[str, str], request: Http_Request) -> dict[str, Any]:
        """The operation's parameters, checked."""
        if name not in self.inputs:
            return {}
        reader, check = self.inputs[name]
        params = reader.read(request, labels)
        check(params)
        return params

    def respond(self, name: str, output: dict[str, Any], context: Api_Context) -> Http_Response:
        """The answer with an operation's result."""
        headers, status = self.headers(context), self.statuses[name]
        if name not in self.outputs:
            return Http_Response(status, headers, b'')
        writer = self.outputs[name]
        status = writer.status(output, status)
        body = b'' if status == 204 else writer.body(output)
        if writer.event_stream:
            headers = ('Content-Type', Event_Stream.CONTENT_TYPE), *headers[1:]
        return Http_Response(status, headers + writer.header_values(output), body)

    def respond_error(self, error: Api__Error, name: Optional[str], context: Api_Context) -> Http_Response:
        """The answer with an error."""
        shape = self.model.error_shape(error.code)
        headers = (*self.headers(context), ('x-amzn-ErrorType', error.code))
        status, fields, members = error.status, dict(error.fields), set(shape.members) if shape else set()
        if shape:
            if status == 400:  # Api__Error's default: the model knows better
                status = shape.metadata.get('error', {}).get('httpStatusCode', status)
            headers += Rest_Output(shape, self.serializer).header_values(fields)
            for member_name, member in shape.members.items():
                if member.serialization.get('location'):
                    fields.pop(member_name, None)
        body: dict[str, Any] = {}
        if 'Type' in members or (not shape and error.code not in self.ERRORS_WITHOUT_TYPE):
            body['Type'] = 'User' if status < 500 else 'Service'
        body.update(fields)
        capital = 'Message' in members or error.code == 'AccessDeniedException'  # which comes from IAM's door
        body.setdefault('Message' if capital else 'message', error.message)
        return Http_Response(status, headers, json.dumps(body).encode())

    def headers(self, context: Api_Context) -> tuple[tuple[str, str], ...]:
        """What every answer carries; Lambda says application/json of an invoke's payload, too."""
        return ('Content-Type', 'application/json'), ('x-amzn-RequestId', context.request_id)
