import base64
import io
import json

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY

from osbot_lambda.aws.lambda_ import Lambda as module
from osbot_lambda.errors import Aws__Connection, Aws__Invalid, Aws__Not_Found, Aws__Throttled, Invoke__Failed

BOOM = {'errorMessage': 'boom', 'errorType': 'ValueError', 'requestId': 'r-1', 'stackTrace': ['  File "x"\n']}
LOG = 'START RequestId: r-1 Version: $LATEST\nREPORT RequestId: r-1\tDuration: 2.90 ms\tBilled Duration: 3 ms\t\n'


def _answer(stub, body: bytes, sent: dict | None = None, error: bool = False, log: str = '', **fields):
    response = {'StatusCode': 200, 'ExecutedVersion': '$LATEST', **fields}
    response |= {'Payload': StreamingBody(io.BytesIO(body), len(body)), 'ResponseMetadata': {'RequestId': 'r-1'}}
    if error:
        response['FunctionError'] = 'Unhandled'
    if log:
        response['LogResult'] = base64.b64encode(log.encode()).decode()
    stub.add_response('invoke', response, sent)


class test_Lambda__Invoke:
    @pytest.mark.parametrize(
        ('payload', 'body'),
        [
            (None, b'{}'),
            ({}, b'{}'),
            ([], b'[]'),
            (0, b'0'),
            ('', b'""'),
            (False, b'false'),
            ({'key': 'ü'}, b'{"key": "\\u00fc"}'),
            (b'[1]', b'[1]'),
        ],
        ids=repr,
    )
    def test_the_event_is_what_was_given(self, function, stub, payload, body):
        sent = {'FunctionName': 'f', 'InvocationType': 'RequestResponse', 'LogType': 'None', 'Payload': body}
        _answer(stub, b'1', sent)
        assert function.invoke(payload) == 1

    @pytest.mark.parametrize(
        'value', [None, {}, [], 0, '', False, 1.5, {'error': None}, 'text', {'raw': [1]}], ids=repr
    )
    def test_invoke_returns_what_the_handler_returned(self, function, stub, value):
        _answer(stub, json.dumps(value).encode())
        found = function.invoke()
        assert (found, type(found)) == (value, type(value))

    def test_bytes_that_are_not_json_come_back_as_text(self, function, stub):
        _answer(stub, b'<html>')
        assert function.invoke() == '<html>'

    def test_invoke_gives_the_handlers_error(self, function, stub):
        _answer(stub, json.dumps(BOOM).encode(), error=True)
        assert function.invoke() == {'error': 'boom'}

    def test_invoke_gives_the_calls_error(self, function, stub):
        stub.add_client_error('invoke', 'ResourceNotFoundException', 'Function not found: f', 404)
        answer = function.invoke()
        assert 'Function not found: f' in answer['error']
        assert isinstance(answer['exception'], Aws__Not_Found)

    def test_invoke_gives_what_is_wrong_with_the_payload(self, function):
        assert 'not JSON' in function.invoke({1, 2})['error']

    def test_an_error_without_a_message_has_its_type(self, function, stub):
        _answer(stub, b'{"errorType": "KeyError", "errorMessage": ""}', error=True)
        assert function.invoke() == {'error': 'KeyError'}

    def test_invoke_raw_has_the_whole_answer(self, function, stub):
        sent = {
            'FunctionName': 'f',
            'InvocationType': 'RequestResponse',
            'LogType': 'Tail',
            'Payload': b'{"a": 1}',
            'Qualifier': 'prod',
            'ClientContext': base64.b64encode(b'{"custom": {"x": "y"}}').decode(),
        }
        _answer(stub, b'[2]', sent)
        answer = function.invoke_raw({'a': 1}, {'custom': {'x': 'y'}}, 'Tail', 'prod')
        assert (answer['status'], answer['name'], answer['data']) == ('ok', 'f', [2])
        assert answer['response']['StatusCode'] == 200
        assert answer['response']['ResponseMetadata']['RequestId'] == 'r-1'

    @pytest.mark.parametrize('method', ['invoke', 'invoke_return_logs', 'invoke_async', 'invoke_dry_run'])
    def test_a_version_or_alias_can_be_invoked(self, function, stub, method):
        _answer(
            stub,
            b'1',
            {'FunctionName': 'f', 'InvocationType': ANY, 'Payload': b'{}', 'Qualifier': 'prod'}
            | ({'LogType': ANY} if method in ('invoke', 'invoke_return_logs') else {}),
        )
        assert getattr(function, method)(qualifier='prod')

    def test_a_client_context_that_is_not_json_is_said_in_the_answer(self, function):
        answer = function.invoke_raw({}, client_context={'a': {1}})
        assert (answer['status'], type(answer['exception'])) == ('error', Aws__Invalid)

    def test_invoke_raw_of_a_failing_handler(self, function, stub):
        _answer(stub, json.dumps(BOOM).encode(), error=True)
        answer = function.invoke_raw()
        assert (answer['status'], answer['error'], answer['data']) == ('error', 'boom', BOOM)
        assert answer['response']['FunctionError'] == 'Unhandled'
        with pytest.raises(Invoke__Failed, match='function f: ValueError: boom'):
            raise answer['exception']

    def test_invoke_raw_of_a_failing_call(self, function, stub):
        stub.add_client_error('invoke', 'TooManyRequestsException', 'Rate Exceeded.', 429)
        answer = function.invoke_raw()
        assert answer['status'] == 'error'
        assert answer['name'] == 'f'
        assert 'Rate Exceeded.' in answer['error']
        assert isinstance(answer['exception'], Aws__Throttled)

    def test_invoke_return_logs(self, function, stub):
        _answer(stub, b'{"a": 1}', log=LOG)
        assert function.invoke_return_logs({}) == {
            'status': 'ok',
            'name': 'f',
            'return_value': {'a': 1},
            'execution_logs': LOG,
            'request_id': 'r-1',
        }

    def test_invoke_return_logs_of_a_failing_handler_has_its_logs(self, function, stub):
        _answer(stub, json.dumps(BOOM).encode(), error=True, log=LOG)
        answer = function.invoke_return_logs()
        assert (answer['status'], answer['error'], answer['execution_logs']) == ('error', 'boom', LOG)
        assert isinstance(answer['exception'], Invoke__Failed)

    def test_invoke_return_logs_of_a_failing_call(self, function, stub):
        stub.add_client_error('invoke', 'ResourceNotFoundException', 'no', 404)
        answer = function.invoke_return_logs()
        assert (answer['status'], answer['return_value'], answer['execution_logs']) == ('error', None, '')
        assert isinstance(answer['exception'], Aws__Not_Found)

    def test_invoke_result_is_typed(self, function, stub):
        _answer(stub, b'{"error": "a value of the handler"}', log=LOG)
        result = function.invoke_result()
        assert result.raise_on_error().value == {'error': 'a value of the handler'}
        assert (result.request_id, result.executed_version) == ('r-1', '$LATEST')
        assert (result.logs, result.duration_ms, result.billed_ms) == (LOG, 2.9, 3)

    def test_invoke_result_of_a_failing_handler(self, function, stub):
        _answer(stub, json.dumps(BOOM).encode(), error=True)
        with pytest.raises(Invoke__Failed, match='function f: ValueError: boom'):
            function.invoke_result(logs=False).raise_on_error()

    def test_invoke_result_of_a_failing_call_raises(self, function, stub):
        stub.add_client_error('invoke', 'ResourceNotFoundException', 'no', 404)
        with pytest.raises(Aws__Not_Found):
            function.invoke_result()

    def test_an_answer_that_breaks_off_is_a_connection_error(self, function, stub):
        response = {'StatusCode': 200, 'Payload': StreamingBody(io.BytesIO(b'{"a"'), 100)}
        stub.add_response('invoke', response)
        with pytest.raises(Aws__Connection, match='Invoke of f'):
            function.invoke_result()

    @pytest.mark.parametrize(
        ('method', 'kind', 'status'), [('invoke_async', 'Event', 202), ('invoke_dry_run', 'DryRun', 204)]
    )
    def test_other_ways_to_invoke(self, function, stub, method, kind, status):
        sent = {'FunctionName': 'f', 'InvocationType': kind, 'Payload': b'{"a": 1}'}
        _answer(stub, b'', sent, StatusCode=status)
        answer = getattr(function, method)({'a': 1})
        assert (answer['StatusCode'], 'Payload' in answer) == (status, False)

    def test_async_of_what_is_not_there_raises(self, function, stub):
        stub.add_client_error('invoke', 'ResourceNotFoundException', 'no', 404)
        with pytest.raises(Aws__Not_Found):
            function.invoke_async()

    def test_async_of_what_is_not_json_raises(self, function):
        with pytest.raises(Aws__Invalid):
            function.invoke_async(object())

    def test_helper_functions_invoke_by_name(self, function, stub):
        sent = {'FunctionName': 'f', 'InvocationType': 'RequestResponse', 'LogType': 'None', 'Payload': b'[]'}
        _answer(stub, b'"ok"', sent)
        assert module.invoke_lambda('f', [], session_kwargs=function.session) == 'ok'
        _answer(stub, b'', {'FunctionName': 'f', 'InvocationType': 'Event', 'Payload': b'{}'}, StatusCode=202)
        assert module.invoke_lambda_async('f', session_kwargs=function.session)['StatusCode'] == 202
