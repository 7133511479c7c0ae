import json
from base64 import b64decode, b64encode
from typing import Any, Optional

from osbot_lambda.aws.Aws__Call_Errors import Aws__Call_Errors
from osbot_lambda.aws.lambda_.Lambda__Base import Lambda__Base
from osbot_lambda.errors import Aws__Error
from osbot_lambda.schemas.Invoke_Result import Invoke_Result


class Lambda__Invoke(Lambda__Base):
    """Run the function.

    Shapes : payload is anything that JSON can say, or bytes that are JSON already; None is the empty event {}.
             client_context is a dict of at most 3583 bytes as base64; qualifier a version number or an alias.
    Errors : invoke(), invoke_raw() and invoke_return_logs() answer with a dict when the function or the call failed;
             'exception' in it is the error: an Aws__Error when the call failed, and, in the two that have a status,
             Invoke__Failed when the function ran and ended with one. The other methods raise Aws__Error.
    Note   : a handler may return {'error': …}, and None or a number, in which `'error' in response` can't be asked.
             invoke_result() tells a function that failed from a value, whatever that is.
    """

    def invoke(self, payload: Any = None, qualifier: Optional[str] = None) -> Any:
        """What the handler returned, whatever it is; {'error': message} when it failed, {'error': message,
        'exception': Aws__Error} when it couldn't be invoked.

        lambda_func.invoke({'key': 'value'})"""
        answer = self.invoke_raw(payload, qualifier=qualifier)
        if answer['status'] == 'ok':
            return answer['data']
        if 'response' in answer:
            return {'error': answer['error']}
        return {'error': answer['error'], 'exception': answer['exception']}

    def invoke_raw(
        self,
        payload: Any = None,
        client_context: Optional[dict[str, Any]] = None,
        log_type: str = 'None',
        qualifier: Optional[str] = None,
    ) -> dict[str, Any]:
        """{'status': 'ok', 'name', 'data': what the handler returned, 'response': the whole answer}, or {'status':
        'error', 'name', 'error': message, 'data': the error's payload, 'exception'}, with 'response' when the function
        was reached. log_type='Tail' asks for the log: the response's 'LogResult', base64.

        lambda_func.invoke_raw({'key': 'value'})['response']['StatusCode']"""
        try:
            value, response = self._invoke(payload, client_context, log_type, qualifier)
        except Aws__Error as error:
            return {
                'status': 'error',
                'name': self.name,
                'error': str(error),
                'data': str(error),
                'exception': error,
            }
        answer = {'status': 'ok', 'name': self.name, 'data': value, 'response': response}
        return _with_failure(answer, self._result(value, response))

    def invoke_return_logs(self, payload: Any = None, qualifier: Optional[str] = None) -> dict[str, Any]:
        """{'status': 'ok', 'name', 'return_value', 'execution_logs': the last 4 KB of the log, 'request_id'}; status
        'error', with 'error': message, 'exception' and the same keys, when it failed.

        print(lambda_func.invoke_return_logs({'key': 'value'})['execution_logs'])"""
        try:
            result = self.invoke_result(payload, qualifier)
        except Aws__Error as error:
            return {
                'status': 'error',
                'name': self.name,
                'error': str(error),
                'exception': error,
                'return_value': None,
                'execution_logs': '',
                'request_id': error.request_id,
            }
        answer = {
            'status': 'ok',
            'name': self.name,
            'return_value': result.value,
            'execution_logs': result.logs,
            'request_id': result.request_id,
        }
        return _with_failure(answer, result)

    def invoke_result(
        self,
        payload: Any = None,
        qualifier: Optional[str] = None,
        client_context: Optional[dict[str, Any]] = None,
        logs: bool = True,
    ) -> Invoke_Result:
        """The value or the error, with logs, request id, version, and times when logs are asked for.

        lambda_func.invoke_result({'key': 'value'}).raise_on_error().value"""
        return self._result(*self._invoke(payload, client_context, 'Tail' if logs else 'None', qualifier))

    def invoke_async(self, payload: Any = None, qualifier: Optional[str] = None) -> dict[str, Any]:
        """Hand the event over, to be run in the background; {'StatusCode': 202, 'ResponseMetadata'}.

        lambda_func.invoke_async({'key': 'value'})['StatusCode']      # 202"""
        return self._call_invoke('Event', payload, Qualifier=qualifier)[1]

    def invoke_dry_run(self, payload: Any = None, qualifier: Optional[str] = None) -> dict[str, Any]:
        """Ask whether the caller may invoke it, without running it; {'StatusCode': 204, 'ResponseMetadata'}.

        lambda_func.invoke_dry_run({'key': 'value'})['StatusCode']      # 204"""
        return self._call_invoke('DryRun', payload, Qualifier=qualifier)[1]

    def _invoke(
        self, payload: Any, client_context: Optional[dict[str, Any]], log_type: str, qualifier: Optional[str]
    ) -> tuple[Any, dict[str, Any]]:
        context = None
        if client_context is not None:
            context = b64encode(self.to_json(client_context, 'Invoke', self.name).encode()).decode()
        body, response = self._call_invoke(
            'RequestResponse', payload, LogType=log_type, ClientContext=context, Qualifier=qualifier
        )
        return _parsed(body), response

    def _call_invoke(self, invocation_type: str, payload: Any, **parameters: Any) -> tuple[bytes, dict[str, Any]]:
        response = self.call_with_metadata(
            'invoke',
            FunctionName=self.name,
            InvocationType=invocation_type,
            Payload=self._body(payload),
            **parameters,
        )
        with Aws__Call_Errors('lambda', 'Invoke', {'FunctionName': self.name}):
            stream = response.pop('Payload', None)
            return (stream.read() if stream else b''), response

    def _result(self, value: Any, response: dict[str, Any]) -> Invoke_Result:
        return Invoke_Result.of(
            name=self.name,
            value=value,
            request_id=response.get('ResponseMetadata', {}).get('RequestId', ''),
            executed_version=response.get('ExecutedVersion', ''),
            function_error=response.get('FunctionError'),
            logs=b64decode(response.get('LogResult', '')).decode('utf-8', 'replace'),
        )

    def _body(self, payload: Any) -> bytes:
        if payload is None:
            return b'{}'
        if isinstance(payload, bytes):
            return payload
        return self.to_json(payload, 'Invoke', self.name).encode()


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:  # a handler that returns bytes has them sent as they are
        return body.decode('utf-8', 'replace')


def _with_failure(answer: dict[str, Any], result: Invoke_Result) -> dict[str, Any]:
    """The answer; of a function that failed, with the error in it."""
    if result.ok:
        return answer
    error = result.error_message or result.error_type
    return {**answer, 'status': 'error', 'error': error, 'exception': result.exception}
