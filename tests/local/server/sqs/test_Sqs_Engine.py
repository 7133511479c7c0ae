import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from osbot_lambda.local.server.sqs.Message_Attributes import Message_Attributes
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from tests.local.server.protocol.In_Process_Client import ACCOUNT, ENDPOINT, api_context, in_process_client
from tests.local.server.sqs.Turned_Clock import Turned_Clock
from tests.local.server.sqs.waiting import wait_until_receivers_wait

VISIBILITY_REASON = 'Reason: Must be between 0 and 43200, if provided.'
BAD_ENTRY_ID = (
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. '
    'It can be at most 80 letters long.'
)


@pytest.fixture(scope='module')
def shared():
    """One client for the module (making one costs 20 ms): (client, engine)."""
    engine = Sqs_Engine(Turned_Clock())
    return in_process_client('sqs', engine), engine


@pytest.fixture
def sqs(shared):
    client, engine = shared
    yield client
    engine.reset(ACCOUNT)


@pytest.fixture
def clock(shared):
    return shared[1].clock


@pytest.fixture
def url(sqs):
    return sqs.create_queue(QueueName='q')['QueueUrl']


def arn(name):
    return f'arn:aws:sqs:eu-west-1:{ACCOUNT}:{name}'


def error_of(call, **params):
    """(code, message, exception's name) of a call that fails."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    error = caught.value.response['Error']
    return error['Code'], error['Message'], type(caught.value).__name__


def without_metadata(response):
    return {key: value for key, value in response.items() if key != 'ResponseMetadata'}


class test_Sqs_Engine:
    # ---- queues

    def test_a_queue_has_the_callers_address_and_account_in_its_url(self, url):
        assert url == f'{ENDPOINT}/{ACCOUNT}/q'

    def test_a_new_queue_has_aws_defaults(self, sqs, url, clock):
        now = str(int(clock.now()))
        assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['All'])['Attributes'] == {
            'ApproximateNumberOfMessages': '0',
            'ApproximateNumberOfMessagesDelayed': '0',
            'ApproximateNumberOfMessagesNotVisible': '0',
            'CreatedTimestamp': now,
            'DelaySeconds': '0',
            'LastModifiedTimestamp': now,
            'MaximumMessageSize': '1048576',
            'MessageRetentionPeriod': '345600',
            'QueueArn': arn('q'),
            'ReceiveMessageWaitTimeSeconds': '0',
            'SqsManagedSseEnabled': 'true',
            'VisibilityTimeout': '30',
        }

    def test_creating_a_queue_again_with_the_same_attributes_gives_the_same_queue(self, sqs):
        first = sqs.create_queue(QueueName='q', Attributes={'DelaySeconds': '5'})
        assert sqs.create_queue(QueueName='q', Attributes={'DelaySeconds': '5'})['QueueUrl'] == first['QueueUrl']
        assert sqs.create_queue(QueueName='q')['QueueUrl'] == first['QueueUrl']

    def test_creating_a_queue_again_with_other_attributes_is_refused(self, sqs, url):
        assert error_of(sqs.create_queue, QueueName='q', Attributes={'DelaySeconds': '5'}) == (
            'QueueAlreadyExists',
            'A queue already exists with the same name and a different value for attribute DelaySeconds',
            'QueueNameExists',
        )

    @pytest.mark.parametrize('name', ['', 'a b', 'ä', 'x' * 81, 'a.b', 'a\n'])
    def test_a_bad_queue_name_is_refused(self, sqs, name):
        code, message, _ = error_of(sqs.create_queue, QueueName=name)
        assert (code, message[:24]) == ('InvalidParameterValue', 'Can only include alphanu')

    def test_a_fifo_queue_is_refused_in_clear_words(self, sqs):
        attributes = {'FifoQueue': 'true'}
        code, message, name = error_of(sqs.create_queue, QueueName='q.fifo', Attributes=attributes)
        assert (code, name) == ('AWS.SimpleQueueService.UnsupportedOperation', 'UnsupportedOperation')
        assert 'no FIFO queues yet' in message

    def test_the_url_of_a_queue_is_found_by_name(self, sqs, url):
        assert sqs.get_queue_url(QueueName='q')['QueueUrl'] == url
        assert sqs.get_queue_url(QueueName='q', QueueOwnerAWSAccountId=ACCOUNT)['QueueUrl'] == url

    def test_a_queue_that_is_not_there_has_aws_error(self, sqs):
        assert error_of(sqs.get_queue_url, QueueName='none') == (
            'AWS.SimpleQueueService.NonExistentQueue',
            'The specified queue does not exist.',
            'QueueDoesNotExist',
        )

    def test_every_call_on_a_deleted_queue_says_so(self, sqs, url):
        sqs.delete_queue(QueueUrl=url)
        assert error_of(sqs.send_message, QueueUrl=url, MessageBody='x')[2] == 'QueueDoesNotExist'
        assert error_of(sqs.receive_message, QueueUrl=url)[2] == 'QueueDoesNotExist'
        assert error_of(sqs.delete_queue, QueueUrl=url)[2] == 'QueueDoesNotExist'

    def test_what_is_no_queue_url_is_refused(self, sqs):
        assert error_of(sqs.send_message, QueueUrl='http://x/y', MessageBody='x')[0] == 'InvalidAddress'

    def test_queues_are_listed_by_prefix(self, sqs):
        for name in ('b-2', 'b-1', 'a'):
            sqs.create_queue(QueueName=name)
        listed = sqs.list_queues(QueueNamePrefix='b')
        assert without_metadata(listed) == {'QueueUrls': [f'{ENDPOINT}/{ACCOUNT}/b-{n}' for n in (1, 2)]}

    def test_no_queues_list_nothing(self, sqs):
        assert without_metadata(sqs.list_queues()) == {}

    def test_queues_are_listed_in_pages(self, sqs):
        urls = [sqs.create_queue(QueueName=f'q{number}')['QueueUrl'] for number in range(5)]
        pages = list(sqs.get_paginator('list_queues').paginate(PaginationConfig={'PageSize': 2}))
        assert [len(page['QueueUrls']) for page in pages] == [2, 2, 1]
        assert [url for page in pages for url in page['QueueUrls']] == urls

    def test_a_token_that_is_none_is_refused(self, sqs):
        assert error_of(sqs.list_queues, MaxResults=2, NextToken='?')[1] == 'Invalid or expired next token.'

    def test_accounts_and_regions_do_not_see_each_other(self, sqs, url, shared):
        engine = shared[1]
        assert engine.list_queues(api_context('999999999999'), {}) == {}
        assert engine.list_queues(api_context(region='us-east-1'), {}) == {}
        assert engine.list_queues(api_context(), {}) == {'QueueUrls': [url]}

    def test_reset_drops_one_accounts_queues(self):
        engine = Sqs_Engine()
        for account in ('111111111111', '222222222222'):
            engine.create_queue(api_context(account), {'QueueName': 'q'})
        engine.reset('111111111111')
        assert engine.queue_by_arn('arn:aws:sqs:eu-west-1:111111111111:q') is None
        assert engine.queue_by_arn('arn:aws:sqs:eu-west-1:222222222222:q').name == 'q'

    @pytest.mark.parametrize('text', ['', 'q', 'arn:aws:sns:eu-west-1:111122223333:q', arn('none')])
    def test_an_arn_of_no_queue_finds_none(self, shared, text):
        assert shared[1].queue_by_arn(text) is None

    # ---- attributes and tags

    def test_attributes_are_changed_and_hold_at_once(self, sqs, url, clock):
        clock.turn(5)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={'VisibilityTimeout': '0', 'Policy': '{"Version": "x"}'})
        wanted = ['VisibilityTimeout', 'Policy', 'LastModifiedTimestamp']
        assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)['Attributes'] == {
            'LastModifiedTimestamp': str(int(clock.now())),
            'Policy': '{"Version": "x"}',
            'VisibilityTimeout': '0',
        }
        sqs.set_queue_attributes(QueueUrl=url, Attributes={'Policy': ''})
        assert (
            'Attributes' not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['Policy'])
            or not (sqs.get_queue_attributes(QueueUrl=url, AttributeNames=['Policy'])['Attributes'])
        )

    def test_an_unknown_attribute_is_refused(self, sqs, url):
        wanted = ('InvalidAttributeName', 'Unknown Attribute Colour.', 'InvalidAttributeName')
        assert error_of(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=['Colour']) == wanted
        assert error_of(sqs.set_queue_attributes, QueueUrl=url, Attributes={'Colour': '1'}) == wanted
        assert error_of(sqs.receive_message, QueueUrl=url, AttributeNames=['Colour']) == wanted

    def test_a_dead_letter_queue_has_to_exist(self, sqs, url):
        policy = json.dumps({'deadLetterTargetArn': arn('none'), 'maxReceiveCount': 3})
        message = error_of(sqs.set_queue_attributes, QueueUrl=url, Attributes={'RedrivePolicy': policy})[1]
        assert message.endswith('Reason: Dead letter target does not exist.')
        assert error_of(sqs.create_queue, QueueName='w', Attributes={'RedrivePolicy': policy})[1] == message
        assert error_of(sqs.get_queue_url, QueueName='w')[2] == 'QueueDoesNotExist'

    def test_the_sources_of_a_dead_letter_queue_are_listed(self, sqs, url):
        policy = json.dumps({'deadLetterTargetArn': arn('q'), 'maxReceiveCount': 3})
        source = sqs.create_queue(QueueName='source', Attributes={'RedrivePolicy': policy})['QueueUrl']
        assert sqs.list_dead_letter_source_queues(QueueUrl=url)['queueUrls'] == [source]
        assert sqs.list_dead_letter_source_queues(QueueUrl=source)['queueUrls'] == []

    def test_a_message_received_too_often_ends_in_the_dead_letter_queue(self, sqs, url, clock):
        policy = json.dumps({'deadLetterTargetArn': arn('q'), 'maxReceiveCount': 1})
        source = sqs.create_queue(QueueName='source', Attributes={'RedrivePolicy': policy})['QueueUrl']
        sqs.send_message(QueueUrl=source, MessageBody='bad')
        sqs.receive_message(QueueUrl=source)
        clock.turn(31)
        assert without_metadata(sqs.receive_message(QueueUrl=source)) == {}
        [dead] = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=['DeadLetterQueueSourceArn'])['Messages']
        assert (dead['Body'], dead['Attributes']) == ('bad', {'DeadLetterQueueSourceArn': arn('source')})

    def test_tags_come_and_go(self, sqs):
        url = sqs.create_queue(QueueName='q', tags={'a': '1'})['QueueUrl']
        sqs.tag_queue(QueueUrl=url, Tags={'b': '2', 'c': '3'})
        sqs.untag_queue(QueueUrl=url, TagKeys=['a', 'c', 'z'])
        assert sqs.list_queue_tags(QueueUrl=url)['Tags'] == {'b': '2'}

    # ---- messages

    def test_a_message_is_received_as_it_was_sent(self, sqs, url):
        attributes = {
            'n': {'DataType': 'Number', 'StringValue': '7'},
            'b': {'DataType': 'Binary', 'BinaryValue': b'\x00\xff'},
        }
        sent = sqs.send_message(QueueUrl=url, MessageBody='héllo 🎉', MessageAttributes=attributes)
        [message] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=['All'])['Messages']
        assert message['Body'] == 'héllo 🎉'
        assert message['MessageId'] == sent['MessageId']
        assert message['MD5OfBody'] == sent['MD5OfMessageBody']
        assert message['MessageAttributes'] == attributes
        assert message['MD5OfMessageAttributes'] == sent['MD5OfMessageAttributes']
        assert 'Attributes' not in message

    def test_a_receiver_gets_only_the_attributes_it_asks_for(self, sqs, url):
        attributes = {name: {'DataType': 'String', 'StringValue': 'x'} for name in ('a', 'p.one')}
        sqs.send_message(QueueUrl=url, MessageBody='x', MessageAttributes=attributes)
        [message] = sqs.receive_message(
            QueueUrl=url, MessageAttributeNames=['p.*'], MessageSystemAttributeNames=['SenderId']
        )['Messages']
        assert set(message['MessageAttributes']) == {'p.one'}
        assert message['MD5OfMessageAttributes'] == Message_Attributes.md5({'p.one': attributes['p.one']})
        assert message['Attributes'] == {'SenderId': ACCOUNT}

    def test_all_system_attributes_are_told_when_asked_for(self, sqs, url, clock):
        sqs.send_message(QueueUrl=url, MessageBody='x', MessageGroupId='tenant')
        sent_at = str(int(clock.now() * 1000))
        clock.turn(2)
        [message] = sqs.receive_message(QueueUrl=url, AttributeNames=['All'])['Messages']
        assert message['Attributes'] == {
            'ApproximateFirstReceiveTimestamp': str(int(clock.now() * 1000)),
            'ApproximateReceiveCount': '1',
            'MessageGroupId': 'tenant',
            'SenderId': ACCOUNT,
            'SentTimestamp': sent_at,
        }

    def test_a_trace_header_is_kept(self, sqs, url):
        trace = {'AWSTraceHeader': {'DataType': 'String', 'StringValue': 'Root=1-2-3'}}
        sent = sqs.send_message(QueueUrl=url, MessageBody='x', MessageSystemAttributes=trace)
        [message] = sqs.receive_message(QueueUrl=url, AttributeNames=['AWSTraceHeader'])['Messages']
        assert message['Attributes'] == {'AWSTraceHeader': 'Root=1-2-3'}
        assert len(sent['MD5OfMessageSystemAttributes']) == 32

    def test_the_callers_trace_goes_with_the_message(self, url, shared):
        engine = shared[1]
        engine.send_message(api_context(trace_id='Root=1-2-3'), {'QueueUrl': url, 'MessageBody': 'x'})
        [message] = engine.queue_by_arn(arn('q')).receive()
        assert message.attributes['AWSTraceHeader'] == 'Root=1-2-3'

    def test_an_empty_queue_answers_without_messages(self, sqs, url):
        assert without_metadata(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)) == {}

    def test_a_queue_can_have_a_wait_of_its_own(self, sqs, clock):
        url = sqs.create_queue(QueueName='q', Attributes={'ReceiveMessageWaitTimeSeconds': '7'})['QueueUrl']
        before = clock.now()
        sqs.receive_message(QueueUrl=url)
        assert clock.now() == before + 7

    def test_deleting_by_handle_removes_the_message(self, sqs, url, clock):
        sqs.send_message(QueueUrl=url, MessageBody='x')
        [message] = sqs.receive_message(QueueUrl=url)['Messages']
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message['ReceiptHandle'])
        clock.turn(60)
        assert 'Messages' not in sqs.receive_message(QueueUrl=url)

    def test_garbage_is_no_receipt_handle(self, sqs, url):
        code, message, name = error_of(sqs.delete_message, QueueUrl=url, ReceiptHandle='garbage')
        assert (code, name) == ('ReceiptHandleIsInvalid', 'ReceiptHandleIsInvalid')
        assert message == 'The input receipt handle "garbage" is not a valid receipt handle.'

    def test_a_purged_queue_is_empty(self, sqs, url):
        sqs.send_message(QueueUrl=url, MessageBody='x')
        sqs.purge_queue(QueueUrl=url)
        assert 'Messages' not in sqs.receive_message(QueueUrl=url)

    def test_visibility_is_changed_through_the_api(self, sqs, url):
        sqs.send_message(QueueUrl=url, MessageBody='x')
        [message] = sqs.receive_message(QueueUrl=url)['Messages']
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message['ReceiptHandle'], VisibilityTimeout=0)
        assert len(sqs.receive_message(QueueUrl=url)['Messages']) == 1

    @pytest.mark.parametrize(
        ('params', 'message'),
        [
            (
                {'MaxNumberOfMessages': 11},
                'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
            ),
            (
                {'WaitTimeSeconds': 21},
                'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
            ),
            (
                {'VisibilityTimeout': 43201},
                f'Value 43201 for parameter VisibilityTimeout is invalid. {VISIBILITY_REASON}',
            ),
        ],
        ids=['messages', 'wait', 'visibility'],
    )
    def test_receive_has_aws_limits(self, sqs, url, params, message):
        assert error_of(sqs.receive_message, QueueUrl=url, **params)[:2] == ('InvalidParameterValue', message)

    def test_an_empty_body_is_a_missing_parameter(self, sqs, url):
        assert error_of(sqs.send_message, QueueUrl=url, MessageBody='')[:2] == (
            'MissingParameter',
            'The request must contain the parameter MessageBody.',
        )

    def test_a_body_over_a_mebibyte_is_refused(self, sqs, url):
        sqs.send_message(QueueUrl=url, MessageBody='x' * 1048576)
        assert error_of(sqs.send_message, QueueUrl=url, MessageBody='x' * 1048577)[:2] == (
            'InvalidParameterValue',
            'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
        )

    def test_a_deduplication_id_is_only_for_fifo_queues(self, sqs, url):
        code, message, _ = error_of(sqs.send_message, QueueUrl=url, MessageBody='x', MessageDeduplicationId='d')
        assert code == 'InvalidParameterValue'
        assert 'not valid for this queue type' in message

    # ---- batches

    def test_each_entry_of_a_batch_succeeds_or_fails_on_its_own(self, sqs, url):
        entries = [
            {'Id': 'good', 'MessageBody': 'x'},
            {'Id': 'late', 'MessageBody': 'x', 'DelaySeconds': 901},
            {'Id': 'empty', 'MessageBody': ''},
        ]
        result = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert [entry['Id'] for entry in result['Successful']] == ['good']
        assert [(entry['Id'], entry['Code'], entry['SenderFault']) for entry in result['Failed']] == [
            ('late', 'InvalidParameterValue', True),
            ('empty', 'MissingParameter', True),
        ]

    def test_a_batch_that_all_went_well_has_no_failed_key(self, sqs, url):
        result = sqs.send_message_batch(QueueUrl=url, Entries=[{'Id': '1', 'MessageBody': 'x'}])
        assert 'Failed' not in result
        assert set(result['Successful'][0]) == {'Id', 'MessageId', 'MD5OfMessageBody'}

    def test_batches_of_deletes_and_visibility_changes(self, sqs, url, clock):
        sqs.send_message_batch(QueueUrl=url, Entries=[{'Id': str(n), 'MessageBody': str(n)} for n in range(3)])
        handles = {
            m['Body']: m['ReceiptHandle'] for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)['Messages']
        }
        deleted = sqs.delete_message_batch(
            QueueUrl=url,
            Entries=[{'Id': 'ok', 'ReceiptHandle': handles['0']}, {'Id': 'bad', 'ReceiptHandle': 'garbage'}],
        )
        assert [entry['Id'] for entry in deleted['Successful']] == ['ok']
        assert [entry['Code'] for entry in deleted['Failed']] == ['ReceiptHandleIsInvalid']
        changed = sqs.change_message_visibility_batch(
            QueueUrl=url,
            Entries=[
                {'Id': 'ok', 'ReceiptHandle': handles['1'], 'VisibilityTimeout': 0},
                {'Id': 'gone', 'ReceiptHandle': handles['0'], 'VisibilityTimeout': 0},
                {'Id': 'none', 'ReceiptHandle': handles['2']},
            ],
        )
        assert [entry['Id'] for entry in changed['Successful']] == ['ok']
        assert [entry['Code'] for entry in changed['Failed']] == ['InvalidParameterValue', 'MissingParameter']
        assert [message['Body'] for message in sqs.receive_message(QueueUrl=url)['Messages']] == ['1']

    @pytest.mark.parametrize(
        ('entries', 'name', 'message'),
        [
            ([], 'EmptyBatchRequest', 'There should be at least one SendMessageBatchRequestEntry in the request.'),
            (
                [{'Id': str(n), 'MessageBody': 'x'} for n in range(11)],
                'TooManyEntriesInBatchRequest',
                'Maximum number of entries per request are 10. You have sent 11.',
            ),
            ([{'Id': 'a', 'MessageBody': 'x'}] * 2, 'BatchEntryIdsNotDistinct', 'Id a repeated.'),
            (
                [{'Id': 'a b', 'MessageBody': 'x'}],
                'InvalidBatchEntryId',
                BAD_ENTRY_ID,
            ),
            (
                [{'Id': str(n), 'MessageBody': 'x' * 524289} for n in range(2)],
                'BatchRequestTooLong',
                'Batch requests cannot be longer than 1048576 bytes. You have sent 1048578 bytes.',
            ),
        ],
        ids=['empty', 'eleven', 'same id', 'bad id', 'too long'],
    )
    def test_a_batch_as_a_whole_is_refused_when(self, sqs, url, entries, name, message):
        expected = f'AWS.SimpleQueueService.{name}', message, name
        assert error_of(sqs.send_message_batch, QueueUrl=url, Entries=entries) == expected
        assert 'Messages' not in sqs.receive_message(QueueUrl=url)

    # ---- stopping

    def test_stop_answers_the_receives_that_wait(self):
        engine, context = Sqs_Engine(), api_context()
        url = engine.create_queue(context, {'QueueName': 'q'})['QueueUrl']
        queue = engine.queue_by_arn(arn('q'))
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(engine.receive_message, context, {'QueueUrl': url, 'WaitTimeSeconds': 20})
            wait_until_receivers_wait(queue, 1)
            engine.stop()
            assert waiting.result(10) == {'Messages': None}
