import base64
import binascii
from collections.abc import Iterator
from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Async_Invokes import Async_Invokes
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Function_Version import LATEST, Function_Version
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Payload_Check import Payload_Check
from osbot_lambda.local.server.protocol.Event_Stream import Event_Stream
from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Invocation_Result import Invocation_Result


class Invoke_Operation:
    """The operations Invoke (RequestResponse, Event, DryRun) and InvokeWithResponseStream.

    Units  : bytes; LOG_TAIL of the end of the log, MAX_CLIENT_CONTEXT of base64 text, CHUNK of a stream's payload.
    """

    LOG_TAIL = 4096
    MAX_CLIENT_CONTEXT = 3583
    CHUNK = 64 * 1024

    def __init__(self, runner: Function_Runner, async_invokes: Async_Invokes):
        self.runner, self.async_invokes = runner, async_invokes

    def invoke(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """Run a function, queue an event for it, or only look whether it could be run.

        Raises Api__Error: payload too large (413) or no JSON (400), no such function or version (404), and what
        Function_Runner.run raises.
        """
        kind = params.get('InvocationType') or 'RequestResponse'
        ref, function, version, data = self._target(context, params, event=kind == 'Event')
        if kind == 'DryRun':
            return {'StatusCode': 204, 'Payload': b''}
        if kind == 'Event':
            trace_id = context.trace_id or self.runner.new_trace_id()
            event = Invocation(context.request_id, data, ref.arn, None, trace_id)
            self.async_invokes.submit(ref, function, event)
            return {'StatusCode': 202, 'Payload': b''}
        result = self._run(context, params, ref, function, version, data)
        answer = {'StatusCode': 200, 'ExecutedVersion': result.executed_version, 'Payload': result.payload}
        answer |= self._note(result)
        if result.function_error:
            answer['FunctionError'] = result.function_error
        if params.get('LogType') == 'Tail':
            answer['LogResult'] = self._log_tail(result)
        return answer

    def invoke_with_response_stream(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """Run a function, and give what it returns as an event stream; raises what invoke() raises.

        Lambda's Python runtime doesn't stream: the chunks come once the function has ended, with the limit of a
        response that isn't streamed, and a function that fails has none, only ErrorCode and ErrorDetails.
        """
        ref, function, version, data = self._target(context, params, event=False)
        if params.get('InvocationType') == 'DryRun':
            return {'StatusCode': 204}
        result = self._run(context, params, ref, function, version, data)
        return {
            'StatusCode': 200,
            'ExecutedVersion': result.executed_version,
            'ResponseStreamContentType': Event_Stream.CONTENT_TYPE,
            'EventStream': self._events(result, with_log=params.get('LogType') == 'Tail'),
            **self._note(result),
        }

    def _target(
        self, context: Api_Context, params: dict[str, Any], event: bool
    ) -> tuple[Function_Ref, Lambda_Function, Function_Version, bytes]:
        """What is to be run, and with which JSON text."""
        payload = Payload_Check(params.get('Payload') or b'')
        payload.check_size(event)
        ref = Function_Ref.of(context, params)
        function = self.runner.functions.find(ref)
        version = function.chosen_version(ref.qualifier) if function else None
        if function is None or version is None:
            raise Lambda_Errors.function_not_found(f'{ref.unqualified_arn}:{ref.qualifier or LATEST}')
        return ref, function, version, payload.json_bytes()

    def _run(
        self,
        context: Api_Context,
        params: dict[str, Any],
        ref: Function_Ref,
        function: Lambda_Function,
        version: Function_Version,
        data: bytes,
    ) -> Invocation_Result:
        client_context = self._client_context(params.get('ClientContext'))
        trace_id = context.trace_id or self.runner.new_trace_id()
        return self.runner.run(
            function, version, Invocation(context.request_id, data, ref.arn, client_context, trace_id)
        )

    def _events(self, result: Invocation_Result, with_log: bool) -> Iterator[tuple[str, dict[str, Any]]]:
        end: dict[str, Any] = {}
        if result.function_error:
            end = {'ErrorCode': result.function_error, 'ErrorDetails': result.payload.decode(errors='replace')}
        else:
            for begin in range(0, len(result.payload), self.CHUNK):
                yield 'PayloadChunk', {'Payload': result.payload[begin : begin + self.CHUNK]}
        if with_log:
            end['LogResult'] = self._log_tail(result)
        yield 'InvokeComplete', end

    @staticmethod
    def _note(result: Invocation_Result) -> dict[str, Any]:
        """A header that isn't AWS's: the function ran on another Python than it asked for."""
        return {'_headers': (('X-Osbot-Lambda-Note', result.note),)} if result.note else {}

    def _log_tail(self, result: Invocation_Result) -> str:
        tail = result.log[-self.LOG_TAIL :]
        while tail and tail[0] & 0xC0 == 0x80:  # the rest of a letter that is cut: the log can always be decoded
            tail = tail[1:]
        return base64.b64encode(tail).decode()

    def _client_context(self, given: Optional[str]) -> Optional[str]:
        if not given:
            return None
        if len(given) > self.MAX_CLIENT_CONTEXT:
            raise Lambda_Errors.bad_content(f'Client context must be no longer than {self.MAX_CLIENT_CONTEXT} bytes.')
        try:
            return base64.b64decode(given, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Lambda_Errors.bad_content('Client context must be a valid Base64-encoded JSON object.') from None
