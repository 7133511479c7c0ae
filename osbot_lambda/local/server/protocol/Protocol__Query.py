from typing import Any, Optional
from urllib.parse import urlsplit

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Http_Request import Http_Request
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.protocol.Query_Errors import Query_Errors
from osbot_lambda.local.server.protocol.Query_Input import Query_Input
from osbot_lambda.local.server.protocol.Query_Output import Query_Output
from osbot_lambda.local.server.protocol.Required_Check import Required_Check
from osbot_lambda.local.server.protocol.Service_Model import Service_Model


class Protocol__Query:
    """The query protocol of SQS, for clients older than its JSON form: a form comes in, XML goes out.

    The form stands in the body or in the query string; a request to a queue's own path means that queue.
    Errors on the wire: <ErrorResponse><Error><Type/><Code/><Message/></Error></ErrorResponse> with the old codes.
    """

    def __init__(self, model: Service_Model):
        self.model = model
        version = model.metadata['apiVersion']
        self.namespace = f'http://queue.amazonaws.com/doc/{version}/'
        self.query_input, self.query_output = Query_Input(), Query_Output()
        self.checks = {
            name: Required_Check().compile(operation.input_shape)
            for name, operation in model.operations.items()
            if operation.input_shape
        }

    @staticmethod
    def serves(request: Http_Request) -> bool:
        """Is a request of this protocol?"""
        if 'x-amz-target' in request.headers:
            return False
        is_form = request.headers.get('content-type', '').startswith('application/x-www-form-urlencoded')
        return is_form or 'Action=' in request.query

    def find(self, request: Http_Request) -> tuple[str, dict[str, Any]]:
        """(operation name, the form). Raises Api__Error InvalidAction, as the query protocol calls it."""
        form = self.query_input.fields(request.query)
        form.update(self.query_input.fields(request.body.decode('utf-8', 'replace')))
        name = str(form.get('Action', ''))
        if name not in self.model.operations:
            raise Api__Error('InvalidAction', f'The action {name} is not valid for this endpoint.')
        return name, form

    def parse(self, name: str, form: dict[str, Any], request: Http_Request) -> dict[str, Any]:
        """The operation's parameters, checked."""
        shape = self.model.operations[name].input_shape
        if not shape:
            return {}
        params = self.query_input.structure(shape, form)
        path = urlsplit(request.path).path
        if 'QueueUrl' in shape.members and 'QueueUrl' not in params and path.count('/') == 2:
            params['QueueUrl'] = path
        self.checks[name](params)
        return params

    def respond(self, name: str, output: dict[str, Any], context: Api_Context) -> Http_Response:
        """The answer with an operation's result."""
        shape, xml = self.model.operations[name].output_shape, self.query_output
        result = xml.element(f'{name}Result', xml.structure(shape, output)) if shape else ''
        request_id = xml.element('ResponseMetadata', xml.element('RequestId', context.request_id))
        return self.answer(200, f'{name}Response', result + request_id, context)

    def respond_error(self, error: Api__Error, name: Optional[str], context: Api_Context) -> Http_Response:
        """The answer with an error."""
        xml = self.query_output
        fault = 'Sender' if error.status < 500 else 'Receiver'
        about = xml.element('Type', fault) + xml.element('Code', xml.text(Query_Errors.query_code(error.code)))
        about += xml.element('Message', xml.text(error.message)) + '<Detail/>'
        inner = xml.element('Error', about) + xml.element('RequestId', context.request_id)
        return self.answer(error.status, 'ErrorResponse', inner, context)

    def answer(self, status: int, root: str, inner: str, context: Api_Context) -> Http_Response:
        """A whole XML document."""
        text = f'<?xml version="1.0"?><{root} xmlns="{self.namespace}">{inner}</{root}>'
        headers = ('Content-Type', 'text/xml'), ('x-amzn-RequestId', context.request_id)
        return Http_Response(status, headers, text.encode())
