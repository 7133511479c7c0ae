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
    @pytest.mark.fidelity(
        'Invoke',
        aws='200, Payload, ExecutedVersion, and neither FunctionError nor LogResult unasked',
        ours='as AWS',
        source='S introspection_invoke',
        kind='recorded',
    )
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

    @pytest.mark.fidelity(
        'A handler that returns None',
        aws='Payload null',
        ours='as AWS',
        source='S invoke',
        kind='recorded',
    )
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

    @pytest.mark.fidelity(
        'invoked_function_arn',
        aws='as the caller qualified it; function_version is the version that runs',
        ours='as AWS',
        source='S versions, alias_moving',
        kind='documented',
    )
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

    @pytest.mark.fidelity(
        'ClientContext: limit',
        aws='3583 bytes of base64',
        ours='as AWS; the text is ours',
        source='B Invoke',
        kind='documented',
    )
    def test_a_client_context_that_is_too_long(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create()
        assert rig.client.invoke(FunctionName='fn', ClientContext='e30g' * 895)['StatusCode'] == 200
        code, message, status = error_of(rig.client.invoke, FunctionName='fn', ClientContext='e30g' * 896)
        assert (code, status) == ('InvalidRequestContentException', 400)
        assert '3583 bytes' in message

    @pytest.mark.fidelity(
        'Payloads',
        aws='any JSON value is an event: object, list, string, number, true, null; an empty payload is {}',
        ours='as AWS',
        source='D API_Invoke',
        kind='documented',
    )
    def test_every_json_value_arrives_and_comes_back(self, rig):
        rig.create(code='def handler(event, context): return [type(event).__name__, event]')
        for payload, kind in [
            (b'{"a": [1]}', 'dict'),
            (b'[1, "x"]', 'list'),
            (b'"text"', 'str'),
            (b'12', 'int'),
            (b'-1.5e3', 'float'),
            (b'true', 'bool'),
            (b'null', 'NoneType'),
            ('"é😀\u2028"'.encode(), 'str'),
            (b'', 'dict'),
        ]:
            answer = json.loads(rig.client.invoke(FunctionName='fn', Payload=payload)['Payload'].read())
            assert answer == [kind, json.loads(payload or b'{}')]

    @pytest.mark.fidelity(
        'Size of a response',
        aws='6,291,556 bytes; over it Function.ResponseSizeTooLarge, and the environment is lost',
        ours='as AWS',
        source='S error_payloads.response_too_large',
        kind='recorded',
    )
    def test_the_largest_response(self, rig):
        rig.create(code='def handler(event, context): return "x" * event')
        limit = 6_291_556
        answer = rig.client.invoke(FunctionName='fn', Payload=str(limit - 2).encode())
        assert len(answer['Payload'].read()) == limit
        answer = rig.client.invoke(FunctionName='fn', Payload=str(limit - 1).encode())
        assert answer['FunctionError'] == 'Unhandled'
        assert answer['Payload'].read() == (
            b'{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum '
            b'allowed payload size (6291556 bytes)."}'
        )
        assert rig.client.invoke(FunctionName='fn', Payload=b'1')['StatusCode'] == 200

    def test_a_trace_header_is_handed_on_and_made_when_there_is_none(self, rig):
        rig.create(code='import os\ndef handler(event, context): return os.environ["_X_AMZN_TRACE_ID"]')
        trace = 'Root=1-5e6722a7-cc56aaaa46db7ae02d4da47e;Parent=0123456789abcdef;Sampled=0'
        answer = rig.engine.invoke(api_context(trace_id=trace), {'FunctionName': 'fn'})
        inside, _, lineage = json.loads(answer['Payload']).partition(';Lineage=')
        assert inside == trace
        assert re.fullmatch(r'[0-9a-f]{8}:0', lineage)
        form = r'Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=[0-9a-f]{8}:0'
        assert re.fullmatch(form, rig.value())

    def test_inside_are_the_accounts_credentials_and_the_clouds_address(self, rig):
        rig.engine.endpoint_url = 'http://127.0.0.1:4566'
        names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL', 'AWS_REGION']
        rig.create(code=f'import os\ndef handler(event, context): return [os.environ[name] for name in {names}]')
        assert rig.value() == [ACCOUNT, 'local', 'osbot-lambda/eu-west-1/fn', 'http://127.0.0.1:4566', 'eu-west-1']

    def test_a_timeout_of_the_configuration_holds(self, rig):
        rig.create(code='import threading\ndef handler(event, context): threading.Event().wait()', Timeout=1)
        answer = rig.client.invoke(FunctionName='fn')
        assert json.loads(answer['Payload'].read())['errorType'] == 'Sandbox.Timedout'


class test_tail:
    @pytest.mark.fidelity(
        'LogType Tail',
        aws='the last 4 KB of the log of this invoke, base64',
        ours='as AWS; a letter that 4 KB would cut in two is left out',
        source='K, S invocation_with_logs',
        kind='documented',
    )
    def test_the_last_4_kb_can_always_be_decoded(self, rig):
        rig.create(code='def handler(event, context): print("€" * event)')
        for count in range(2000, 2003):
            answer = rig.client.invoke(FunctionName='fn', Payload=str(count).encode(), LogType='Tail')
            tail = base64.b64decode(answer['LogResult'])
            assert 4093 < len(tail) <= 4096
            assert tail.decode().startswith('€€')
            assert re.search(r'REPORT RequestId: \S+\tDuration: .*\n$', tail.decode())

    def test_what_is_logged_and_printed_is_there_when_the_answer_comes(self, rig):
        rig.create(
            code="""
            import logging, sys
            def handler(event, context):
                for number in range(20):
                    print(number)
                    logging.error(number)
                    print(number, file=sys.stderr)
            """
        )
        answer = rig.client.invoke(FunctionName='fn', LogType='Tail')
        lines = base64.b64decode(answer['LogResult']).decode().splitlines()
        assert len(lines) == 63
        assert lines[-4].endswith('\t19')


class test_names:
    @pytest.mark.fidelity(
        'Forms of FunctionName',
        aws='name, partial ARN or ARN, each with or without qualifier; a qualifier given twice has to be the same',
        ours='as AWS',
        source='B, S invoke',
        kind='documented',
    )
    def test_every_form_with_and_without_a_qualifier(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create(Publish=True)
        rig.client.create_alias(FunctionName='fn', Name='live', FunctionVersion='1')
        for name in ('fn', 'function:fn', f'{ACCOUNT}:function:fn', f'{ACCOUNT}:fn', ARN):
            for qualifier, version in [(None, '$LATEST'), ('$LATEST', '$LATEST'), ('1', '1'), ('live', '1')]:
                given = {} if qualifier is None else {'Qualifier': qualifier}
                own = name if qualifier is None else f'{name}:{qualifier}'
                for params in ({'FunctionName': name, **given}, {'FunctionName': own}, {'FunctionName': own, **given}):
                    assert rig.client.invoke(**params)['ExecutedVersion'] == version
                    assert rig.invoker.calls[-1][1].invoked_arn == (f'{ARN}:{qualifier}' if qualifier else ARN)
        text = 'The derived qualifier from the function name does not match the specified qualifier.'
        found = error_of(rig.client.invoke, FunctionName='fn:1', Qualifier='live')
        assert found == ('InvalidParameterValueException', text, 400)

    @pytest.mark.parametrize('name', ['a b', 'arn:aws:lambda:eu-west-1:1:function:fn', 'fn:', 'fn:a:b', 'x' * 257])
    def test_what_is_no_form_of_a_name(self, rig, name):
        with pytest.raises(ClientError) as caught:
            rig.client.invoke(FunctionName=name)
        answer = caught.value.response
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 400
        assert answer['Error']['Code'] == 'ValidationException'
        assert "at 'functionName' failed to satisfy constraint" in answer['Error']['Message']


class test_response_stream:
    @pytest.mark.fidelity(
        'InvokeWithResponseStream',
        aws='an event stream of PayloadChunk and, at its end, InvokeComplete',
        ours='as AWS for Python, whose runtime client does not stream: the chunks come when the function has ended',
        source='B, D configuration-response-streaming',
        kind='documented',
    )
    def test_chunks_and_a_completion(self, rig):
        rig.create(code='def handler(event, context): return "x" * event')
        answer = rig.client.invoke_with_response_stream(FunctionName='fn', Payload=b'200000', LogType='Tail')
        assert answer['StatusCode'] == 200
        assert answer['ExecutedVersion'] == '$LATEST'
        assert answer['ResponseStreamContentType'] == 'application/vnd.amazon.eventstream'
        *chunks, last = answer['EventStream']
        assert len(chunks) > 1
        assert b''.join(chunk['PayloadChunk']['Payload'] for chunk in chunks) == b'"' + b'x' * 200_000 + b'"'
        assert list(last['InvokeComplete']) == ['LogResult']
        assert base64.b64decode(last['InvokeComplete']['LogResult']).startswith(b'START RequestId: ')

    @pytest.mark.fidelity(
        'InvokeWithResponseStream of a function that fails',
        aws='InvokeComplete has ErrorCode and ErrorDetails',
        ours='ErrorCode Unhandled, ErrorDetails the payload that Invoke has; no chunk',
        source='B',
        kind='assumed',
    )
    def test_a_function_that_fails(self, rig):
        rig.create(code='def handler(event, context): raise ValueError("boom")')
        [event] = rig.client.invoke_with_response_stream(FunctionName='fn')['EventStream']
        details = json.loads(event['InvokeComplete']['ErrorDetails'])
        assert event['InvokeComplete']['ErrorCode'] == 'Unhandled'
        assert (details['errorType'], details['errorMessage']) == ('ValueError', 'boom')

    def test_a_dry_run_runs_nothing_and_errors_are_those_of_invoke(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create()
        call = rig.client.invoke_with_response_stream
        answer = call(FunctionName='fn', InvocationType='DryRun')
        assert (answer['StatusCode'], list(answer['EventStream'])) == (204, [])
        assert rig.invoker.calls == []
        assert error_of(call, FunctionName='fn', Payload=b'{') == error_of(
            rig.client.invoke, FunctionName='fn', Payload=b'{'
        )
        assert error_of(call, FunctionName='no')[::2] == ('ResourceNotFoundException', 404)


class test_dry_run:
    @pytest.mark.fidelity(
        'DryRun',
        aws='204, empty, no ExecutedVersion',
        ours='as AWS',
        source='S invoke',
        kind='recorded',
    )
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
    @pytest.mark.fidelity(
        'Function that is not there',
        aws='404 ResourceNotFoundException, Function not found: <arn>:$LATEST, under Message',
        ours='as AWS',
        source='S lambda_errors',
        kind='recorded',
    )
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

    @pytest.mark.fidelity(
        'Size of a request',
        aws='over 6,291,456 bytes 413 RequestEntityTooLargeException',
        ours='as AWS',
        source='S lambda_errors',
        kind='recorded',
    )
    def test_a_payload_that_is_too_large(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create()
        text = f'Request must be smaller than {Payload_Check.MAX_SYNC} bytes for the InvokeFunction operation'
        largest = b'"' + b'x' * (Payload_Check.MAX_SYNC - 2) + b'"'
        assert rig.client.invoke(FunctionName='fn', Payload=largest)['StatusCode'] == 200
        found = error_of(rig.client.invoke, FunctionName='fn', Payload=largest + b' ')
        assert found == ('RequestEntityTooLargeException', text, 413)

    @pytest.mark.fidelity(
        'Size of an event',
        aws='over 1 MB 413 RequestEntityTooLargeException',
        ours='as AWS; that 1 MB is 1,048,576 bytes is assumed',
        source='D gettingstarted-limits',
        kind='documented',
    )
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
        assert 'function fn wants nodejs22.x, and the local cloud runs functions in Python only' in message

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
    @pytest.mark.fidelity(
        'Payload that is no JSON',
        aws='400 InvalidRequestContentException with the parser’s words',
        ours='as AWS; the words after the first are near to those of its parser',
        source='S lambda_errors',
        kind='recorded',
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
