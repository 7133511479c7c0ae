import itertools
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.sqs.Sqs_Queue import Sqs_Queue
from tests.local.server.sqs.Turned_Clock import Turned_Clock
from tests.local.server.sqs.waiting import wait_until_receivers_wait


def new_queue(clock=None, name='q', find_queue=lambda arn: None, **attributes):
    settings = {key: str(value) for key, value in attributes.items()}
    return Sqs_Queue('111122223333', 'eu-west-1', name, settings, clock or Turned_Clock(), find_queue)


def queue_with_dead_letters(max_receive_count=2):
    clock = Turned_Clock()
    dead_letters = new_queue(clock, 'dead')
    queues = {dead_letters.arn: dead_letters}
    policy = json.dumps({'deadLetterTargetArn': dead_letters.arn, 'maxReceiveCount': max_receive_count})
    return new_queue(clock, find_queue=queues.get, RedrivePolicy=policy), dead_letters, queues


def bodies(messages):
    return [message.body for message in messages]


class test_Sqs_Queue:
    def test_messages_come_in_the_order_of_sending(self):
        queue = new_queue()
        for body in ('a', 'b', 'c'):
            queue.send(body)
        assert bodies(queue.receive(10)) == ['a', 'b', 'c']

    def test_a_receive_takes_no_more_than_asked_for(self):
        queue = new_queue()
        for number in range(30):
            queue.send(str(number))
        assert len(queue.receive(25)) == 25
        assert queue.visible_count() == 5

    def test_a_received_message_is_hidden_for_its_visibility_timeout(self):
        queue = new_queue(VisibilityTimeout=30)
        queue.send('a')
        queue.receive()
        queue.clock.turn(29.9)
        assert queue.receive() == []
        queue.clock.turn(0.2)
        assert bodies(queue.receive()) == ['a']

    def test_a_receive_can_have_a_visibility_timeout_of_its_own(self):
        queue = new_queue(VisibilityTimeout=30)
        queue.send('a')
        queue.receive(visibility_timeout=5)
        queue.clock.turn(6)
        assert bodies(queue.receive()) == ['a']

    def test_each_receive_is_counted_and_the_first_one_keeps_its_time(self):
        queue = new_queue()
        queue.send('a')
        first = queue.receive(visibility_timeout=5)[0].attributes
        queue.clock.turn(10)
        second = queue.receive()[0].attributes
        assert (first['ApproximateReceiveCount'], second['ApproximateReceiveCount']) == ('1', '2')
        assert first['ApproximateFirstReceiveTimestamp'] == second['ApproximateFirstReceiveTimestamp']
        assert second['SentTimestamp'] == '1750000000000'

    def test_a_deleted_message_does_not_come_back(self):
        queue = new_queue()
        queue.send('a')
        queue.delete(queue.receive()[0].receipt_handle)
        queue.clock.turn(60)
        assert queue.receive() == []
        assert queue.attributes()['ApproximateNumberOfMessagesNotVisible'] == '0'

    def test_a_message_that_is_visible_again_can_still_be_deleted_with_its_last_handle(self):
        queue = new_queue()
        queue.send('a')
        handle = queue.receive(visibility_timeout=1)[0].receipt_handle
        queue.clock.turn(2)
        assert queue.visible_count() == 1
        queue.delete(handle)
        assert queue.receive() == []

    def test_an_old_handle_deletes_nothing(self):
        queue = new_queue()
        queue.send('a')
        old = queue.receive(visibility_timeout=1)[0].receipt_handle
        queue.clock.turn(2)
        queue.receive(visibility_timeout=1)
        queue.delete(old)
        queue.clock.turn(2)
        assert bodies(queue.receive()) == ['a']

    def test_deleting_twice_is_no_error(self):
        queue = new_queue()
        queue.send('a')
        handle = queue.receive()[0].receipt_handle
        queue.delete(handle)
        queue.delete(handle)
        assert queue.visible_count() == 0

    @pytest.mark.parametrize('handle', ['', 'garbage', 'Z2FyYmFnZQ==', 'é'], ids=['empty', 'text', 'base64', 'accent'])
    def test_what_is_no_receipt_handle_is_refused(self, handle):
        with pytest.raises(Api__Error, match='is not a valid receipt handle') as caught:
            new_queue().delete(handle)
        assert caught.value.code == 'ReceiptHandleIsInvalid'

    def test_the_handle_of_another_queue_is_refused(self):
        one, two = new_queue(name='one'), new_queue(name='two')
        one.send('a')
        with pytest.raises(Api__Error, match='is not a valid receipt handle'):
            two.delete(one.receive()[0].receipt_handle)

    # ---- change of visibility

    def test_visibility_0_gives_a_message_back_at_once(self):
        queue = new_queue()
        queue.send('a')
        queue.change_visibility(queue.receive()[0].receipt_handle, 0)
        assert bodies(queue.receive()) == ['a']

    def test_visibility_can_be_made_longer(self):
        queue = new_queue(VisibilityTimeout=10)
        queue.send('a')
        queue.change_visibility(queue.receive()[0].receipt_handle, 100)
        queue.clock.turn(50)
        assert queue.receive() == []
        queue.clock.turn(51)
        assert bodies(queue.receive()) == ['a']

    def test_visibility_of_a_message_that_is_not_in_flight_cannot_be_changed(self):
        queue = new_queue()
        queue.send('a')
        handle = queue.receive(visibility_timeout=1)[0].receipt_handle
        queue.clock.turn(2)
        with pytest.raises(Api__Error) as caught:
            queue.change_visibility(handle, 10)
        assert caught.value.code == 'MessageNotInflight'

    def test_visibility_of_a_message_that_is_gone_cannot_be_changed(self):
        queue = new_queue()
        queue.send('a')
        handle = queue.receive()[0].receipt_handle
        queue.delete(handle)
        with pytest.raises(Api__Error, match='Message does not exist or is not available for visibility'):
            queue.change_visibility(handle, 10)

    def test_the_total_visibility_ends_12_hours_after_the_receive(self):
        queue = new_queue()
        queue.send('a')
        handle = queue.receive(visibility_timeout=43200)[0].receipt_handle
        queue.clock.turn(10)
        queue.change_visibility(handle, 43190)
        with pytest.raises(Api__Error, match='Total VisibilityTimeout'):
            queue.change_visibility(handle, 43191)

    @pytest.mark.parametrize('seconds', [-1, 43201])
    def test_visibility_has_limits(self, seconds):
        queue = new_queue()
        queue.send('a')
        with pytest.raises(Api__Error, match='Must be between 0 and 43200'):
            queue.change_visibility(queue.receive()[0].receipt_handle, seconds)

    # ---- delay and retention

    def test_a_delayed_message_appears_after_its_delay(self):
        queue = new_queue()
        queue.send('late', delay=10)
        queue.send('now')
        assert bodies(queue.receive(10)) == ['now']
        assert queue.attributes()['ApproximateNumberOfMessagesDelayed'] == '1'
        queue.clock.turn(11)
        assert bodies(queue.receive(10)) == ['late']

    def test_the_queues_delay_holds_unless_the_message_has_one(self):
        queue = new_queue(DelaySeconds=10)
        queue.send('late')
        queue.send('now', delay=0)
        assert bodies(queue.receive(10)) == ['now']

    @pytest.mark.parametrize('delay', [-1, 901])
    def test_delay_has_limits(self, delay):
        with pytest.raises(Api__Error, match='DelaySeconds must be >= 0 and <= 900'):
            new_queue().send('a', delay=delay)

    @pytest.mark.parametrize('state', ['ready', 'delayed', 'in flight'])
    def test_a_message_is_dropped_after_the_retention_period(self, state):
        queue = new_queue(MessageRetentionPeriod=60)
        queue.send('a', delay=900 if state == 'delayed' else 0)
        if state == 'in flight':
            queue.receive(visibility_timeout=43200)
        queue.clock.turn(60)
        told = queue.attributes()
        assert {told[name] for name in told if name.startswith('ApproximateNumber')} == {'0'}
        queue.clock.turn(43200)
        assert queue.receive() == []

    def test_a_message_behind_a_younger_one_is_dropped_when_its_turn_comes(self):
        clock = Turned_Clock()
        source, target = new_queue(clock, 'source'), new_queue(clock, MessageRetentionPeriod=60)
        source.send('old')
        stored = next(iter(source.messages.values()))
        clock.turn(50)
        target.send('young')
        target.adopt(stored, source.arn)
        clock.turn(20)
        assert bodies(target.receive(10)) == ['young']

    def test_a_shorter_retention_holds_for_messages_inside(self):
        queue = new_queue()
        queue.send('a')
        queue.clock.turn(100)
        queue.update({'MessageRetentionPeriod': '60'})
        assert queue.visible_count() == 0

    # ---- redrive

    def test_a_message_received_too_often_goes_to_the_dead_letter_queue(self):
        queue, dead_letters, _ = queue_with_dead_letters(max_receive_count=2)
        sent = queue.send('bad', attributes={'k': {'DataType': 'String', 'StringValue': 'v'}})
        for _ in range(2):
            assert bodies(queue.receive(visibility_timeout=1)) == ['bad']
            queue.clock.turn(2)
        assert dead_letters.visible_count() == 0
        assert queue.receive() == []
        assert queue.attributes()['ApproximateNumberOfMessages'] == '0'
        [dead] = dead_letters.receive()
        assert (dead.message_id, dead.body) == (sent.message_id, 'bad')
        assert dead.message_attributes == {'k': {'DataType': 'String', 'StringValue': 'v'}}
        assert dead.attributes['DeadLetterQueueSourceArn'] == queue.arn
        assert dead.attributes['SentTimestamp'] == sent.attributes['SentTimestamp']
        assert dead.attributes['ApproximateReceiveCount'] == '3'  # 'across all queues'

    def test_dead_letters_do_not_take_the_place_of_good_messages(self):
        queue, dead_letters, _ = queue_with_dead_letters(max_receive_count=1)
        queue.send('bad')
        queue.receive(visibility_timeout=0)
        queue.clock.turn(1)
        assert queue.visible_count() == 1
        queue.send('good')
        assert bodies(queue.receive(1)) == ['good']
        assert dead_letters.visible_count() == 1

    def test_a_receiver_that_waits_goes_on_waiting_when_it_met_only_dead_letters(self):
        queue, dead_letters, _ = queue_with_dead_letters(max_receive_count=1)
        queue.send('bad')
        queue.receive(visibility_timeout=0)
        queue.send('good', delay=5)
        assert bodies(queue.receive(1, wait_seconds=20)) == ['good']
        assert dead_letters.visible_count() == 1

    def test_without_its_dead_letter_queue_a_message_stays(self):
        queue, dead_letters, queues = queue_with_dead_letters(max_receive_count=1)
        queues.clear()
        dead_letters.remove()
        queue.send('bad')
        for count in ('1', '2', '3'):
            assert queue.receive(visibility_timeout=0)[0].attributes['ApproximateReceiveCount'] == count

    def test_a_dead_letter_queue_deleted_in_the_middle_loses_nothing(self):
        queue, dead_letters, _ = queue_with_dead_letters(max_receive_count=1)  # the engine still finds it
        queue.send('bad')
        queue.receive(visibility_timeout=0)
        dead_letters.remove()
        assert bodies(queue.receive()) == ['bad']

    # ---- waiting

    def test_a_wait_without_a_message_ends_after_its_time(self):
        queue = new_queue()
        before = queue.clock.now()
        assert queue.receive(wait_seconds=20) == []
        assert queue.clock.now() == before + 20

    def test_a_wait_ends_with_a_delay(self):
        queue = new_queue()
        before = queue.clock.now()
        queue.send('a', delay=7)
        assert bodies(queue.receive(wait_seconds=20)) == ['a']
        assert queue.clock.now() == before + 7

    def test_a_wait_ends_with_a_visibility_timeout(self):
        queue = new_queue()
        before = queue.clock.now()
        queue.send('a')
        queue.receive(visibility_timeout=3)
        assert bodies(queue.receive(wait_seconds=20)) == ['a']
        assert queue.clock.now() == before + 3

    def test_a_send_wakes_a_waiting_receiver(self):
        queue = Sqs_Queue('111122223333', 'eu-west-1', 'q')
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(queue.receive, 1, 60)
            wait_until_receivers_wait(queue, 1)
            queue.send('a')
            assert bodies(waiting.result(10)) == ['a']

    def test_giving_a_message_back_wakes_a_waiting_receiver(self):
        queue = Sqs_Queue('111122223333', 'eu-west-1', 'q')
        queue.send('a')
        handle = queue.receive()[0].receipt_handle
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(queue.receive, 1, 60)
            wait_until_receivers_wait(queue, 1)
            queue.change_visibility(handle, 0)
            assert bodies(waiting.result(10)) == ['a']

    def test_a_nearer_deadline_wakes_a_receiver_that_waits_for_a_later_one(self):
        queue = Sqs_Queue('111122223333', 'eu-west-1', 'q')
        queue.send('a', delay=900)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(queue.receive, 1, 60)
            wait_until_receivers_wait(queue, 1)
            with queue.changed:  # a delay of the API is whole seconds, and a test doesn't wait for one
                queue._hide(queue.messages[next(iter(queue.messages))], 1, queue.clock.now() + 0.01)
            assert bodies(waiting.result(10)) == ['a']

    def test_a_cancelled_receiver_ends_at_once_with_nothing(self):
        queue, cancel = Sqs_Queue('111122223333', 'eu-west-1', 'q'), threading.Event()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(queue.receive, 1, 60, None, cancel)
            wait_until_receivers_wait(queue, 1)
            cancel.set()
            queue.wake()
            assert waiting.result(10) == []

    def test_a_cancelled_receiver_passes_the_send_that_woke_it_on(self):
        queue, cancel = Sqs_Queue('111122223333', 'eu-west-1', 'q'), threading.Event()
        with ThreadPoolExecutor(2) as pool:
            cancelled = pool.submit(queue.receive, 1, 60, None, cancel)
            wait_until_receivers_wait(queue, 1)
            other = pool.submit(queue.receive, 1, 60)
            wait_until_receivers_wait(queue, 2)
            cancel.set()
            queue.send('a')  # wakes the first one, which is cancelled
            assert bodies(other.result(10)) == ['a']
            assert cancelled.result(10) == []

    def test_deleting_the_queue_wakes_its_receivers(self):
        queue = Sqs_Queue('111122223333', 'eu-west-1', 'q')
        with ThreadPoolExecutor(2) as pool:
            waiting = [pool.submit(queue.receive, 1, 60) for _ in range(2)]
            wait_until_receivers_wait(queue, 2)
            queue.remove()
            for one in waiting:
                with pytest.raises(Api__Error, match='The specified queue does not exist'):
                    one.result(10)

    # ---- many at once

    def test_eight_receivers_get_each_message_once_and_lose_none(self):
        queue, total = Sqs_Queue('111122223333', 'eu-west-1', 'q'), 2000
        done, left = threading.Event(), itertools.count(total - 1, -1)

        def consume():
            seen = []
            while not done.is_set():
                for message in queue.receive(3, 60, cancel=done):
                    seen.append(message.message_id)
                    queue.delete(message.receipt_handle)
                    if next(left) == 0:
                        done.set()
                        queue.wake()
            return seen

        def produce(part):
            return [queue.send(str(number)).message_id for number in range(part, total, 2)]

        with ThreadPoolExecutor(10) as pool:
            receivers = [pool.submit(consume) for _ in range(8)]
            senders = [pool.submit(produce, part) for part in range(2)]
            sent = [message_id for sender in senders for message_id in sender.result(60)]
            seen = [message_id for receiver in receivers for message_id in receiver.result(60)]
        assert len(seen) == total
        assert set(seen) == set(sent)
        assert not queue.messages

    def test_no_message_goes_to_two_receivers_within_its_visibility_timeout(self):
        queue = Sqs_Queue('111122223333', 'eu-west-1', 'q')
        for number in range(2000):
            queue.send(str(number))

        def drain():
            seen = []
            while messages := queue.receive(7):
                seen += [message.message_id for message in messages]
            return seen

        with ThreadPoolExecutor(8) as pool:
            seen = [message_id for part in pool.map(lambda _: drain(), range(8)) for message_id in part]
        assert len(seen) == len(set(seen)) == 2000

    # ---- limits

    def test_no_more_than_120000_messages_are_in_flight(self):
        queue = new_queue()
        queue.MAX_IN_FLIGHT = 3
        for number in range(5):
            queue.send(str(number))
        assert bodies(queue.receive(10)) == ['0', '1', '2']
        with pytest.raises(Api__Error) as caught:
            queue.receive()
        assert caught.value.code == 'OverLimit'
        queue.clock.turn(31)
        assert len(queue.receive(3)) == 3

    @pytest.mark.parametrize('body', ['a\x00', '\ud800', '\ufffe', '\x1b[0m'])
    def test_characters_that_xml_does_not_know_are_refused(self, body):
        with pytest.raises(Api__Error) as caught:
            new_queue().send(body)
        assert caught.value.code == 'InvalidMessageContents'

    @pytest.mark.parametrize('body', ['\t\r\n é \ue000 \ufffd 🎉', 'x'])
    def test_all_other_characters_are_kept(self, body):
        queue = new_queue()
        queue.send(body)
        assert bodies(queue.receive()) == [body]

    def test_a_message_may_be_as_large_as_the_queue_allows_and_no_larger(self):
        queue = new_queue(MaximumMessageSize=1024)
        queue.send('é' * 512)
        with pytest.raises(Api__Error, match='Message must be shorter than 1024 bytes') as caught:
            queue.send('é' * 512 + 'x')
        assert caught.value.code == 'InvalidParameterValue'

    def test_attributes_count_towards_the_size(self):
        queue = new_queue(MaximumMessageSize=1024)
        attributes = {'name': {'DataType': 'String', 'StringValue': 'x' * 10}}
        queue.send('x' * (1024 - 4 - 6 - 10), attributes=attributes)
        with pytest.raises(Api__Error, match='Message must be shorter'):
            queue.send('x' * (1024 - 4 - 6 - 9), attributes=attributes)

    def test_purge_drops_everything(self):
        queue = new_queue()
        for delay in (0, 0, 10):
            queue.send('a', delay=delay)
        handle = queue.receive()[0].receipt_handle
        queue.purge()
        queue.delete(handle)
        queue.clock.turn(60)
        assert queue.receive(10) == []
        told = queue.attributes()
        assert {told[name] for name in told if name.startswith('ApproximateNumber')} == {'0'}

    def test_what_is_stale_in_the_heap_does_not_pile_up(self):
        queue = new_queue()
        for number in range(5000):
            queue.send(str(number))
            queue.delete(queue.receive(visibility_timeout=43200)[0].receipt_handle)
        assert len(queue.hidden) <= queue.STALE_ALLOWED + 2
        assert not queue.messages
        assert not queue.ready
