import json

import pytest

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.sqs.Queue_Attributes import Queue_Attributes

ARN = 'arn:aws:sqs:eu-west-1:111122223333:dead'


class test_Queue_Attributes:
    @pytest.mark.parametrize(
        ('name', 'least', 'most'),
        [
            ('DelaySeconds', 0, 900),
            ('MaximumMessageSize', 1024, 1048576),
            ('MessageRetentionPeriod', 60, 1209600),
            ('ReceiveMessageWaitTimeSeconds', 0, 20),
            ('VisibilityTimeout', 0, 43200),
        ],
    )
    def test_numbers_have_aws_limits(self, name, least, most):
        assert Queue_Attributes.check({name: str(least)}) == {name: str(least)}
        assert Queue_Attributes.check({name: str(most)}) == {name: str(most)}
        for wrong in (least - 1, most + 1, 'x', '', '1.5'):
            with pytest.raises(Api__Error, match=f'^InvalidAttributeValue: Invalid value for the parameter {name}.$'):
                Queue_Attributes.check({name: str(wrong)})

    @pytest.mark.parametrize('name', ['QueueArn', 'CreatedTimestamp', 'FifoQueue', 'Nonsense', 'All'])
    def test_attributes_that_cannot_be_set_are_refused(self, name):
        with pytest.raises(Api__Error, match=f'^InvalidAttributeName: Unknown Attribute {name}.$'):
            Queue_Attributes.check({name: '1'})

    @pytest.mark.parametrize('count', [1, '1', 1000])
    def test_a_redrive_policy_is_kept_in_one_form(self, count):
        given = json.dumps({'maxReceiveCount': count, 'deadLetterTargetArn': ARN})
        stored = Queue_Attributes.check({'RedrivePolicy': given})['RedrivePolicy']
        assert stored == f'{{"deadLetterTargetArn":"{ARN}","maxReceiveCount":{count}}}'

    @pytest.mark.parametrize(
        ('policy', 'reason'),
        [
            ('no json', 'Redrive policy is not a valid JSON map.'),
            ('[]', 'Redrive policy is not a valid JSON map.'),
            ('{"maxReceiveCount": 3}', 'mandatory attribute: deadLetterTargetArn'),
            (json.dumps({'deadLetterTargetArn': ARN}), 'mandatory attribute: maxReceiveCount'),
            (json.dumps({'deadLetterTargetArn': ARN, 'maxReceiveCount': 0}), 'Invalid value for maxReceiveCount: 0'),
            (json.dumps({'deadLetterTargetArn': ARN, 'maxReceiveCount': 1001}), 'Invalid value for maxReceiveCount'),
            (json.dumps({'deadLetterTargetArn': ARN, 'maxReceiveCount': True}), 'Invalid value for maxReceiveCount'),
            (json.dumps({'deadLetterTargetArn': ARN, 'maxReceiveCount': 'x'}), 'Invalid value for maxReceiveCount'),
        ],
    )
    def test_a_redrive_policy_that_makes_no_sense_is_refused(self, policy, reason):
        with pytest.raises(Api__Error, match=reason) as caught:
            Queue_Attributes.check({'RedrivePolicy': policy})
        assert caught.value.code == 'InvalidParameterValue'

    @pytest.mark.parametrize(
        'policy',
        ['x', '{}', '{"redrivePermission": "some"}', '{"redrivePermission": "byQueue"}'],
        ids=['no json', 'empty', 'unknown', 'no queues'],
    )
    def test_a_redrive_allow_policy_that_makes_no_sense_is_refused(self, policy):
        with pytest.raises(Api__Error, match='redrive allow policy'):
            Queue_Attributes.check({'RedriveAllowPolicy': policy})

    @pytest.mark.parametrize('name', ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId'])
    def test_an_empty_text_is_taken_to_remove(self, name):
        assert Queue_Attributes.check({name: ''}) == {name: ''}

    def test_a_policy_has_to_be_a_json_object(self):
        assert Queue_Attributes.check({'Policy': '{"Version": "2012-10-17"}'})
        with pytest.raises(Api__Error, match='Invalid value for the parameter Policy'):
            Queue_Attributes.check({'Policy': '"text"'})
