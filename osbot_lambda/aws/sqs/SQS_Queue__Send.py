from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional, Self

from osbot_lambda.aws.sqs.SQS_Queue__Base import MOST_IN_A_BATCH, SQS_Queue__Base

BATCH_BYTES = 1_048_576  # all bodies of one SendMessageBatch together


class SQS_Queue__Send(SQS_Queue__Base):
    """Sending to an SQS queue: data as JSON, text as it is, batches."""

    def push(
        self,
        data: Any,
        message_group_id: Optional[str] = None,
        attributes_data: Optional[Mapping[str, Any]] = None,
        *,
        delay: Optional[int] = None,
        deduplication_id: Optional[str] = None,
    ) -> Self:
        """Send data as JSON, whatever it is (also {}, 0 and None)."""
        text = self.to_json(data, 'SendMessage', self.queue_name)
        self._send(text, delay, attributes_data, message_group_id, deduplication_id)
        return self

    def push_fifo(
        self,
        data: Any,
        fifo_message_group_id: Optional[str] = None,
        attributes_data: Optional[Mapping[str, Any]] = None,
        *,
        deduplication_id: Optional[str] = None,
    ) -> Self:
        """As push(), to a FIFO queue; Aws__Invalid when it is none."""
        self._check_fifo('SendMessage')
        return self.push(data, fifo_message_group_id, attributes_data, deduplication_id=deduplication_id)

    def add(
        self,
        body: str,
        message_group_id: Optional[str] = None,
        attributes_data: Optional[Mapping[str, Any]] = None,
    ) -> Self:
        """Send text as it is."""
        self.message_send(body, message_group_id, attributes_data)
        return self

    def add_fifo(
        self,
        body: str,
        fifo_message_group_id: Optional[str] = None,
        attributes_data: Optional[Mapping[str, Any]] = None,
    ) -> Self:
        """As add(), to a FIFO queue; Aws__Invalid when it is none."""
        self.message_send_fifo(body, fifo_message_group_id, attributes_data)
        return self

    def message_send(
        self,
        body: str,
        message_group_id: Optional[str] = None,
        attributes_data: Optional[Mapping[str, Any]] = None,
        *,
        delay: Optional[int] = None,
        deduplication_id: Optional[str] = None,
    ) -> str:
        """Send text as it is; the message id."""
        return self._send(body, delay, attributes_data, message_group_id, deduplication_id)

    def message_send_fifo(
        self,
        body: str,
        fifo_message_group_id: Optional[str] = None,
        attributes_data: Optional[Mapping[str, Any]] = None,
        *,
        deduplication_id: Optional[str] = None,
    ) -> str:
        """As message_send(), to a FIFO queue; Aws__Invalid when it is none."""
        self._check_fifo('SendMessage')
        return self.message_send(body, fifo_message_group_id, attributes_data, deduplication_id=deduplication_id)

    def send_raw(self, text: str, delay: Optional[int] = None, attributes: Optional[Mapping[str, Any]] = None) -> str:
        """Send text as it is; the message id. attributes are as attributes_data."""
        return self._send(text, delay, attributes)

    def send_batch(self, items: Sequence[Any], message_group_id: Optional[str] = None) -> list[str]:
        """Send each item as JSON, ten at a time; the message ids, in order. When some are refused, all the others are
        sent, and then Aws__Invalid (or Aws__Server_Error) says which and why."""
        texts = [self.to_json(item, 'SendMessageBatch', self.queue_name) for item in items]
        return self.send_batch_raw(texts, message_group_id)

    def send_batch_raw(self, texts: Sequence[str], message_group_id: Optional[str] = None) -> list[str]:
        """As send_batch(), with the texts as they are."""
        ids: list[str] = []
        failed: list[dict[str, Any]] = []
        group = {'MessageGroupId': found} if (found := self._group(message_group_id, 'SendMessageBatch')) else {}
        for chunk in _chunks(texts):
            entries = [{'Id': str(index), 'MessageBody': text, **group} for index, text in chunk]
            answer = self.call('send_message_batch', QueueUrl=self.url(), Entries=entries)
            sent = {entry['Id']: entry['MessageId'] for entry in answer.get('Successful', [])}
            ids += [sent[str(index)] for index, _ in chunk if str(index) in sent]
            failed += answer.get('Failed', [])
        if failed:
            raise self._refused(failed, len(texts), 'sent', 'SendMessageBatch')
        return ids

    def _send(
        self,
        text: str,
        delay: Optional[int] = None,
        attributes: Optional[Mapping[str, Any]] = None,
        message_group_id: Optional[str] = None,
        deduplication_id: Optional[str] = None,
    ) -> str:
        group = self._group(message_group_id, 'SendMessage')
        answer = self.call(
            'send_message',
            QueueUrl=self.url(),
            MessageBody=text,
            DelaySeconds=delay,
            MessageAttributes=self._message_attributes(attributes or {}) or None,
            MessageGroupId=group,
            MessageDeduplicationId=deduplication_id,
        )
        return str(answer['MessageId'])

    def _group(self, message_group_id: Optional[str], operation: str) -> Optional[str]:
        found = message_group_id or (self.fifo_message_group_id if self.fifo() else None)
        if self.fifo() and not found:
            text = 'a message to a FIFO queue needs a message group: give message_group_id, or fifo_message_group_id'
            raise self._invalid(f'{text} to SQS_Queue()', operation)
        return found

    def _message_attributes(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for name, value in given.items():
            if isinstance(value, Mapping):
                found[name] = dict(value)
            elif isinstance(value, str):
                found[name] = {'DataType': 'String', 'StringValue': value}
            elif isinstance(value, bytes):
                found[name] = {'DataType': 'Binary', 'BinaryValue': value}
            elif isinstance(value, int | float) and not isinstance(value, bool):
                found[name] = {'DataType': 'Number', 'StringValue': str(value)}
            else:
                raise self._invalid(f'message attribute {name} is {value!r}: it takes text, numbers and bytes', '')
        return found


def _chunks(texts: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    chunk: list[tuple[int, str]] = []
    size = 0
    for index, text in enumerate(texts):
        length = len(text.encode())
        if chunk and (len(chunk) == MOST_IN_A_BATCH or size + length > BATCH_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append((index, text))
        size += length
    if chunk:
        yield chunk
