import json
import re

import pytest

from osbot_lambda.errors import Api__Error
from tests.local.server.Lambda_Rig import ACCOUNT, REGION
from tests.wait_until import wait_until

FN = {'FunctionName': 'fn'}
ARN = f'arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn'
TOPIC = f'arn:aws:sns:{REGION}:{ACCOUNT}:t'
BUS = f'arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default'
RECORD = {'source': 'S destinations', 'kind': 'recorded', 'ours': 'as AWS'}


def boom(event):
    return ValueError('boom')


def make(make_rig, function, retry_delays=(0, 0), **create):
    rig = make_rig(function, retry_delays=retry_delays)
    rig.create(**create)
    return rig


def configure(rig, on_success=None, on_failure=None, **more):
    given = {'OnSuccess': on_success, 'OnFailure': on_failure}
    destinations = {name: {'Destination': arn} for name, arn in given.items() if arn}
    rig.client.put_function_event_invoke_config(**FN, DestinationConfig=destinations, **more)


def send(rig, event=None, name='fn'):
    """Send {'n': 1} as an event; its request id."""
    payload = json.dumps({'n': 1} if event is None else event).encode()
    answer = rig.client.invoke(FunctionName=name, InvocationType='Event', Payload=payload)
    return answer['ResponseMetadata']['RequestId']


def received(rig, url):
    """The next message of a queue."""
    answer = rig.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MessageAttributeNames=['All'])
    (message,) = answer['Messages']
    return message


def record(rig, url):
    """The invocation record in the next message; its timestamp, which is checked here, is taken out."""
    told = json.loads(received(rig, url)['Body'])
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', told.pop('timestamp'))
    return told


def expected(request_id, condition, count, response=None, qualifier='$LATEST', version='$LATEST'):
    """A record in the shape of the recorded ones; response: (function_error, payload)."""
    told = {
        'version': '1.0',
        'requestContext': {
            'requestId': request_id,
            'functionArn': f'{ARN}:{qualifier}',
            'condition': condition,
            'approximateInvokeCount': count,
        },
        'requestPayload': {'n': 1},
    }
    if response:
        error, payload = response
        told['responseContext'] = {'statusCode': 200, 'executedVersion': version}
        if error:
            told['responseContext']['functionError'] = error
        told['responsePayload'] = payload
    return told


BOOM = ('Unhandled', {'errorMessage': 'boom', 'errorType': 'ValueError'})


class test_records:
    @pytest.mark.fidelity('destination record: success', aws='condition Success, count 1, no functionError', **RECORD)
    def test_success(self, make_rig):
        rig = make(make_rig, lambda event: {'ok': True})
        url, arn = rig.queue()
        configure(rig, on_success=arn, on_failure=TOPIC)
        request_id = send(rig)
        assert record(rig, url) == expected(request_id, 'Success', 1, (None, {'ok': True}))
        assert rig.services.topics == []

    @pytest.mark.fidelity(
        'destination record: retries exhausted', aws='condition RetriesExhausted, count 3, the last error', **RECORD
    )
    def test_failure(self, make_rig):
        rig = make(make_rig, boom)
        url, arn = rig.queue()
        configure(rig, on_failure=arn)
        request_id = send(rig)
        assert record(rig, url) == expected(request_id, 'RetriesExhausted', 3, BOOM)

    @pytest.mark.fidelity(
        'MaximumRetryAttempts',
        aws='0 to 2 further attempts',
        ours='as AWS',
        source='D configuration-async',
        kind='documented',
    )
    @pytest.mark.parametrize('retries', [0, 1])
    def test_as_many_retries_as_the_config_says(self, make_rig, retries):
        rig = make(make_rig, boom)
        url, arn = rig.queue()
        configure(rig, on_failure=arn, MaximumRetryAttempts=retries)
        send(rig)
        assert record(rig, url)['requestContext']['approximateInvokeCount'] == retries + 1
        assert len(rig.invoker.calls) == retries + 1

    @pytest.mark.fidelity(
        'destination record: event age exceeded',
        aws='condition EventAgeExceeded, count of the attempts, the last error',
        ours='as AWS; given up as soon as the next attempt would come too late',
        source='S destinations',
        kind='recorded',
    )
    def test_an_event_too_old_for_its_next_attempt(self, make_rig):
        rig = make(make_rig, boom, retry_delays=(60, 120))
        url, arn = rig.queue()
        configure(rig, on_failure=arn, MaximumEventAgeInSeconds=60)
        request_id = send(rig)
        assert record(rig, url) == expected(request_id, 'EventAgeExceeded', 1, BOOM)

    @pytest.mark.fidelity(
        'destination record: reserved concurrency 0',
        aws='condition ZeroReservedConcurrency, count 0, no response keys, no attempt',
        ours='as AWS',
        source='S reserved_concurrency',
        kind='recorded',
    )
    def test_reserved_concurrency_0(self, make_rig):
        rig = make(make_rig, boom)
        url, arn = rig.queue()
        configure(rig, on_failure=arn)
        rig.client.put_function_concurrency(**FN, ReservedConcurrentExecutions=0)
        request_id = send(rig)
        assert record(rig, url) == expected(request_id, 'ZeroReservedConcurrency', 0)
        assert rig.invoker.calls == []

    def test_the_config_is_that_of_the_qualifier_that_was_invoked(self, make_rig):
        rig = make(make_rig, lambda event: 'fine')
        rig.publish_versions(1)
        rig.client.create_alias(**FN, Name='live', FunctionVersion='1')
        url, arn = rig.queue()
        configure(rig, on_success=TOPIC)
        rig.client.put_function_event_invoke_config(
            **FN, Qualifier='live', DestinationConfig={'OnSuccess': {'Destination': arn}}
        )
        request_id = send(rig, name='fn:live')
        assert record(rig, url) == expected(request_id, 'Success', 1, (None, 'fine'), 'live', '1')
        assert rig.services.topics == []

    def test_a_synchronous_invoke_is_told_to_nobody(self, make_rig):
        rig = make(make_rig, lambda event: event)
        url, arn = rig.queue()
        configure(rig, on_success=arn)
        rig.value(event='sync')
        send(rig, 'event')
        assert record(rig, url)['requestPayload'] == 'event'
        assert rig.counts(url)[0] == 0


class test_targets:
    @pytest.mark.fidelity(
        'destination: EventBridge',
        aws="source 'lambda', detail-type Lambda Function Invocation Result - …, resources bus and function",
        ours='as AWS',
        source='S destinations',
        kind='recorded',
    )
    @pytest.mark.parametrize(('result', 'word'), [('fine', 'Success'), (ValueError('boom'), 'Failure')])
    def test_event_bridge(self, make_rig, result, word):
        rig = make(make_rig, lambda event: result)
        configure(rig, on_success=BUS, on_failure=BUS)
        request_id = send(rig)
        ((bus, source, detail_type, resources, detail),) = wait_until(lambda: rig.services.events)
        assert (bus, source) == (BUS, 'lambda')
        assert detail_type == f'Lambda Function Invocation Result - {word}'
        assert resources == [BUS, f'{ARN}:$LATEST']
        assert detail['requestContext']['requestId'] == request_id

    def test_sns_gets_the_record_as_message(self, make_rig):
        rig = make(make_rig, boom, retry_delays=())
        configure(rig, on_failure=TOPIC)
        request_id = send(rig)
        ((topic, message, attributes),) = wait_until(lambda: rig.services.topics)
        assert (topic, attributes) == (TOPIC, {})
        assert json.loads(message)['requestContext']['requestId'] == request_id

    @pytest.mark.fidelity(
        'destination: S3',
        aws='object aws/lambda/async/<function>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>, failures only',
        ours='as AWS',
        source='D invocation-async-retain-records',
        kind='documented',
    )
    def test_s3_gets_an_object_for_each_failure(self, make_rig):
        rig = make(make_rig, boom, retry_delays=())
        configure(rig, on_failure='arn:aws:s3:::failed')
        send(rig)
        ((account_id, region, bucket, key, data),) = wait_until(lambda: rig.services.objects)
        assert (account_id, region, bucket) == (ACCOUNT, REGION, 'failed')
        day = r'aws/lambda/async/fn/\d{4}/\d\d/\d\d/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}'
        assert re.fullmatch(day, key)
        assert json.loads(data)['requestContext']['condition'] == 'RetriesExhausted'

    def test_another_function_gets_the_record_as_its_event(self, make_rig):
        rig = make(make_rig, lambda event: event)
        rig.create('next')
        configure(rig, on_success=ARN.replace(':fn', ':next'))
        request_id = send(rig)
        wait_until(lambda: len(rig.invoker.calls) == 2)
        spec, invocation = rig.invoker.calls[1]
        told = json.loads(invocation.payload)
        assert (spec.name, told['requestContext']['requestId']) == ('next', request_id)
        assert invocation.request_id != request_id

    @pytest.mark.parametrize('service', ['sqs', 'sns', 'lambda'])
    def test_what_can_not_be_delivered_is_said_in_the_functions_log_group(self, make_rig, caplog, service):
        rig = make(make_rig, lambda event: event)
        rig.create('gone')
        arn = {'sqs': f'arn:aws:sqs:{REGION}:{ACCOUNT}:gone', 'sns': TOPIC, 'lambda': ARN.replace(':fn', ':gone')}[
            service
        ]
        configure(rig, on_success=arn)
        rig.client.delete_function(FunctionName='gone')
        rig.services.error = Api__Error('NotFound', 'Topic does not exist')
        request_id = send(rig)
        ((group, stream, line),) = wait_until(lambda: rig.logs.lines)
        assert (group, stream) == ('/aws/lambda/fn', 'osbot-lambda')
        assert f'event {request_id} was not delivered to its destination {arn}: ' in line
        assert line.removeprefix('[osbot-lambda] ') in caplog.text


class test_dead_letter_queue:
    @pytest.mark.fidelity(
        'dead-letter queue: SQS',
        aws='body is the event verbatim; attributes RequestID String, ErrorCode Number 200, ErrorMessage String',
        ours='as AWS',
        source='S dead_letter_queue',
        kind='recorded',
    )
    def test_the_event_verbatim_with_three_attributes(self, make_rig):
        rig = make(make_rig, boom)
        url, arn = rig.queue()
        rig.client.update_function_configuration(**FN, DeadLetterConfig={'TargetArn': arn})
        payload = b'{"raise_error":   1}'
        answer = rig.client.invoke(**FN, InvocationType='Event', Payload=payload)
        message = received(rig, url)
        assert message['Body'] == payload.decode()
        assert message['MessageAttributes'] == {
            'RequestID': {'DataType': 'String', 'StringValue': answer['ResponseMetadata']['RequestId']},
            'ErrorCode': {'DataType': 'Number', 'StringValue': '200'},
            'ErrorMessage': {'DataType': 'String', 'StringValue': 'boom'},
        }

    @pytest.mark.fidelity(
        'dead-letter queue: long and empty error messages',
        aws='the first 1 KB of the message',
        ours='as AWS, cut between characters; an empty one is left out',
        source='D invocation-async-retain-records',
        kind='assumed',
    )
    @pytest.mark.parametrize(('text', 'kept'), [('ü' * 600, 'ü' * 512), ('a' + 'ü' * 600, 'a' + 'ü' * 511), ('', None)])
    def test_the_first_kilobyte_of_the_error_message(self, make_rig, text, kept):
        rig = make(make_rig, lambda event: ValueError(text), retry_delays=())
        url, arn = rig.queue()
        rig.client.update_function_configuration(**FN, DeadLetterConfig={'TargetArn': arn})
        send(rig)
        assert received(rig, url)['MessageAttributes'].get('ErrorMessage', {}).get('StringValue') == kept

    @pytest.mark.fidelity(
        'dead-letter queue: SNS',
        aws='the event as message, with the same three attributes',
        ours='as AWS',
        source='D invocation-async-retain-records',
        kind='documented',
    )
    def test_a_topic(self, make_rig):
        rig = make(make_rig, boom, retry_delays=(), DeadLetterConfig={'TargetArn': TOPIC})
        send(rig)
        ((topic, message, attributes),) = wait_until(lambda: rig.services.topics)
        assert (topic, message) == (TOPIC, '{"n": 1}')
        assert sorted(attributes) == ['ErrorCode', 'ErrorMessage', 'RequestID']

    @pytest.mark.fidelity(
        'dead-letter queue and OnFailure',
        aws='both are told',
        ours='as AWS',
        source='D invocation-async-retain-records',
        kind='documented',
    )
    def test_it_and_the_destination_are_both_told(self, make_rig):
        rig = make(make_rig, boom, retry_delays=())
        (dead_url, dead_arn), (url, arn) = rig.queue('dead'), rig.queue('failed')
        rig.client.update_function_configuration(**FN, DeadLetterConfig={'TargetArn': dead_arn})
        configure(rig, on_failure=arn)
        send(rig)
        assert received(rig, dead_url)['Body'] == '{"n": 1}'
        assert record(rig, url)['requestContext']['condition'] == 'RetriesExhausted'

    @pytest.mark.fidelity(
        'dead-letter queue: reserved concurrency 0',
        aws='the event goes there without an attempt',
        ours='as AWS; with ErrorCode 429 and ErrorMessage Rate Exceeded. (assumed)',
        source='D invocation-async-retain-records',
        kind='documented',
    )
    def test_reserved_concurrency_0(self, make_rig):
        rig = make(make_rig, boom)
        url, arn = rig.queue()
        rig.client.update_function_configuration(**FN, DeadLetterConfig={'TargetArn': arn})
        rig.client.put_function_concurrency(**FN, ReservedConcurrentExecutions=0)
        send(rig)
        attributes = received(rig, url)['MessageAttributes']
        assert (attributes['ErrorCode']['StringValue'], rig.invoker.calls) == ('429', [])

    def test_one_that_is_gone_does_not_keep_the_destination_from_being_told(self, make_rig):
        rig = make(make_rig, boom, retry_delays=())
        url, arn = rig.queue()
        rig.client.update_function_configuration(**FN, DeadLetterConfig={'TargetArn': arn.replace('orders', 'gone')})
        configure(rig, on_failure=arn)
        send(rig)
        assert record(rig, url)['requestContext']['condition'] == 'RetriesExhausted'
        assert 'dead-letter queue' in rig.logs.lines[0][2]
