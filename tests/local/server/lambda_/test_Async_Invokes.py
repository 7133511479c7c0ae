import logging
import threading

import pytest
from botocore.exceptions import ClientError

from osbot_lambda.errors import Runtime__Not_Available
from osbot_lambda.local.server.lambda_.Async_Invokes import Async_Invokes
from tests.wait_until import wait_until


def send(rig, payload=b'{}', name='fn'):
    return rig.client.invoke(FunctionName=name, InvocationType='Event', Payload=payload)


class test_Async_Invokes:
    @pytest.mark.fidelity(
        'Event invoke',
        aws='202, empty, no ExecutedVersion',
        ours='as AWS',
        source='S invoke',
        kind='recorded',
    )
    def test_it_answers_at_once_and_runs_later(self, rig):
        rig.create_seeing(code='def handler(event, context): seen(event)')
        answer = send(rig, b'{"a": 1}')
        assert (answer['StatusCode'], answer['Payload'].read()) == (202, b'')
        assert 'ExecutedVersion' not in answer
        assert wait_until(rig.seen) == [{'a': 1}]

    @pytest.mark.fidelity(
        'InvokeAsync', aws='202 with Status 202, as an event invoke', ours='as AWS', source='B', kind='documented'
    )
    def test_the_old_operation_does_the_same(self, make_rig):
        rig = make_rig(lambda event: event)
        rig.create()
        assert rig.client.invoke_async(FunctionName='fn', InvokeArgs=b'{"a": 1}')['Status'] == 202
        ((_, invocation),) = wait_until(lambda: rig.invoker.calls)
        assert invocation.payload == b'{"a": 1}'

    def test_several_run_at_the_same_time(self, make_rig):
        together = threading.Barrier(3, timeout=20)
        rig = make_rig(lambda event: together.wait())
        rig.create()
        for _ in range(3):
            send(rig)
        wait_until(lambda: together.n_waiting == 0 and len(rig.invoker.calls) == 3)
        assert not together.broken

    @pytest.mark.fidelity(
        'event invoke: retries',
        aws='two more attempts, after one and after two minutes, under the same request id',
        ours='as AWS; the delays are a setting of the cloud (retry_delays)',
        source='D invocation-async-error-handling',
        kind='documented',
    )
    def test_a_failure_is_tried_twice_more_under_the_same_request_id(self, make_rig):
        rig = make_rig(lambda event: ValueError('boom'), retry_delays=(0.01, 0.02))
        rig.create()
        request_id = send(rig, b'{"a": 1}')['ResponseMetadata']['RequestId']
        wait_until(lambda: len(rig.invoker.calls) == 3)
        assert {invocation.request_id for _, invocation in rig.invoker.calls} == {request_id}
        assert {invocation.payload for _, invocation in rig.invoker.calls} == {b'{"a": 1}'}

    def test_after_the_last_attempt_it_is_given_up_and_said(self, make_rig, caplog):
        rig = make_rig(lambda event: ValueError('boom'), retry_delays=())
        rig.create()
        with caplog.at_level(logging.WARNING, 'osbot_lambda.local'):
            send(rig)
            wait_until(lambda: 'given up after 1 attempts (RetriesExhausted): ValueError: boom' in caplog.text)
        assert len(rig.invoker.calls) == 1

    def test_an_attempt_that_works_is_the_last(self, make_rig):
        answers = iter([ValueError('once'), 'fine', 'too often'])
        rig = make_rig(lambda event: next(answers), retry_delays=(0, 0))
        rig.create()
        send(rig)
        wait_until(lambda: len(rig.invoker.calls) == 2)
        rig.engine.async_invokes.stop()
        assert next(answers) == 'too often'

    def test_a_data_plane_that_can_not_run_it_is_a_failure_as_well(self, make_rig, caplog):
        def fail(event):
            raise Runtime__Not_Available('python3.1', 'python3.11', 'fn')

        rig = make_rig(fail, retry_delays=(0,))
        rig.create()
        with caplog.at_level(logging.WARNING, 'osbot_lambda.local'):
            send(rig)
            wait_until(lambda: 'given up after 2 attempts (RetriesExhausted): InvalidRuntimeException' in caplog.text)

    def test_a_bug_of_ours_does_not_end_the_thread_in_silence(self, make_rig, caplog):
        def fail(event):
            raise KeyError('a bug')

        rig = make_rig(fail, retry_delays=())
        rig.create()
        send(rig)
        wait_until(lambda: "given up after 1 attempts (RetriesExhausted): KeyError: 'a bug'" in caplog.text)

    def test_a_function_that_was_deleted_and_made_again_gets_no_old_events(self, make_rig):
        failed = threading.Event()

        def fail(event):
            failed.set()
            return ValueError('boom')

        rig = make_rig(fail, retry_delays=(0.05,))
        rig.create()
        send(rig, b'"old"')
        assert failed.wait(20)
        rig.client.delete_function(FunctionName='fn')
        rig.create()
        last = threading.Event()
        rig.engine.later.call_later(0.06, last.set)
        assert last.wait(20)
        rig.engine.async_invokes.stop()
        assert len(rig.invoker.calls) == 1

    def test_a_retry_runs_the_code_of_then(self, make_rig):
        rig = make_rig(lambda event: ValueError('boom'), retry_delays=(0.05,))
        rig.create()
        send(rig)
        wait_until(lambda: rig.invoker.calls)
        rig.client.update_function_configuration(FunctionName='fn', Timeout=9)
        wait_until(lambda: len(rig.invoker.calls) == 2)
        assert [spec.timeout for spec, _ in rig.invoker.calls] == [3, 9]

    def test_stop_forgets_the_retries_and_refuses_new_events(self, make_rig):
        rig = make_rig(lambda event: ValueError('boom'), retry_delays=(60,))
        rig.create()
        send(rig)
        wait_until(lambda: rig.threads())
        rig.engine.stop()
        assert rig.threads() == []
        with pytest.raises(ClientError, match='The local cloud is stopping'):
            send(rig)

    def test_stop_forgets_what_waits_for_its_turn(self, make_rig, monkeypatch):
        monkeypatch.setattr(Async_Invokes, 'MAX_THREADS', 1)
        stopped = threading.Event()
        rig = make_rig(lambda event: stopped.wait(20))
        rig.invoker.stop = stopped.set
        rig.create()
        send(rig)
        send(rig)
        wait_until(lambda: rig.invoker.calls)
        threading.Thread(target=rig.engine.async_invokes.stop).start()
        wait_until(lambda: rig.engine.async_invokes._threads._shutdown)
        rig.engine.stop()
        assert len(rig.invoker.calls) == 1

    def test_stop_ends_what_runs(self, rig):
        rig.create_seeing(
            code='import threading\ndef handler(event, context):\n    seen(1)\n    threading.Event().wait()',
            Timeout=900,
        )
        send(rig)
        wait_until(rig.seen)
        rig.engine.stop()
        assert rig.threads() == []
