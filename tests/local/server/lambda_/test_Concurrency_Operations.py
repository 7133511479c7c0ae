import logging
import threading
from contextlib import ExitStack

import pytest
from botocore.exceptions import ClientError

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Account_Concurrency import Account_Concurrency
from osbot_lambda.local.server.lambda_.Running_Invokes import Running_Invokes
from tests.local.server.Lambda_Rig import body, error_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT
from tests.wait_until import wait_until

ARN = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:function:fn'
FN = {'FunctionName': 'fn'}


class Gate:
    """A handler that tells when it has begun, and ends when it is let."""

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.let = threading.Semaphore(0)

    def __call__(self, event):
        self.begun.release()
        assert self.let.acquire(timeout=20)
        return event


@pytest.fixture
def gate():
    return Gate()


def reserve(rig, number, name='fn'):
    return rig.client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=number)


def in_background(call, **params):
    thread = threading.Thread(target=call, kwargs=params)
    thread.start()
    return thread


class test_reserved_concurrency:
    def test_it_comes_and_goes(self, rig):
        rig.create()
        assert body(rig.client.get_function_concurrency(**FN)) == {}
        assert 'Concurrency' not in rig.client.get_function(**FN)
        assert body(reserve(rig, 5)) == {'ReservedConcurrentExecutions': 5}
        assert body(rig.client.get_function_concurrency(**FN)) == {'ReservedConcurrentExecutions': 5}
        assert rig.client.get_function(**FN)['Concurrency'] == {'ReservedConcurrentExecutions': 5}
        for _ in range(2):
            answer = rig.client.delete_function_concurrency(**FN)
            assert answer['ResponseMetadata']['HTTPStatusCode'] == 204
        assert body(rig.client.get_function_concurrency(**FN)) == {}

    @pytest.mark.fidelity(
        'Unreserved concurrency',
        aws='at least 100 of the account stay unreserved, else 400',
        ours='as AWS',
        source='S reserved_concurrency',
        kind='documented',
    )
    def test_a_hundred_stay_for_the_others(self, rig):
        rig.create()
        rig.create('other')
        reserve(rig, 400, 'other')

        def unreserved():
            return rig.client.get_account_settings()['AccountLimit']['UnreservedConcurrentExecutions']

        assert unreserved() == 600
        text = (
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            'below its minimum value of [100].'
        )
        assert error_of(reserve, rig=rig, number=501) == ('InvalidParameterValueException', text, 400)
        reserve(rig, 400)
        reserve(rig, 500)  # what the function had before doesn't count
        assert unreserved() == 100
        rig.client.delete_function(FunctionName='other')
        assert unreserved() == 500

    def test_what_is_refused(self, rig):
        rig.create(Publish=True)
        code, text, _ = error_of(reserve, rig=rig, number=1, name='fn:1')
        assert code == 'InvalidParameterValueException'
        assert text.startswith('This operation is permitted on Lambda functions only.')
        for call in (rig.client.get_function_concurrency, rig.client.delete_function_concurrency):
            found = error_of(call, FunctionName='no')
            assert found == ('ResourceNotFoundException', f'Function not found: {ARN[:-2]}no', 404)


class test_throttled_invokes:
    @pytest.mark.fidelity(
        'Reserved concurrency 0',
        aws='429 TooManyRequestsException, ReservedFunctionConcurrentInvocationLimitExceeded',
        ours='as AWS',
        source='S lambda_errors',
        kind='recorded',
    )
    def test_with_none_reserved_nothing_runs(self, make_rig):
        rig = make_rig(lambda event: 'ran')
        rig.create()
        reserve(rig, 0)
        with pytest.raises(ClientError) as caught:
            rig.client.invoke(**FN)
        answer = caught.value.response
        assert answer['Error'] == {'Code': 'TooManyRequestsException', 'Message': 'Rate Exceeded.'}
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 429
        assert answer['Reason'] == 'ReservedFunctionConcurrentInvocationLimitExceeded'
        assert rig.invoker.calls == []
        rig.client.delete_function_concurrency(**FN)
        assert rig.value() == 'ran'

    @pytest.mark.fidelity(
        'Reserved concurrency',
        aws='no more at a time than are reserved; over them 429',
        ours='as AWS',
        source='D lambda-concurrency',
        kind='documented',
    )
    def test_no_more_run_at_a_time_than_are_reserved(self, make_rig, gate):
        rig = make_rig(gate)
        rig.create()
        reserve(rig, 2)
        threads = [in_background(rig.client.invoke, **FN) for _ in range(2)]
        for _ in threads:
            assert gate.begun.acquire(timeout=20)
        assert error_of(rig.client.invoke, **FN)[::2] == ('TooManyRequestsException', 429)
        gate.let.release(3)
        for thread in threads:
            thread.join(20)
        assert rig.client.invoke(**FN)['StatusCode'] == 200

    def test_versions_and_aliases_count_together(self, make_rig, gate):
        rig = make_rig(gate)
        rig.create(Publish=True)
        reserve(rig, 1)
        thread = in_background(rig.client.invoke, **FN)
        assert gate.begun.acquire(timeout=20)
        assert error_of(rig.client.invoke, **FN, Qualifier='1')[2] == 429
        gate.let.release()
        thread.join(20)

    def test_a_function_that_fails_gives_its_place_back(self, make_rig):
        rig = make_rig(lambda event: ValueError('boom'))
        rig.create()
        reserve(rig, 1)
        for _ in range(2):
            assert rig.client.invoke(**FN)['FunctionError'] == 'Unhandled'


class test_account_concurrency:
    @pytest.mark.fidelity(
        'Account concurrency',
        aws='invokes over what the account has unreserved: 429 ConcurrentInvocationLimitExceeded; reserved ones go on',
        ours='as AWS, of 1000',
        source='D lambda-concurrency',
        kind='documented',
    )
    def test_no_more_run_than_the_account_has_unreserved(self, make_rig, gate):
        rig = make_rig(gate)
        for name in ('fn', 'other', 'reserved'):
            rig.create(name)
        reserve(rig, 900, 'reserved')
        threads = [in_background(rig.client.invoke, FunctionName=name) for name in ('fn', 'other') * 50]
        for _ in threads:
            assert gate.begun.acquire(timeout=20)
        with pytest.raises(ClientError) as caught:
            rig.client.invoke(**FN)
        assert caught.value.response['Reason'] == 'ConcurrentInvocationLimitExceeded'
        threads.append(in_background(rig.client.invoke, FunctionName='reserved'))
        assert gate.begun.acquire(timeout=20)
        reserve(rig, 880, 'reserved')  # there is room again, and a change while some run keeps the count right
        threads.append(in_background(rig.client.invoke, **FN))
        assert gate.begun.acquire(timeout=20)
        gate.let.release(len(threads))
        for thread in threads:
            thread.join(20)

    def test_what_runs_is_counted_once_whatever_changes_meanwhile(self):
        account, running = Account_Concurrency(lambda: 101), Running_Invokes()
        running.account = account
        with ExitStack() as stack:
            for _ in range(101):
                stack.enter_context(running)
            with pytest.raises(Api__Error):
                account.begin()
            running.provision(1)
            account.begin()
            running.reserve(200)
            running.reserve(None)
            with pytest.raises(Api__Error):
                account.begin()
        for _ in range(100):
            account.begin()
        with pytest.raises(Api__Error):
            account.begin()


class test_throttled_events:
    @pytest.mark.fidelity(
        'Event invoke that is throttled',
        aws='is tried again for up to six hours',
        ours='waits for its turn, up to MaximumEventAge',
        source='D invocation-async-error-handling',
        kind='documented',
    )
    def test_an_event_waits_for_its_turn(self, make_rig, gate):
        rig = make_rig(gate, throttle_delay=0.01)
        rig.create()
        reserve(rig, 1)
        for _ in range(2):
            rig.client.invoke(**FN, InvocationType='Event')
        assert gate.begun.acquire(timeout=20)
        wait_until(lambda: rig.engine.later._due)  # the other is waiting
        assert len(rig.invoker.calls) == 1
        gate.let.release(2)
        wait_until(lambda: len(rig.invoker.calls) == 2)

    def test_one_that_waits_for_too_long_is_given_up(self, make_rig, gate, monkeypatch, caplog):
        rig = make_rig(gate, throttle_delay=0.01)
        monkeypatch.setattr(rig.engine.async_invokes, 'MAX_AGE', 0)
        rig.create()
        reserve(rig, 1)
        with caplog.at_level(logging.WARNING, 'osbot_lambda.local'):
            for _ in range(2):
                rig.client.invoke(**FN, InvocationType='Event')
            wait_until(lambda: 'given up after 0 attempts (EventAgeExceeded)' in caplog.text)
        gate.let.release()

    def test_with_none_reserved_it_is_dropped_and_said(self, make_rig, caplog):
        rig = make_rig(lambda event: 'ran')
        rig.create()
        reserve(rig, 0)
        with caplog.at_level(logging.WARNING, 'osbot_lambda.local'):
            assert rig.client.invoke(**FN, InvocationType='Event')['StatusCode'] == 202
            wait_until(lambda: f'of {ARN} given up after 0 attempts (ZeroReservedConcurrency)' in caplog.text)
        assert rig.invoker.calls == []


class test_throttled_event_sources:
    def test_with_none_reserved_the_messages_stay_unread(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create()
        reserve(rig, 0)
        url, arn = rig.queue()
        rig.client.create_event_source_mapping(**FN, EventSourceArn=arn)
        rig.sqs.send_message(QueueUrl=url, MessageBody='hello')
        assert rig.counts(url) == (1, 0)
        rig.client.delete_function_concurrency(**FN)
        rig.wait_until_empty(url)
        [(_, invocation)] = rig.invoker.calls
        assert b'"ApproximateReceiveCount": "1"' in invocation.payload.replace(b'":"', b'": "')

    def test_a_waiting_poller_stops_when_it_becomes_none(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create()
        url, arn = rig.queue()
        rig.client.create_event_source_mapping(**FN, EventSourceArn=arn)
        reserve(rig, 0)
        rig.sqs.send_message(QueueUrl=url, MessageBody='hello')
        assert rig.counts(url) == (1, 0)

    def test_one_reserved_is_one_at_a_time(self, make_rig):
        running, most = [], []

        def handler(event):
            running.append(1)
            most.append(len(running))
            running.pop()

        rig = make_rig(handler)
        rig.create()
        reserve(rig, 1)
        url, arn = rig.queue()
        rig.client.create_event_source_mapping(**FN, EventSourceArn=arn, BatchSize=1)
        for number in range(20):
            rig.sqs.send_message(QueueUrl=url, MessageBody=str(number))
        rig.wait_until_empty(url)
        assert len(rig.invoker.calls) == 20
        assert set(most) == {1}

    def test_a_batch_waits_for_its_turn(self, make_rig, gate):
        rig = make_rig(gate)
        rig.create()
        reserve(rig, 1)
        url, arn = rig.queue()
        thread = in_background(rig.client.invoke, **FN)
        assert gate.begun.acquire(timeout=20)
        rig.client.create_event_source_mapping(**FN, EventSourceArn=arn)
        rig.sqs.send_message(QueueUrl=url, MessageBody='hello')
        wait_until(lambda: rig.counts(url) == (0, 1))
        gate.let.release(2)
        rig.wait_until_empty(url)
        thread.join(20)
        assert len(rig.invoker.calls) == 2

    def test_a_batch_that_waited_too_long_is_left_in_the_queue(self, make_rig, gate):
        rig = make_rig(gate)
        rig.create(Timeout=1)
        reserve(rig, 1)
        url, arn = rig.queue(VisibilityTimeout='1')
        thread = in_background(rig.client.invoke, **FN)
        assert gate.begun.acquire(timeout=20)
        rig.client.create_event_source_mapping(**FN, EventSourceArn=arn)
        rig.sqs.send_message(QueueUrl=url, MessageBody='hello')
        wait_until(lambda: rig.counts(url) == (0, 1))
        wait_until(lambda: rig.counts(url) == (1, 0))
        gate.let.release(2)
        thread.join(20)
        rig.wait_until_empty(url)
        assert len(rig.invoker.calls) == 2

    def test_deleting_the_mapping_gives_a_waiting_batch_back(self, make_rig, gate):
        rig = make_rig(gate)
        rig.create()
        reserve(rig, 1)
        url, arn = rig.queue()
        thread = in_background(rig.client.invoke, **FN)
        assert gate.begun.acquire(timeout=20)
        mapping = rig.client.create_event_source_mapping(**FN, EventSourceArn=arn)
        rig.sqs.send_message(QueueUrl=url, MessageBody='hello')
        wait_until(lambda: rig.counts(url) == (0, 1))
        rig.client.delete_event_source_mapping(UUID=mapping['UUID'])
        wait_until(lambda: rig.counts(url) == (1, 0))
        gate.let.release()
        thread.join(20)
        assert len(rig.invoker.calls) == 1
