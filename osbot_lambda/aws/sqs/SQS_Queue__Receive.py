import json
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Self

from osbot_lambda.aws.sqs.SQS_Queue__Base import MOST_IN_A_BATCH, SQS_Queue__Base
from osbot_lambda.errors import Aws__Error


class SQS_Queue__Receive(SQS_Queue__Base):
    """Receiving from an SQS queue; nothing that was received is lost."""

    def receive(self, count: int = 10, wait: int = 0, visibility_timeout: Optional[int] = None) -> list[dict[str, Any]]:
        """Up to `count` (1..10) messages, which stay in the queue, invisible for their visibility timeout; [] when
        none came within `wait` (0..20)."""
        answer = self.call(
            'receive_message',
            QueueUrl=self.url(),
            MaxNumberOfMessages=count,
            WaitTimeSeconds=wait,
            VisibilityTimeout=visibility_timeout,
            MessageSystemAttributeNames=['All'],
            MessageAttributeNames=['All'],
        )
        return list(answer.get('Messages', []))

    def message_raw(self, wait: int = 0) -> Optional[dict[str, Any]]:
        """One message, which stays in the queue until message_delete(); None when there is none."""
        return next(iter(self.receive(1, wait)), None)

    def message_delete(self, receipt_handle: str) -> Self:
        """Delete a message that was received."""
        self.call('delete_message', QueueUrl=self.url(), ReceiptHandle=receipt_handle)
        return self

    def message_visibility(self, receipt_handle: str, seconds: int) -> Self:
        """Have a message that was received come back in `seconds` from now (0..43200; 0 is at once)."""
        url = self.url()
        self.call('change_message_visibility', QueueUrl=url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds)
        return self

    def pop(self, delete_message: bool = True, *, wait: int = 0) -> Any:
        """Take one message out: its data, its text when that isn't JSON; None when there is none. Without
        delete_message it comes back when its visibility timeout ends. wait (0..20) is for a message to come."""
        body = self.get_message(delete_message, wait=wait)
        if body is None:
            return None
        try:
            return json.loads(body)
        except ValueError:
            return body

    next = pop
    pull = pop

    def get_message(self, delete_message: bool = True, *, wait: int = 0) -> Optional[str]:
        """As pop(), and always the text as it was sent."""
        found = self.get_message_with_attributes(delete_message, wait=wait)
        return None if found is None else found[0]

    def get_message_with_attributes(
        self, delete_message: bool = True, *, wait: int = 0
    ) -> Optional[tuple[str, dict[str, Any]]]:
        """(text, {name: text or bytes}) of one message; None when there is none."""
        message = self.message_raw(wait)
        if message is None:
            return None
        if delete_message:
            self.message_delete(message['ReceiptHandle'])
        attributes = message.get('MessageAttributes', {})
        return message['Body'], {name: _attribute_value(value) for name, value in attributes.items()}

    def get_many(self, count: int = 1, delete_message: bool = True, *, wait: int = 0) -> list[str]:
        """The texts of up to `count` messages. What could not be deleted isn't among them: it comes back."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            more = self.receive(min(MOST_IN_A_BATCH, count - len(found)), 0 if found else wait)
            if not more:
                break
            found += more
        return [message['Body'] for message in (self._taken(found) if delete_message else found)]

    def _taken(self, messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those of the messages that could be deleted; raises when that is none of them."""
        taken: list[dict[str, Any]] = []
        for start in range(0, len(messages), MOST_IN_A_BATCH):
            chunk = messages[start : start + MOST_IN_A_BATCH]
            entries = [{'Id': str(index), 'ReceiptHandle': m['ReceiptHandle']} for index, m in enumerate(chunk)]
            try:
                answer = self.call('delete_message_batch', QueueUrl=self.url(), Entries=entries)
            except Aws__Error:
                if not taken:
                    raise
                break  # to raise would lose what is deleted
            gone = {int(entry['Id']) for entry in answer.get('Successful', [])}
            taken += [message for index, message in enumerate(chunk) if index in gone]
            if not taken:
                raise self._refused(answer.get('Failed', []), len(messages), 'deleted', 'DeleteMessageBatch')
        return taken


def _attribute_value(attribute: Mapping[str, Any]) -> Any:
    return attribute['BinaryValue'] if 'BinaryValue' in attribute else attribute.get('StringValue', '')
