import base64
import json
import re

import pytest
from botocore.exceptions import ClientError

from osbot_lambda.errors import Runtime__Start_Failed, Runtime__Stopped
from osbot_lambda.local.server.lambda_.Payload_Check import Payload_Check
from tests.local.server.protocol.In_Process_Client import ACCOUNT, api_context

ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:fn'
CONTEXT = """
def handler(event, context):
    return [context.invoked_function_arn, context.aws_request_id, context.function_version]
"""


def error_of(call, **params):
    with pytest.raises(ClientError) as caught:
        call(**params)
    answer = caught.value.response
    return answer['Error']['Code'], answer['Error']['Message'], answer['ResponseMetadata']['HTTPStatusCode']


class test_request_response:
    def test_the_answer_has_awss_keys(self, rig):
        rig.create()
        answer = rig.client.invoke(FunctionName='fn', Payload=b'{"a": 1}')
        payload = json.loads(answer.pop('Payload').read())
        metadata = answer.pop('ResponseMetadata')
        assert payload == {'a': 1}
        assert answer == {'StatusCode': 200, 'ExecutedVersion': '$LATEST'}
        assert metadata['HTTPStatusCode'] == 200

    def test_no_payload_is_an_empty_event(self, rig):
        rig.create()
        assert json.loads(rig.client.invoke(FunctionName='fn')['Payload'].read()) == {}

    def test_none_comes_back_as_null(self, rig):
        rig.create(code='def handler(event, context): pass')
        assert rig.client.invoke(FunctionName='fn')['Payload'].read() == b'null'

    def test_what_a_function_raises_is_a_function_error_under_200(self, rig):
        rig.create(code='def handler(event, context): raise ValueError("boom")')
        answer = rig.client.invoke(FunctionName='fn')
        assert (answer['StatusCode'], answer['FunctionError']) == (200, 'Unhandled')
        payload = json.loads(answer['Payload'].read())
        assert (payload['errorType'], payload['errorMessage']) == ('ValueError', 'boom')
        assert payload['requestId'] == answer['ResponseMetadata']['RequestId']

    def test_the_log_is_there_only_when_asked_for_and_only_its_last_4_kb(self, rig):
        rig.create(code='def handler(event, context): print("x" * event)')
        assert 'LogResult' not in rig.client.invoke(FunctionName='fn', Payload=b'1', LogType='None')
        short = base64.b64decode(
            rig.client.invoke(FunctionName='fn', Payload=b'3', LogType='Tail')['LogResult']
        ).decode()
        assert re.match(r'START RequestId: \S+ Version: \$LATEST\nxxx\nEND RequestId: ', short)
        long = base64.b64decode(rig.client.invoke(FunctionName='fn', Payload=b'9000', LogType='Tail')['LogResult'])
        assert len(long) == 4096
        assert long.startswith(b'xxx')
        assert b'REPORT RequestId' in long

    def test_the_function_is_told_the_arn_as_the_caller_qualified_it(self, rig):
        rig.create(code=CONTEXT, Publish=True)
        for params, arn, version in [
            ({'FunctionName': 'fn'}, ARN, '$LATEST'),
            ({'FunctionName': ARN}, ARN, '$LATEST'),
            ({'FunctionName': 'fn:1'}, f'{ARN}:1', '1'),
            ({'FunctionName': 'fn', 'Qualifier': '1'}, f'{ARN}:1', '1'),
            ({'FunctionName': 'fn', 'Qualifier': '$LATEST'}, f'{ARN}:$LATEST', '$LATEST'),
        ]:
            answer = rig.client.invoke(**params)
            found = json.loads(answer['Payload'].read())
            assert found == [arn, answer['ResponseMetadata']['RequestId'], version]
            assert answer['ExecutedVersion'] == version

    def test_the_client_context_arrives(self, rig):
        rig.create(code='def handler(event, context): return context.client_context.custom')
        given = base64.b64encode(b'{"custom": {"k": "v"}}').decode()
        assert rig.value(ClientContext=given) == {'k': 'v'}
        code, message, _ = error_of(rig.client.invoke, FunctionName='fn', ClientContext='{}')
        assert code == 'InvalidRequestContentException'
        assert message == 'Client context must be a valid Base64-encoded JSON object.'

    def test_a_trace_header_is_handed_on_and_made_when_there_is_none(self, rig):
        rig.create(code='import os\ndef handler(event, context): return os.environ["_X_AMZN_TRACE_ID"]')
        trace = 'Root=1-5e6722a7-cc56aaaa46db7ae02d4da47e;Parent=0123456789abcdef;Sampled=0'
        answer = rig.engine.invoke(api_context(trace_id=trace), {'FunctionName': 'fn'})
        assert json.loads(answer['Payload']) == trace
        assert re.fullmatch(r'Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0', rig.value())

    def test_inside_are_the_accounts_credentials_and_the_clouds_address(self, rig):
        rig.engine.endpoint_url = 'http://127.0.0.1:4566'
        names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL', 'AWS_REGION']
        rig.create(code=f'import os\ndef handler(event, context): return [os.environ[name] for name in {names}]')
        assert rig.value() == [ACCOUNT, 'local', 'osbot-lambda/eu-west-1/fn', 'http://127.0.0.1:4566', 'eu-west-1']

    def test_a_timeout_of_the_configuration_holds(self, rig):
        rig.create(code='import threading\ndef handler(event, context): threading.Event().wait()', Timeout=1)
        answer = rig.client.invoke(FunctionName='fn')
        assert json.loads(answer['Payload'].read())['errorType'] == 'Sandbox.Timedout'


class test_dry_run:
    def test_it_answers_204_and_runs_nothing(self, make_rig):
        rig = make_rig(lambda event: event)
        rig.create()
        answer = rig.client.invoke(FunctionName='fn', InvocationType='DryRun')
        assert answer['StatusCode'] == 204
        assert answer['Payload'].read() == b''
        assert 'ExecutedVersion' not in answer
        assert rig.invoker.calls == []

    def test_it_says_that_a_function_is_not_there(self, rig):
        assert error_of(rig.client.invoke, FunctionName='fn', InvocationType='DryRun')[2] == 404


class test_errors:
    def test_what_is_not_there_is_named_with_its_qualifier(self, rig):
        for params, arn in [
            ({}, f'{ARN}:$LATEST'),
            ({'Qualifier': '7'}, f'{ARN}:7'),
            ({'Qualifier': 'live'}, f'{ARN}:live'),
        ]:
            found = error_of(rig.client.invoke, FunctionName='fn', **params)
            assert found == ('ResourceNotFoundException', f'Function not found: {arn}', 404)

    def test_the_text_is_under_message_with_a_capital(self, rig):
        with pytest.raises(rig.client.exceptions.ResourceNotFoundException) as caught:
            rig.client.invoke(FunctionName='fn')
        assert caught.value.response['Message'] == f'Function not found: {ARN}:$LATEST'
        assert caught.value.response['Type'] == 'User'

    def test_a_payload_that_is_too_large(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create()
        text = f'Request must be smaller than {Payload_Check.MAX_SYNC} bytes for the InvokeFunction operation'
        largest = b'"' + b'x' * (Payload_Check.MAX_SYNC - 2) + b'"'
        assert rig.client.invoke(FunctionName='fn', Payload=largest)['StatusCode'] == 200
        found = error_of(rig.client.invoke, FunctionName='fn', Payload=largest + b' ')
        assert found == ('RequestEntityTooLargeException', text, 413)

    def test_an_event_that_is_too_large(self, rig):
        rig.create()
        size = Payload_Check.MAX_EVENT + 1
        text = f'{size} byte payload is too large for the Event invocation type (limit {size - 1} bytes)'
        found = error_of(rig.client.invoke, FunctionName='fn', InvocationType='Event', Payload=b' ' * size)
        assert found == ('RequestEntityTooLargeException', text, 413)

    def test_another_runtime_says_what_can_be_done(self, rig):
        rig.create(Runtime='nodejs22.x')
        code, message, status = error_of(rig.client.invoke, FunctionName='fn')
        assert (code, status) == ('InvalidRuntimeException', 422)
        assert 'function fn wants nodejs22.x, and the local cloud runs python3.' in message

    @pytest.mark.parametrize(('error', 'status'), [(Runtime__Stopped('x'), 503), (Runtime__Start_Failed('x'), 500)])
    def test_when_the_data_plane_can_not_run_it(self, make_rig, error, status):
        def fail(event):
            raise error

        rig = make_rig(fail)
        rig.create()
        code, _, found = error_of(rig.client.invoke, FunctionName='fn')
        assert (code, found) == ('ServiceException', status)


class test_Payload_Check:
    PREFIX = 'Could not parse request body into json: Could not parse payload into json: '
    VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

    @pytest.mark.parametrize(
        ('payload', 'what', 'column'),
        [
            (b'\x99', f'Unexpected character ((CTRL-CHAR, code 153)): expected a valid value {VALUE}', 1),
            (b'hello', f"Unrecognized token 'hello': was expecting {VALUE}", 1),
            (b'{"a": }', f"Unexpected character ('}}' (code 125)): expected a valid value {VALUE}", 7),
            (b'{"a":', 'Unexpected end-of-input', 6),
            (b'[NaN]', 'ValueError: NaN', 1),
        ],
    )
    def test_what_is_no_json(self, rig, payload, what, column):
        rig.create()
        source = 'Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)'
        found = error_of(rig.client.invoke, FunctionName='fn', Payload=payload)
        text = f'{self.PREFIX}{what}\n at [{source}; line: 1, column: {column}]'
        assert found == ('InvalidRequestContentException', text, 400)

    def test_json_that_is_nested_too_deep(self, rig):
        rig.create()
        assert error_of(rig.client.invoke, FunctionName='fn', Payload=b'[' * 100_000)[2] == 400

    @pytest.mark.parametrize('payload', [b'1', b'"x"', b'null', b'[]', b' {"a": "\xc3\xa9"} '], ids=repr)
    def test_every_json_value_is_an_event(self, payload):
        assert Payload_Check(payload).json_bytes() == payload
