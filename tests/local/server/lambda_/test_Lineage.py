import json
import logging
import re

import pytest

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Lineage import Lineage
from osbot_lambda.runtime.Invocation import Invocation
from tests.local.server.Lambda_Rig import ACCOUNT, REGION
from tests.local.server.protocol.In_Process_Client import api_context
from tests.wait_until import wait_until

ARN = f'arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn'
ROOT = 'Root=1-2-3;Parent=4;Sampled=0'
STOPPED = 'Lambda has detected your function being invoked in a recursive loop'


class Function:
    """As much of a function as Lineage looks at."""

    def __init__(self, name='fn', recursive_loop='Terminate'):
        self.arn, self.recursive_loop = f'arn:{name}', recursive_loop


def after(trace_id, *functions):
    """The trace header after the functions have called each other in turn."""
    for function in functions:
        trace_id = Lineage.next(function, Invocation('id', b'', 'arn', None, trace_id)).trace_id
    return trace_id


@pytest.fixture
def spent(make_rig):
    """An engine with a function, and the trace header with which it will not run once more."""
    rig = make_rig(lambda event: event, retry_delays=(0, 0))
    rig.create()
    function = rig.engine.runner.functions.everywhere()[0]
    return rig, after(ROOT, *[function] * Lineage.LIMIT)


class test_Lineage:
    def test_it_counts_each_function_and_keeps_the_rest_of_the_header(self):
        one, other = Function(), Function('other')
        assert re.fullmatch(re.escape(ROOT) + ';Lineage=[0-9a-f]{8}:0', after(ROOT, one))
        counts = after(ROOT, one, other, one, one, other).removeprefix(f'{ROOT};Lineage=')
        assert re.fullmatch(r'[0-9a-f]{8}:2[|][0-9a-f]{8}:1', counts)

    @pytest.mark.fidelity(
        'recursive loops are stopped',
        aws='RecursiveInvocationException after about 16 invokes in one chain of requests, unless allowed',
        ours='after 16, through Lambda, SQS, SNS, S3 and EventBridge',
        source='D invocation-recursion',
        kind='documented',
    )
    def test_the_seventeenth_is_stopped_unless_loops_are_allowed(self):
        spent = after(ROOT, *[Function()] * Lineage.LIMIT)
        with pytest.raises(Api__Error, match=STOPPED):
            after(spent, Function())
        assert after(spent, Function('fn', 'Allow'), Function('other'))

    @pytest.mark.parametrize('trace_id', [None, '', 'Lineage', f'{ROOT};Lineage=', f'{ROOT};Lineage=|x:y|:'])
    def test_any_header_will_do(self, trace_id):
        assert after(trace_id, Function(), Function()).endswith(':1')


class test_a_loop:
    def test_a_synchronous_invoke_gets_the_error(self, spent):
        rig, trace_id = spent
        with pytest.raises(Api__Error, match=STOPPED) as stopped:
            rig.engine.invoke(api_context(trace_id=trace_id), {'FunctionName': 'fn'})
        assert (stopped.value.code, stopped.value.status) == ('RecursiveInvocationException', 400)
        rig.client.put_function_recursion_config(FunctionName='fn', RecursiveLoop='Allow')
        rig.engine.invoke(api_context(trace_id=trace_id), {'FunctionName': 'fn'})
        assert len(rig.invoker.calls) == 1

    def test_an_event_goes_to_the_destination_for_failures_without_a_retry(self, spent):
        rig, trace_id = spent
        url, arn = rig.queue()
        rig.client.put_function_event_invoke_config(
            FunctionName='fn', DestinationConfig={'OnFailure': {'Destination': arn}}
        )
        rig.engine.invoke(api_context(trace_id=trace_id), {'FunctionName': 'fn', 'InvocationType': 'Event'})
        (message,) = rig.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)['Messages']
        record = json.loads(message['Body'])
        assert record['responsePayload']['errorType'] == 'RecursiveInvocationException'
        assert rig.invoker.calls == []

    def test_two_functions_that_are_each_others_destination_end(self, make_rig):
        rig = make_rig(lambda event: 1)
        rig.create('fn')
        rig.create('other')
        for name, other in (('fn', 'other'), ('other', 'fn')):
            rig.client.put_function_event_invoke_config(
                FunctionName=name, DestinationConfig={'OnSuccess': {'Destination': ARN.replace(':fn', f':{other}')}}
            )
        url, arn = rig.queue()
        rig.client.update_function_configuration(FunctionName='fn', DeadLetterConfig={'TargetArn': arn})
        rig.client.invoke(FunctionName='fn', InvocationType='Event', Payload=b'{}')
        assert rig.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)['Messages']
        assert len(rig.invoker.calls) == 2 * Lineage.LIMIT

    def test_a_queue_hands_it_on(self, spent, caplog):
        rig, trace_id = spent
        url, arn = rig.queue()
        trace = {'AWSTraceHeader': {'DataType': 'String', 'StringValue': trace_id}}
        rig.sqs.send_message(QueueUrl=url, MessageBody='x', MessageSystemAttributes=trace)
        with caplog.at_level(logging.WARNING, 'osbot_lambda.local'):
            rig.client.create_event_source_mapping(FunctionName='fn', EventSourceArn=arn)
            wait_until(lambda: STOPPED in caplog.text)
        assert rig.invoker.calls == []
