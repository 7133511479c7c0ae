import json

import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.sqs.SQS_Queue import BATCH_BYTES, SQS_Queue
from osbot_lambda.errors import Aws__Conflict, Aws__Invalid, Aws__Not_Found, Aws__Server_Error


@pytest.fixture
def queue():
    queue = SQS_Queue('q')
    queue.create()
    return queue


@pytest.mark.usefixtures('mocked')
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
