import json
from collections.abc import Mapping
from typing import Any

from osbot_lambda.local.server.sqs.Sqs_Errors import Sqs_Errors


class Queue_Attributes:
    """The attributes of a standard queue that can be set: AWS's defaults, limits and texts.

    Shapes : text to text, as the API has them; RedrivePolicy comes out as compact JSON with a whole maxReceiveCount.
    Errors : Api__Error InvalidAttributeName, InvalidAttributeValue, InvalidParameterValue.
    Source : SQS API reference, CreateQueue.
    """

    DEFAULTS = {
        'DelaySeconds': '0',
        'MaximumMessageSize': '1048576',
        'MessageRetentionPeriod': '345600',
        'ReceiveMessageWaitTimeSeconds': '0',
        'SqsManagedSseEnabled': 'true',
        'VisibilityTimeout': '30',
    }
    RANGES = {
        'DelaySeconds': (0, 900),
        'KmsDataKeyReusePeriodSeconds': (60, 86400),
        'MaximumMessageSize': (1024, 1048576),
        'MessageRetentionPeriod': (60, 1209600),
        'ReceiveMessageWaitTimeSeconds': (0, 20),
        'VisibilityTimeout': (0, 43200),
    }
    REMOVABLE = ('KmsMasterKeyId', 'Policy', 'RedriveAllowPolicy', 'RedrivePolicy')  # by setting ''
    READ_ONLY = (
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesDelayed',
        'ApproximateNumberOfMessagesNotVisible',
        'CreatedTimestamp',
        'LastModifiedTimestamp',
        'QueueArn',
    )
    OF_FIFO = ('ContentBasedDeduplication', 'DeduplicationScope', 'FifoQueue', 'FifoThroughputLimit')
    MAX_RECEIVE_COUNT = 1000

    @classmethod
    def exists(cls, name: str) -> bool:
        """May one ask for an attribute of this name?"""
        return any(name in names for names in (cls.DEFAULTS, cls.RANGES, cls.REMOVABLE, cls.READ_ONLY, cls.OF_FIFO))

    @classmethod
    def check(cls, given: Mapping[str, str]) -> dict[str, str]:
        """The given attributes, checked and in their stored form."""
        return {name: cls.check_one(name, value) for name, value in given.items()}

    @classmethod
    def check_one(cls, name: str, value: str) -> str:
        """One attribute in its stored form."""
        if name in cls.RANGES:
            least, most = cls.RANGES[name]
            if not (value.isascii() and value.isdecimal() and least <= int(value) <= most):
                raise Sqs_Errors.invalid_attribute_value(name)
            return str(int(value))
        if name == 'SqsManagedSseEnabled':
            if value.lower() not in ('true', 'false'):
                raise Sqs_Errors.invalid_attribute_value(name)
            return value.lower()
        if name not in cls.REMOVABLE:
            raise Sqs_Errors.unknown_attribute(name)
        if not value or name == 'KmsMasterKeyId':
            return value
        if name == 'RedrivePolicy':
            return cls.redrive_policy(value)
        return cls.allow_policy(value) if name == 'RedriveAllowPolicy' else cls.policy(value)

    @classmethod
    def policy(cls, value: str) -> str:
        """A queue's access policy: a JSON object, else it is kept as it is (the local cloud doesn't apply it)."""
        try:
            is_object = isinstance(json.loads(value), dict)
        except ValueError:
            is_object = False
        if not is_object:
            raise Sqs_Errors.invalid_attribute_value('Policy')
        return value

    @classmethod
    def redrive_policy(cls, value: str) -> str:
        """{"deadLetterTargetArn": ..., "maxReceiveCount": ...}; whether the target exists is the engine's to check."""
        policy = cls.json_map('RedrivePolicy', value, 'Redrive policy is not a valid JSON map.')
        for wanted in ('deadLetterTargetArn', 'maxReceiveCount'):
            if wanted not in policy:
                raise Sqs_Errors.invalid_value(
                    'RedrivePolicy', value, f'Redrive policy does not contain mandatory attribute: {wanted}.'
                )
        count, text = policy['maxReceiveCount'], str(policy['maxReceiveCount'])
        is_whole = not isinstance(count, bool) and text.isascii() and text.isdecimal()
        if not is_whole or not 1 <= int(text) <= cls.MAX_RECEIVE_COUNT:
            most = cls.MAX_RECEIVE_COUNT
            reason = f'Invalid value for maxReceiveCount: {count}, valid values are from 1 to {most} both inclusive.'
            raise Sqs_Errors.invalid_value('RedrivePolicy', value, reason)
        stored = {'deadLetterTargetArn': str(policy['deadLetterTargetArn']), 'maxReceiveCount': int(text)}
        return json.dumps(stored, separators=(',', ':'))

    @classmethod
    def allow_policy(cls, value: str) -> str:
        """{"redrivePermission": "allowAll" | "denyAll" | "byQueue", "sourceQueueArns": [...]}."""
        title = 'RedriveAllowPolicy'
        words = "Amazon SQS can't create the redrive allow policy, as it's in an unsupported format."
        policy = cls.json_map(title, value, words)
        permission, arns = policy.get('redrivePermission'), policy.get('sourceQueueArns')
        if permission not in ('allowAll', 'denyAll', 'byQueue') or (permission == 'byQueue') != bool(arns):
            raise Sqs_Errors.invalid_value(title, value, words)
        return json.dumps(policy, separators=(',', ':'))

    @staticmethod
    def json_map(name: str, value: str, reason: str) -> dict[str, Any]:
        """The JSON object that a value holds."""
        try:
            found = json.loads(value)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Sqs_Errors.invalid_value(name, value, reason)
        return found
