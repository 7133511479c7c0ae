import base64
import binascii
from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Async_Invokes import Async_Invokes
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Function_Version import LATEST
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Payload_Check import Payload_Check
from osbot_lambda.runtime.Invocation import Invocation


class Invoke_Operation:
    """The Invoke operation: RequestResponse, Event and DryRun."""

    LOG_TAIL = 4096

    def __init__(self, runner: Function_Runner, async_invokes: Async_Invokes):
        self.runner, self.async_invokes = runner, async_invokes

    def invoke(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """Run a function, queue an event for it, or only look whether it could be run.

        Raises Api__Error: payload too large (413) or no JSON (400), no such function or version (404), and what
        Function_Runner.run raises.
        """
        kind = params.get('InvocationType') or 'RequestResponse'
        payload = Payload_Check(params.get('Payload') or b'')
        payload.check_size(event=kind == 'Event')
        ref = Function_Ref.of(context, params)
        function = self.runner.functions.find(ref)
        version = function.chosen_version(ref.qualifier) if function else None
        if function is None or version is None:
            raise Lambda_Errors.function_not_found(f'{ref.unqualified_arn}:{ref.qualifier or LATEST}')
        data = payload.json_bytes()
        if kind == 'DryRun':
            return {'StatusCode': 204, 'Payload': b''}
        trace_id = context.trace_id or self.runner.new_trace_id()
        if kind == 'Event':
            event = Invocation(context.request_id, data, ref.arn, None, trace_id)
            self.async_invokes.submit(ref, function, event)
            return {'StatusCode': 202, 'Payload': b''}
        client_context = self._client_context(params.get('ClientContext'))
        invocation = Invocation(context.request_id, data, ref.arn, client_context, trace_id)
        result = self.runner.run(function, version, invocation)
        answer = {'StatusCode': 200, 'ExecutedVersion': result.executed_version, 'Payload': result.payload}
        if result.function_error:
            answer['FunctionError'] = result.function_error
        if params.get('LogType') == 'Tail':
            answer['LogResult'] = base64.b64encode(result.log[-self.LOG_TAIL :]).decode()
        return answer

    def _client_context(self, given: Optional[str]) -> Optional[str]:
        if not given:
            return None
        try:
            return base64.b64decode(given, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Lambda_Errors.bad_content('Client context must be a valid Base64-encoded JSON object.') from None
