import json

import pytest

from osbot_lambda.local.server.event_sources.Sqs_Event import Sqs_Event
from osbot_lambda.local.server.sqs.Sqs_Message import Sqs_Message

ARN = 'arn:aws:sqs:us-east-1:111122223333:my-queue'
# recorded from AWS
RECORD = {
    'messageId': '059f36b4-87a3-44ab-83d2-661975830a7d',
    'receiptHandle': 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
    'body': 'hello',
    'attributes': {
        'ApproximateReceiveCount': '1',
        'SentTimestamp': '1545082649183',
        'SenderId': 'AIDAIENQZJOLO23YVJ4VO',
        'ApproximateFirstReceiveTimestamp': '1545082649185',
    },
    'messageAttributes': {},
    'md5OfBody': '5d41402abc4b2a76b9719d911017c592',
    'eventSource': 'aws:sqs',
    'eventSourceARN': ARN,
    'awsRegion': 'us-east-1',
}
AUTHOR = {
    'Author': {
        'stringValue': 'John Grisham',
        'stringListValues': [],
        'binaryListValues': [],
        'dataType': 'String',
    }
}


def message(body='hello', attributes=None, md5=None, **more):
    given = RECORD['attributes']
    shuffled = {key: given[key] for key in ('SenderId', 'SentTimestamp')} | given
    return Sqs_Message(
        message_id=RECORD['messageId'],
        receipt_handle=RECORD['receiptHandle'],
        body=body,
        md5_of_body=RECORD['md5OfBody'],
        md5_of_attributes=md5,
        attributes=shuffled | more,
        message_attributes=attributes or {},
    )


def record_of(a_message, window=0):
    [(_, payload)] = Sqs_Event(ARN, 'us-east-1', window).batches([a_message])
    [record] = json.loads(payload)['Records']
    return record


def ordered(value):
    """With what == of dicts doesn't look at: the order of the keys."""
    return json.dumps(value)


class test_Sqs_Event:
    @pytest.mark.fidelity(
        'SQS record',
        aws='the recorded keys; md5OfMessageAttributes absent, or null with a batching window, when there are none',
        ours='as AWS',
        source='S sqs_event',
        kind='recorded',
    )
    def test_without_a_window_it_is_awss_record_to_the_letter(self):
        assert ordered(record_of(message())) == ordered(RECORD)

    def test_with_a_window_the_md5_of_no_attributes_is_null(self):
        record = record_of(message(), window=1)
        assert record.pop('md5OfMessageAttributes', 'absent') is None
        assert record == RECORD

    def test_a_text_attribute(self):
        md5 = 'e4e68fb7bd0e697a0ae8f1bb342846b3'
        attributes = {'Author': {'DataType': 'String', 'StringValue': 'John Grisham'}}
        expected = {**RECORD, 'messageAttributes': AUTHOR, 'md5OfMessageAttributes': md5}
        for window in (0, 1):
            record = record_of(message(attributes=attributes, md5=md5), window)
            assert record == expected
            assert list(record['messageAttributes']['Author']) == list(AUTHOR['Author'])

    def test_a_binary_attribute_is_base64(self):
        attributes = {'Key': {'DataType': 'Binary.png', 'BinaryValue': b'\x00\xff'}}
        found = record_of(message(attributes=attributes, md5='x'))['messageAttributes']['Key']
        expected = {'binaryValue': 'AP8=', 'stringListValues': [], 'binaryListValues': [], 'dataType': 'Binary.png'}
        assert ordered(found) == ordered(expected)

    def test_further_attributes_of_sqs_follow(self):
        found = record_of(message(AWSTraceHeader='Root=1-a'))['attributes']
        assert list(found) == [*RECORD['attributes'], 'AWSTraceHeader']

    def test_text_of_all_kinds_arrives_as_it_is(self):
        for body in ('é☃\U0001f600', '"quoted"\n\t\\', '\ud800 half a pair'):
            assert record_of(message(body))['body'] == body

    def test_a_batch_over_6_mb_is_cut(self):
        messages = [message('x' * 1_000_000) for _ in range(10)]
        batches = Sqs_Event(ARN, 'us-east-1', 0).batches(messages)
        assert [len(inside) for inside, _ in batches] == [6, 4]
        assert all(len(payload) <= Sqs_Event.MAX_BYTES for _, payload in batches)
        assert [len(json.loads(payload)['Records']) for _, payload in batches] == [6, 4]
