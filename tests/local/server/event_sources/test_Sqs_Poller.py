import json
import logging
import threading

import pytest

from osbot_lambda.errors import Runtime__Not_Available
from osbot_lambda.local.server.event_sources.Sqs_Poller import Sqs_Poller
from osbot_lambda.local.server.sqs.Sqs_Queue import Sqs_Queue
from tests.local.server.Lambda_Rig import zip_of
from tests.wait_until import wait_until

SEES_BODIES = """
def handler(event, context):
    seen([record['body'] for record in event['Records']])
"""


def bodies(event):
    return [record['body'] for record in event['Records']]


def connect(rig, arn, name='fn', **more):
    return rig.client.create_event_source_mapping(FunctionName=name, EventSourceArn=arn, **more)['UUID']


def send(rig, url, *texts):
    for start in range(0, len(texts), 10):
        entries = [{'Id': str(n), 'MessageBody': text} for n, text in enumerate(texts[start : start + 10])]
        rig.sqs.send_message_batch(QueueUrl=url, Entries=entries)


class test_with_real_workers:
    def test_a_message_is_handed_over_and_deleted(self, rig):
        rig.create_seeing(code=SEES_BODIES)
        url, arn = rig.queue()
        connect(rig, arn)
        send(rig, url, 'hello')
        rig.wait_until_empty(url)
        assert rig.seen() == [['hello']]

    def test_what_was_in_the_queue_before_comes_too(self, rig):
        rig.create_seeing(code=SEES_BODIES)
        url, arn = rig.queue()
        sent = [f'message {number}' for number in range(25)]
        send(rig, url, *sent)
        connect(rig, arn)
        rig.wait_until_empty(url)
        assert sorted(body for batch in rig.seen() for body in batch) == sorted(sent)
        assert max(len(batch) for batch in rig.seen()) == 10

    def test_the_event_is_what_sqs_tells_of_the_message(self, rig):
        rig.create_seeing(code='def handler(event, context): seen(event["Records"])')
        url, arn = rig.queue()
        attributes = {'Author': {'DataType': 'String', 'StringValue': 'me'}}
        sent = rig.sqs.send_message(QueueUrl=url, MessageBody='hello', MessageAttributes=attributes)
        connect(rig, arn)
        rig.wait_until_empty(url)
        [[record]] = rig.seen()
        assert record['messageId'] == sent['MessageId']
        assert record['md5OfBody'] == sent['MD5OfMessageBody']
        assert record['md5OfMessageAttributes'] == sent['MD5OfMessageAttributes']
        assert record['messageAttributes']['Author']['stringValue'] == 'me'
        assert (record['eventSource'], record['eventSourceARN'], record['awsRegion']) == ('aws:sqs', arn, 'eu-west-1')
        assert record['attributes']['ApproximateReceiveCount'] == '1'

    def test_a_failed_batch_comes_again_and_ends_in_the_dead_letter_queue(self, rig):
        rig.create_seeing(
            code="""
            def handler(event, context):
                for record in event['Records']:
                    seen([record['body'], record['attributes']['ApproximateReceiveCount']])
                    raise ValueError('boom')
            """,
            Timeout=1,
        )
        dead_url, dead_arn = rig.queue('dead')
        policy = f'{{"deadLetterTargetArn": "{dead_arn}", "maxReceiveCount": "2"}}'
        url, arn = rig.queue(VisibilityTimeout='1', RedrivePolicy=policy)
        connect(rig, arn, BatchSize=1)
        send(rig, url, 'bad')
        wait_until(lambda: rig.counts(dead_url) == (1, 0))
        assert rig.seen() == [['bad', '1'], ['bad', '2']]
        [message] = rig.sqs.receive_message(QueueUrl=dead_url)['Messages']
        assert message['Body'] == 'bad'

    def test_those_that_are_not_reported_are_deleted(self, rig):
        rig.create_seeing(
            code="""
            def handler(event, context):
                seen(sorted(record['body'] for record in event['Records']))
                return {'batchItemFailures': [
                    {'itemIdentifier': record['messageId']} for record in event['Records'] if record['body'] == 'bad'
                ]}
            """
        )
        url, arn = rig.queue()
        send(rig, url, 'good', 'bad', 'fine')
        connect(rig, arn, FunctionResponseTypes=['ReportBatchItemFailures'])
        wait_until(lambda: rig.seen() and rig.counts(url) == (0, 1))
        assert rig.seen() == [['bad', 'fine', 'good']]

    def test_the_next_batch_runs_the_new_code(self, rig):
        rig.create_seeing(code='def handler(event, context): seen("old")')
        url, arn = rig.queue()
        connect(rig, arn)
        send(rig, url, 'one')
        rig.wait_until_empty(url)
        code = (
            rig.engine.functions.functions.all('111122223333', 'eu-west-1')[0].latest.code.folder / 'app.py'
        ).read_text()
        rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of({'app.py': code.replace('old', 'new')}))
        send(rig, url, 'two')
        rig.wait_until_empty(url)
        assert rig.seen() == ['old', 'new']

    def test_a_mapping_of_a_version_runs_that_version(self, rig):
        rig.create_seeing(
            code='def handler(event, context): seen([context.function_version, context.invoked_function_arn[-5:]])',
            Publish=True,
        )
        url, arn = rig.queue()
        connect(rig, arn, 'fn:1')
        send(rig, url, 'one')
        rig.wait_until_empty(url)
        assert rig.seen() == [['1', ':fn:1']]


class test_batches:
    def test_a_window_collects_until_the_batch_is_full(self, make_rig):
        sizes = []
        rig = make_rig(lambda event: sizes.append(len(event['Records'])))
        rig.create()
        url, arn = rig.queue()
        connect(rig, arn, BatchSize=25, MaximumBatchingWindowInSeconds=300)
        for number in range(5):
            send(rig, url, *(f'{number} {text}' for text in range(5)))
        rig.wait_until_empty(url)
        assert sizes == [25]

    def test_a_window_that_is_over_hands_over_what_there_is(self, make_rig):
        sizes = []
        rig = make_rig(lambda event: sizes.append(len(event['Records'])))
        rig.create()
        url, arn = rig.queue()
        connect(rig, arn, BatchSize=100, MaximumBatchingWindowInSeconds=1)
        send(rig, url, 'one', 'two')
        send(rig, url, 'three')
        rig.wait_until_empty(url)
        assert sizes == [3]

    def test_more_than_6_mb_are_handed_over_in_parts(self, make_rig):
        sizes = []
        rig = make_rig(lambda event: sizes.append(len(event['Records'])))
        rig.create()
        url, arn = rig.queue(MaximumMessageSize='1048576')
        for _ in range(8):
            rig.sqs.send_message(QueueUrl=url, MessageBody='x' * 1_000_000)
        connect(rig, arn, BatchSize=10)
        rig.wait_until_empty(url)
        assert sizes == [6, 2]


class test_scaling:
    def rig_with_a_barrier(self, make_rig, parties):
        together = threading.Barrier(parties, timeout=20)
        running, most, lock = set(), [0], threading.Lock()

        def run(event):
            with lock:
                running.add(id(event))
                most[0] = max(most[0], len(running))
            try:
                together.wait()
            finally:
                with lock:
                    running.discard(id(event))

        rig = make_rig(run)
        rig.create()
        return rig, most, together

    @pytest.mark.parametrize(('config', 'limit'), [({}, 5), ({'ScalingConfig': {'MaximumConcurrency': 2}}, 2)])
    def test_a_backlog_is_worked_on_by_as_many_as_allowed(self, make_rig, config, limit, monkeypatch):
        monkeypatch.setattr(Sqs_Poller, 'BUSY_SECONDS', 3600)
        rig, most, together = self.rig_with_a_barrier(make_rig, limit)
        url, arn = rig.queue()
        send(rig, url, *(str(number) for number in range(2 * limit)))
        connect(rig, arn, BatchSize=1, **config)
        rig.wait_until_empty(url)
        assert most == [limit]
        assert not together.broken

    def test_a_message_does_not_wait_for_the_one_before_it(self, make_rig):
        rig, most, _ = self.rig_with_a_barrier(make_rig, 2)
        url, arn = rig.queue()
        connect(rig, arn)
        send(rig, url, 'one')
        wait_until(lambda: rig.invoker.calls)
        send(rig, url, 'two')
        rig.wait_until_empty(url)
        assert most == [2]

    def test_there_are_never_more_than_allowed(self, make_rig):
        rig, most, together = self.rig_with_a_barrier(make_rig, 3)
        url, arn = rig.queue()
        send(rig, url, *'abcd')
        connect(rig, arn, BatchSize=1, ScalingConfig={'MaximumConcurrency': 2})
        wait_until(lambda: together.n_waiting == 2)
        [poller] = rig.engine.mappings._pollers.values()
        poller._grow_when_stuck()
        assert sum(name.startswith('osbot-lambda-poll') for name in rig.threads()) == 2
        together.abort()
        assert most == [2]

    def test_while_one_is_busy_another_stays_to_listen(self, make_rig, monkeypatch):
        monkeypatch.setattr(Sqs_Poller, 'LINGER_SECONDS', 0.01)
        go_on, waits, real = threading.Event(), [], Sqs_Queue.receive

        def receive(queue, most, wait_seconds, cancel):
            waits.append(wait_seconds)
            return real(queue, most, wait_seconds, cancel=cancel)

        monkeypatch.setattr(Sqs_Queue, 'receive', receive)
        rig = make_rig(lambda event: go_on.wait(20) if bodies(event) == ['slow'] else None)
        rig.create()
        url, arn = rig.queue()
        connect(rig, arn, BatchSize=1)
        send(rig, url, 'slow')
        wait_until(lambda: rig.invoker.calls)
        send(rig, url, 'quick')
        wait_until(lambda: rig.counts(url) == (0, 1))
        [poller] = rig.engine.mappings._pollers.values()
        wait_until(lambda: waits.count(Sqs_Poller.WAIT_SECONDS) >= 2 and poller._receiving == 1)
        send(rig, url, 'quick')
        wait_until(lambda: rig.counts(url) == (0, 1) and len(rig.invoker.calls) == 3)
        go_on.set()
        rig.wait_until_empty(url)

    def test_one_thread_is_left_when_the_work_is_done(self, make_rig, monkeypatch):
        monkeypatch.setattr(Sqs_Poller, 'LINGER_SECONDS', 0.01)
        rig, _, _ = self.rig_with_a_barrier(make_rig, 3)
        url, arn = rig.queue()
        send(rig, url, *'abc')
        connect(rig, arn, BatchSize=1)
        rig.wait_until_empty(url)
        pollers = 'osbot-lambda-poll'
        wait_until(lambda: sum(name.startswith(pollers) for name in rig.threads()) == 1)
        send(rig, url, *'def')
        rig.wait_until_empty(url)


class test_ends:
    @pytest.mark.parametrize('end', ['delete', 'disable'])
    def test_afterwards_nothing_fires_and_what_runs_ends(self, make_rig, end):
        inside, go_on = threading.Event(), threading.Event()

        def run(event):
            inside.set()
            assert go_on.wait(20)

        rig = make_rig(run)
        rig.create()
        url, arn = rig.queue()
        uuid = connect(rig, arn, BatchSize=1, ScalingConfig={'MaximumConcurrency': 2})
        send(rig, url, 'runs')
        assert inside.wait(20)
        if end == 'delete':
            rig.client.delete_event_source_mapping(UUID=uuid)
        else:
            rig.client.update_event_source_mapping(UUID=uuid, Enabled=False)
        send(rig, url, 'stays')
        go_on.set()
        wait_until(lambda: rig.counts(url) == (1, 0))
        wait_until(lambda: not any(name.startswith('osbot-lambda-poll') for name in rig.threads()))
        assert [bodies_of(call) for call in rig.invoker.calls] == [['runs']]

    def test_what_was_taken_but_not_started_goes_back_to_the_queue(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create()
        url, arn = rig.queue()
        uuid = connect(rig, arn, BatchSize=100, MaximumBatchingWindowInSeconds=300)
        send(rig, url, 'collected')
        wait_until(lambda: rig.counts(url) == (0, 1))
        rig.client.delete_event_source_mapping(UUID=uuid)
        wait_until(lambda: rig.counts(url) == (1, 0))
        assert rig.invoker.calls == []

    def test_an_enabled_again_mapping_goes_on(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create()
        url, arn = rig.queue()
        uuid = connect(rig, arn, Enabled=False)
        send(rig, url, 'one')
        rig.client.update_event_source_mapping(UUID=uuid, Enabled=True)
        rig.wait_until_empty(url)

    def test_stop_wakes_and_ends_an_idle_poller(self, make_rig):
        rig = make_rig(lambda event: None)
        rig.create()
        _, arn = rig.queue()
        connect(rig, arn)
        assert rig.threads()
        rig.engine.stop()
        assert rig.threads() == []


class test_trouble:
    def test_without_its_function_messages_stay_until_it_is_there_again(self, make_rig, monkeypatch):
        looked, real = [], Sqs_Queue.receive

        def receive(queue, *args, **more):
            looked.append(1)
            return real(queue, *args, **more)

        monkeypatch.setattr(Sqs_Queue, 'receive', receive)
        rig = make_rig(lambda event: None)
        rig.create()
        url, arn = rig.queue()
        connect(rig, arn)
        wait_until(lambda: rig.sqs_engine.queue_by_arn(arn).waiting)
        rig.client.delete_function(FunctionName='fn')
        wait_until(lambda: not rig.sqs_engine.queue_by_arn(arn).waiting)
        for _ in range(5):
            send(rig, url, 'one')
        assert rig.counts(url) == (5, 0)
        rig.create()
        rig.wait_until_empty(url)
        assert len(rig.invoker.calls) == 1
        assert len(looked) <= 3

    def test_a_function_that_fails_leaves_the_messages_for_their_visibility_timeout(self, make_rig):
        rig = make_rig(lambda event: ValueError('boom'))
        rig.create()
        url, arn = rig.queue()
        connect(rig, arn)
        send(rig, url, 'one')
        wait_until(lambda: rig.invoker.calls)
        send(rig, url, 'two')
        wait_until(lambda: rig.counts(url) == (0, 2))

    def test_a_bug_of_ours_is_logged_with_the_mapping_and_polling_goes_on(self, make_rig, caplog, monkeypatch):
        monkeypatch.setattr(Sqs_Poller, 'MAX_BACK_OFF', 0.01)
        answers = iter([KeyError('a bug'), None])

        def run(event):
            if error := next(answers):
                raise error

        rig = make_rig(run)
        rig.create(Timeout=1)
        url, arn = rig.queue(VisibilityTimeout='1')
        with caplog.at_level(logging.ERROR, 'osbot_lambda.local'):
            uuid = connect(rig, arn)
            send(rig, url, 'one')
            wait_until(lambda: uuid in caplog.text)
        assert rig.counts(url) == (0, 1)
        rig.wait_until_empty(url)
        assert len(rig.invoker.calls) == 2

    def test_a_runtime_that_is_not_here_is_logged_in_a_line(self, make_rig, caplog, monkeypatch):
        monkeypatch.setattr(Sqs_Poller, 'MAX_BACK_OFF', 0.01)

        def fail(event):
            raise Runtime__Not_Available('nodejs22.x', 'python3.11', 'fn')

        rig = make_rig(fail)
        rig.create()
        url, arn = rig.queue()
        with caplog.at_level(logging.WARNING, 'osbot_lambda.local'):
            uuid = connect(rig, arn)
            send(rig, url, 'one')
            wait_until(lambda: f'mapping {uuid}: InvalidRuntimeException: function fn wants nodejs22.x' in caplog.text)
        assert 'Traceback' not in caplog.text

    def test_a_queue_that_was_deleted_and_made_again_is_found(self, make_rig, monkeypatch):
        monkeypatch.setattr(Sqs_Poller, 'MAX_BACK_OFF', 0.01)
        rig = make_rig(lambda event: None)
        rig.create()
        url, arn = rig.queue()
        connect(rig, arn)
        rig.sqs.delete_queue(QueueUrl=url)
        rig.queue()
        send(rig, url, 'one')
        rig.wait_until_empty(url)

    def test_an_idle_poller_is_one_thread_that_waits_in_the_queue(self, make_rig, monkeypatch):
        monkeypatch.setattr(Sqs_Poller, 'LINGER_SECONDS', 0.01)
        waits = []
        real = Sqs_Queue.receive

        def receive(queue, most, wait_seconds, cancel):
            waits.append(wait_seconds)
            return real(queue, most, wait_seconds, cancel=cancel)

        monkeypatch.setattr(Sqs_Queue, 'receive', receive)
        rig = make_rig(lambda event: None)
        rig.create()
        url, arn = rig.queue()
        connect(rig, arn, BatchSize=1)
        send(rig, url, *'abcdef')
        rig.wait_until_empty(url)
        wait_until(lambda: sum(name.startswith('osbot-lambda-poll') for name in rig.threads()) == 1)
        wait_until(lambda: waits[-1] == Sqs_Poller.WAIT_SECONDS)
        [poller] = rig.engine.mappings._pollers.values()
        wait_until(lambda: rig.sqs_engine.queue_by_arn(arn).waiting == 1)
        assert poller._receiving == 1


def bodies_of(call):
    return bodies(json.loads(call[1].payload))
