import base64
import json
from collections.abc import Sequence
from typing import Any

from osbot_lambda.local.server.sqs.Sqs_Message import Sqs_Message

_FIRST = ('ApproximateReceiveCount', 'SentTimestamp', 'SenderId', 'ApproximateFirstReceiveTimestamp')


class Sqs_Event:
    """Turns messages of a queue into the events that Lambda invokes a function with.

    window: of the mapping, in seconds; with one, a message without attributes has md5OfMessageAttributes null, and
    without one it hasn't the key (as AWS does).
    """

    MAX_BYTES = 6_291_456  # of one event

    def __init__(self, queue_arn: str, region: str, window: int):
        self.queue_arn, self.region, self.window = queue_arn, region, window

    def batches(self, messages: Sequence[Sqs_Message]) -> list[tuple[list[Sqs_Message], bytes]]:
        """The messages with their event's JSON text; in one piece unless it would be over MAX_BYTES."""
        batches: list[tuple[list[Sqs_Message], list[bytes]]] = []
        size = 0
        for message in messages:
            record = self._json(self.record(message))
            size += len(record) + 2
            if not batches or size > self.MAX_BYTES - 32:
                batches.append(([], []))
                size = len(record)
            batches[-1][0].append(message)
            batches[-1][1].append(record)
        return [(inside, b'{"Records": [' + b', '.join(records) + b']}') for inside, records in batches]

    def record(self, message: Sqs_Message) -> dict[str, Any]:
        """One record, its keys in AWS's order."""
        given = message.attributes
        attributes = {name: given[name] for name in _FIRST if name in given}
        record: dict[str, Any] = {
            'messageId': message.message_id,
            'receiptHandle': message.receipt_handle,
            'body': message.body,
            'attributes': attributes | given,
            'messageAttributes': {
                name: self._attribute(attribute) for name, attribute in message.message_attributes.items()
            },
            'md5OfBody': message.md5_of_body,
        }
        if message.md5_of_attributes or self.window:
            record['md5OfMessageAttributes'] = message.md5_of_attributes or None
        return record | {'eventSource': 'aws:sqs', 'eventSourceARN': self.queue_arn, 'awsRegion': self.region}

    @staticmethod
    def _attribute(attribute: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        if attribute.get('StringValue') is not None:
            answer['stringValue'] = attribute['StringValue']
        if attribute.get('BinaryValue') is not None:
            answer['binaryValue'] = base64.b64encode(attribute['BinaryValue']).decode()
        return answer | {'stringListValues': [], 'binaryListValues': [], 'dataType': attribute['DataType']}

    @staticmethod
    def _json(record: dict[str, Any]) -> bytes:
        try:
            return json.dumps(record, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # half a surrogate pair: JSON has an escape for it, UTF-8 hasn't
            return json.dumps(record).encode()
