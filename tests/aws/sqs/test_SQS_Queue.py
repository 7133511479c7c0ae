import json

import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.sqs.SQS_Queue__Send import BATCH_BYTES
from osbot_lambda.errors import Aws__Access_Denied, Aws__Conflict, Aws__Invalid, Aws__Not_Found, Aws__Server_Error


@pytest.fixture
def queue():
    queue = SQS_Queue('q')
    queue.create()
    return queue


@pytest.mark.usefixtures('anywhere')
class test_SQS_Queue:
    def test_comes_and_goes(self):
        queue = SQS_Queue('q')
        assert not queue.exists()
        url = queue.create()
        assert queue.create() == url == queue.url() == SQS_Queue('q').url()
        assert queue.exists()
        assert queue.arn() == 'arn:aws:sqs:us-east-1:123456789012:q'
        assert queue.delete() is True
        assert queue.delete() is False
        assert not queue.exists()

    def test_a_queue_that_is_not_there_is_said(self):
        with pytest.raises(Aws__Not_Found, match=r'sqs.GetQueueUrl of q'):
            SQS_Queue('q').push('x')

    def test_attributes_are_written_as_sqs_wants_them(self, queue):
        queue.attributes_update({'VisibilityTimeout': 7, 'DelaySeconds': '0'})
        assert queue.attributes()['VisibilityTimeout'] == '7'
        assert queue.attributes('DelaySeconds') == {'DelaySeconds': '0'}

    def test_the_same_queue_with_other_attributes_is_a_conflict(self, queue):
        with pytest.raises(Aws__Conflict):
            queue.create({'VisibilityTimeout': 7})

    @pytest.mark.parametrize('data', [{'a': [1, 2.5, 'ü']}, [], {}, 0, '', False, 'text'], ids=repr)
    def test_data_arrives_as_it_was_sent_also_when_falsy(self, queue, data):
        assert queue.push(data) is queue
        assert queue.size() == 1
        found = queue.pop()
        assert (found, type(found)) == (data, type(data))
        assert queue.size() == 0

    def test_null_is_sent(self, queue):
        queue.push(None)
        assert queue.message_raw()['Body'] == 'null'

    @pytest.mark.parametrize('text', ['not JSON', '{"half":', 'true story'])
    def test_text_that_is_not_json_is_not_lost(self, queue, text):
        assert queue.send_raw(text)
        assert queue.pop() == text

    def test_pop_of_an_empty_queue_is_none(self, queue):
        assert queue.pop() is None
        assert queue.message_raw() is None

    def test_what_is_not_json_is_refused_and_not_sent(self, queue):
        with pytest.raises(Aws__Invalid, match='not JSON'):
            queue.push({1, 2})
        assert queue.size() == 0

    def test_a_received_message_stays_until_it_is_deleted(self, queue):
        attributes = {'kind': {'DataType': 'String', 'StringValue': 'x'}}
        message_id = queue.send_raw('text', attributes=attributes)
        (message,) = queue.receive(visibility_timeout=30)
        assert (message['MessageId'], message['Body']) == (message_id, 'text')
        assert message['MessageAttributes'] == attributes
        assert message['Attributes']['ApproximateReceiveCount'] == '1'
        assert (queue.messages_in_queue(), queue.messages_not_visible()) == (0, 1)
        queue.message_delete(message['ReceiptHandle'])
        assert (queue.messages_in_queue(), queue.messages_not_visible()) == (0, 0)

    def test_a_batch_of_any_size_arrives_in_order_of_ids(self, queue):
        ids = queue.send_batch([{'n': number} for number in range(23)])
        assert len(set(ids)) == 23
        found = {}
        while messages := queue.receive():
            found |= {message['MessageId']: json.loads(message['Body'])['n'] for message in messages}
        assert [found[message_id] for message_id in ids] == list(range(23))

    def test_an_empty_batch_sends_nothing(self, queue):
        assert queue.send_batch([]) == []

    def test_a_batch_is_cut_where_sqs_would_refuse_its_size(self, queue):
        big = 'x' * (BATCH_BYTES // 2)
        with Stubber(queue.client()) as stub:
            for ids in (['0', '1'], ['2']):
                answer = {
                    'Successful': [{'Id': i, 'MessageId': f'm{i}', 'MD5OfMessageBody': 'x'} for i in ids],
                    'Failed': [],
                }
                entries = [{'Id': i, 'MessageBody': big} for i in ids]
                stub.add_response('send_message_batch', answer, {'QueueUrl': queue.url(), 'Entries': entries})
            assert queue.send_batch_raw([big, big, big]) == ['m0', 'm1', 'm2']

    @pytest.mark.parametrize(('fault', 'kind'), [(True, Aws__Invalid), (False, Aws__Server_Error)])
    def test_a_batch_that_was_sent_in_part_raises(self, queue, fault, kind):
        answer = {
            'Successful': [{'Id': '0', 'MessageId': 'm', 'MD5OfMessageBody': 'x'}],
            'Failed': [{'Id': '1', 'SenderFault': fault, 'Code': 'Bad', 'Message': 'too odd'}],
        }
        with Stubber(queue.client()) as stub:
            stub.add_response('send_message_batch', answer)
            with pytest.raises(kind, match=r'1 of 2 messages were not sent \(number 1\); the first: too odd') as raised:
                queue.send_batch([1, 2])
        assert raised.value.code == 'Bad'

    def test_the_dead_letter_queue_is_set_by_queue_or_arn(self, queue):
        dead = SQS_Queue('dead', queue.session)
        dead.create()
        for given, count in ((dead, 2), (dead.arn(), 5)):
            queue.set_dead_letter_queue(given, count)
            policy = json.loads(queue.attributes()['RedrivePolicy'])
            assert policy['deadLetterTargetArn'] == dead.arn()
            assert int(policy['maxReceiveCount']) == count

    def test_purge_drops_all_messages(self, queue):
        queue.send_batch([1, 2])
        assert queue.purge().size() == 0

    # ---- by URL

    def test_a_url_names_a_queue_too(self, queue):
        same = SQS_Queue(queue_url=queue.url())
        assert (same.queue_name, same.name(), same.url()) == ('q', 'q', queue.url())
        assert same.exists()
        queue.delete()
        assert not same.exists()
        with pytest.raises(ValueError, match='queue_name or a queue_url'):
            SQS_Queue()

    def test_info_is_empty_when_it_is_not_there(self, queue):
        info = queue.info()
        assert (info['QueueName'], info['QueueUrl'], info['QueueArn']) == ('q', queue.url(), queue.arn())
        assert SQS_Queue('other').info() == {}

    # ---- OSBot's names

    def test_text_is_added_as_it_is(self, queue):
        assert queue.add('one').add('two') is queue
        assert queue.message_send('three')
        assert sorted(queue.get_many(5)) == ['one', 'three', 'two']
        assert queue.size() == 0

    @pytest.mark.parametrize('method', ['pop', 'next', 'pull', 'get_message'])
    def test_a_message_may_be_read_without_taking_it(self, queue, method):
        queue.attributes_update({'VisibilityTimeout': 0}).push([1])
        expected = '[1]' if method == 'get_message' else [1]
        assert getattr(queue, method)(False) == expected
        assert getattr(queue, method)(delete_message=True) == expected
        assert getattr(queue, method)() is None

    def test_attributes_of_a_message_come_back(self, queue):
        queue.add('text', attributes_data={'kind': 'order', 'count': 3, 'raw': b'\x00'})
        assert queue.get_message_with_attributes() == ('text', {'kind': 'order', 'count': '3', 'raw': b'\x00'})
        assert queue.get_message_with_attributes() is None

    @pytest.mark.parametrize('value', [True, None, []], ids=repr)
    def test_an_attribute_that_sqs_can_not_say_is_invalid(self, queue, value):
        with pytest.raises(Aws__Invalid, match=r'message attribute a is .* text, numbers and bytes'):
            queue.push({}, attributes_data={'a': value})

    def test_a_message_comes_back_when_it_is_told_to(self, queue):
        queue.push(1)
        handle = queue.message_raw()['ReceiptHandle']
        assert queue.message_raw() is None
        assert queue.message_visibility(handle, 0).pop() == 1

    def test_delayed_messages_are_counted(self, queue):
        queue.push(1, delay=60)
        assert (queue.size(), queue.messages_delayed()) == (0, 1)

    # ---- many

    def test_many_are_taken_in_as_many_calls_as_it_needs(self, queue):
        queue.send_batch_raw([str(number) for number in range(25)])
        assert len(queue.get_many(23)) == 23
        assert len(queue.get_many(23)) == 2
        assert queue.get_many(3) == []

    def test_many_that_are_not_deleted_stay(self, queue):
        queue.send_batch_raw(['a', 'b'])
        assert sorted(queue.get_many(5, delete_message=False)) == ['a', 'b']
        assert queue.messages_not_visible() == 2

    def test_what_could_not_be_deleted_is_not_among_many(self, queue):
        answer = {
            'Successful': [{'Id': '0'}],
            'Failed': [{'Id': '1', 'SenderFault': False, 'Code': 'Bad', 'Message': 'no'}],
        }
        with Stubber(queue.client()) as stub:
            stub.add_response('receive_message', _messages('a', 'b'))
            stub.add_response('delete_message_batch', answer)
            assert queue.get_many(2) == ['a']
            stub.add_response('receive_message', _messages('a'))
            stub.add_response(
                'delete_message_batch', {'Successful': [], 'Failed': [{**answer['Failed'][0], 'Id': '0'}]}
            )
            with pytest.raises(Aws__Server_Error, match='1 of 1 messages were not deleted'):
                queue.get_many(1)

    def test_a_fault_between_two_batches_loses_nothing(self, queue):
        ten = [str(number) for number in range(10)]
        with Stubber(queue.client()) as stub:
            stub.add_response('receive_message', _messages(*ten))
            stub.add_response('receive_message', _messages('later'))
            stub.add_response('delete_message_batch', {'Successful': [{'Id': text} for text in ten], 'Failed': []})
            stub.add_client_error('delete_message_batch', 'ThrottlingException', 'slow', 400)
            assert queue.get_many(11) == ten

    def test_a_fault_of_the_first_delete_raises(self, queue):
        with Stubber(queue.client()) as stub:
            stub.add_response('receive_message', _messages('a'))
            stub.add_client_error('delete_message_batch', 'AccessDeniedException', 'no', 400)
            with pytest.raises(Aws__Access_Denied):
                queue.get_many()

    # ---- FIFO

    @pytest.mark.parametrize(
        ('method', 'args'),
        [('create_fifo', ()), ('push_fifo', (1, 'g')), ('add_fifo', ('x', 'g')), ('message_send_fifo', ('x', 'g'))],
    )
    def test_what_is_for_fifo_queues_is_refused_by_another(self, queue, method, args):
        with pytest.raises(Aws__Invalid, match=r"'q' is no FIFO queue: the name of one ends in '\.fifo'"):
            getattr(queue, method)(*args)

    @pytest.mark.parametrize(('method', 'args'), [('push', (1,)), ('send_batch', ([1],)), ('add_fifo', ('x',))])
    def test_a_message_without_a_group_is_refused_by_a_fifo_queue(self, method, args):
        with pytest.raises(Aws__Invalid, match='needs a message group: give message_group_id'):
            getattr(SQS_Queue('q.fifo'), method)(*args)

    # ---- the dead-letter queue

    def test_the_dead_letter_queue_and_its_sources_know_each_other(self, queue):
        dead = SQS_Queue('dead', queue.session)
        dead.create()
        assert queue.dead_letter_queue() is None
        queue.set_dead_letter_queue(dead)
        assert queue.dead_letter_queue().url() == dead.url()
        assert [source.url() for source in dead.dead_letter_sources()] == [queue.url()]

    # ---- permissions

    def test_a_queue_has_no_policy_at_first(self, queue):
        assert (queue.policy(), queue.permissions(), queue.permission_delete('x')) == ({}, [], False)

    def test_a_permission_of_accounts(self, queue):
        queue.permission_add('team', '111122223333', 'SendMessage')
        queue.permission_add('team', ['111122223333', '111122224444'], ['SendMessage', 'sqs:ReceiveMessage'])
        assert queue.permissions() == [
            {
                'Sid': 'team',
                'Effect': 'Allow',
                'Principal': {'AWS': ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122224444:root']},
                'Action': ['SQS:SendMessage', 'sqs:ReceiveMessage'],
                'Resource': queue.arn(),
            }
        ]
        assert queue.permission_delete('team') is True
        assert queue.permissions() == []

    def test_a_permission_of_a_service_is_there_once(self, queue):
        topics = ['arn:aws:sns:us-east-1:123456789012:a', 'arn:aws:sns:us-east-1:123456789012:b']
        for topic in topics * 2:
            assert queue.permission_add_for_service(topic, 'sns.amazonaws.com') is queue
        statements = queue.permissions()
        assert [found['Condition']['ArnEquals']['aws:SourceArn'] for found in statements] == topics
        assert statements[0]['Principal'] == {'Service': 'sns.amazonaws.com'}
        assert (statements[0]['Action'], statements[0]['Resource']) == ('sqs:SendMessage', queue.arn())

    def test_other_permissions_stay(self, queue):
        queue.permission_add('one', '111122223333', 'SendMessage').permission_add('two', '111122223333', '*')
        queue.permission_delete('one')
        assert [found['Sid'] for found in queue.permissions()] == ['two']


@pytest.mark.usefixtures('mocked')  # the local cloud has no FIFO queues yet
class test_SQS_Queue__fifo:
    def test_a_fifo_queue_keeps_the_order_of_a_group(self):
        queue = SQS_Queue('q.fifo', fifo_message_group_id='g')
        queue.create_fifo()
        assert queue.fifo()
        assert queue.attributes()['ContentBasedDeduplication'] == 'true'
        queue.push_fifo(1).push(2).add_fifo('3').push_fifo(1)
        assert queue.message_send_fifo('4', 'other', deduplication_id='x')
        assert queue.send_batch([5, 6])
        assert [queue.pop() for _ in range(6)] == [1, 2, 3, 4, 5, 6]
        assert queue.pop() is None

    def test_create_makes_a_fifo_queue_of_a_fifo_name(self):
        queue = SQS_Queue('q.fifo')
        queue.create()
        attributes = queue.attributes()
        assert (attributes['FifoQueue'], attributes['ContentBasedDeduplication']) == ('true', 'false')


def _messages(*texts: str) -> dict:
    return {'Messages': [{'MessageId': text, 'ReceiptHandle': text, 'Body': text} for text in texts]}
