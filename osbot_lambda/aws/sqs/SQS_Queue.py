import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional, Self, Union

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.errors import Aws__Error, Aws__Invalid, Aws__Not_Found, Aws__Server_Error

MOST_IN_A_BATCH = 10
BATCH_BYTES = 1_048_576  # all bodies of one SendMessageBatch together


class SQS_Queue(Aws__Resource):
    """One SQS queue, by name.

    Shapes : data is anything that JSON can say; a message is SQS's own dict {'MessageId', 'ReceiptHandle', 'Body',
             'Attributes', 'MessageAttributes', …}.
    Units  : seconds.
    Errors : Aws__Not_Found when the queue has to be there; Aws__Conflict when it exists with other attributes.
    """

    service_name: str = 'sqs'
    queue_name: str
    queue_url: Optional[str] = None  # known after the first call

    def __init__(self, queue_name: str, session_kwargs: Any_Session = None, target: Optional[str] = None):
        super().__init__(session_kwargs, target, queue_name=queue_name)

    def create(self, attributes: Optional[Mapping[str, Any]] = None) -> str:
        """The queue's URL; a queue with the same attributes that is there already stays. attributes are SQS's
        (VisibilityTimeout, DelaySeconds, RedrivePolicy, …); numbers and dicts are written as SQS wants them."""
        answer = self.call('create_queue', QueueName=self.queue_name, Attributes=_texts(attributes or {}) or None)
        self.queue_url = str(answer['QueueUrl'])
        return self.queue_url

    def exists(self) -> bool:
        """Whether the queue is there; any other trouble raises."""
        self.queue_url = None
        try:
            return bool(self.url())
        except Aws__Not_Found:
            return False

    def url(self) -> str:
        """The queue's URL, asked for once."""
        if self.queue_url is None:
            self.queue_url = str(self.call('get_queue_url', QueueName=self.queue_name)['QueueUrl'])
        return self.queue_url

    def arn(self) -> str:
        """'arn:aws:sqs:<region>:<account>:<name>'."""
        return self.attributes('QueueArn')['QueueArn']

    def delete(self) -> bool:
        """Delete the queue with its messages; False when it wasn't there."""
        try:
            self.call('delete_queue', QueueUrl=self.url())
        except Aws__Not_Found:
            return False
        finally:
            self.queue_url = None
        return True

    def push(self, data: Any, delay: Optional[int] = None) -> Self:
        """Send data as JSON."""
        self.send_raw(self.to_json(data, 'SendMessage', self.queue_name), delay)
        return self

    def send_raw(self, text: str, delay: Optional[int] = None, attributes: Optional[Mapping[str, Any]] = None) -> str:
        """Send text as it is; the message id. attributes are message attributes: {'name': {'DataType', …}}."""
        answer = self.call(
            'send_message',
            QueueUrl=self.url(),
            MessageBody=text,
            DelaySeconds=delay,
            MessageAttributes=dict(attributes) if attributes else None,
        )
        return str(answer['MessageId'])

    def send_batch(self, items: Sequence[Any]) -> list[str]:
        """Send each item as JSON, ten at a time; the message ids, in order. When some are refused, all the others are
        sent, and then Aws__Invalid (or Aws__Server_Error) says which and why."""
        return self.send_batch_raw([self.to_json(item, 'SendMessageBatch', self.queue_name) for item in items])

    def send_batch_raw(self, texts: Sequence[str]) -> list[str]:
        """As send_batch(), with the texts as they are."""
        ids: list[str] = []
        failed: list[dict[str, Any]] = []
        for chunk in _chunks(texts):
            entries = [{'Id': str(index), 'MessageBody': text} for index, text in chunk]
            answer = self.call('send_message_batch', QueueUrl=self.url(), Entries=entries)
            sent = {entry['Id']: entry['MessageId'] for entry in answer.get('Successful', [])}
            ids += [sent[str(index)] for index, _ in chunk if str(index) in sent]
            failed += answer.get('Failed', [])
        if failed:
            raise self._not_sent(failed, len(texts))
        return ids

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

    def pop(self, wait: int = 0) -> Any:
        """Take one message out: its data, its text when that isn't JSON; None when there is none."""
        message = self.message_raw(wait)
        if message is None:
            return None
        self.message_delete(message['ReceiptHandle'])
        try:
            return json.loads(message['Body'])
        except ValueError:
            return message['Body']

    def messages_in_queue(self) -> int:
        """How many messages can be received now (on AWS: about)."""
        return int(self.attributes('ApproximateNumberOfMessages')['ApproximateNumberOfMessages'])

    def size(self) -> int:
        """The same as messages_in_queue()."""
        return self.messages_in_queue()

    def messages_not_visible(self) -> int:
        """How many messages were received, and neither deleted nor back yet (on AWS: about)."""
        name = 'ApproximateNumberOfMessagesNotVisible'
        return int(self.attributes(name)[name])

    def attributes(self, name: str = 'All') -> dict[str, str]:
        """The queue's attributes, all of them text."""
        answer = self.call('get_queue_attributes', QueueUrl=self.url(), AttributeNames=[name])
        return dict(answer.get('Attributes', {}))

    def attributes_update(self, new_attributes: Mapping[str, Any]) -> Self:
        """Set some attributes; numbers and dicts are written as SQS wants them."""
        self.call('set_queue_attributes', QueueUrl=self.url(), Attributes=_texts(new_attributes))
        return self

    def set_dead_letter_queue(self, queue: Union['SQS_Queue', str], max_receive_count: int = 3) -> Self:
        """Messages received `max_receive_count` times without being deleted go to `queue` (or the queue of that
        ARN)."""
        arn = queue if isinstance(queue, str) else queue.arn()
        policy = {'deadLetterTargetArn': arn, 'maxReceiveCount': str(max_receive_count)}
        return self.attributes_update({'RedrivePolicy': policy})

    def purge(self) -> Self:
        """Drop all messages (AWS takes up to 60 s for it, and refuses a second one meanwhile)."""
        self.call('purge_queue', QueueUrl=self.url())
        return self

    def _not_sent(self, failed: list[dict[str, Any]], total: int) -> Aws__Error:
        kind = Aws__Invalid if all(entry.get('SenderFault') for entry in failed) else Aws__Server_Error
        which = ', '.join(entry['Id'] for entry in failed)
        return kind(
            f'{len(failed)} of {total} messages were not sent (number {which}); the first: {failed[0].get("Message")}',
            service='sqs',
            operation='SendMessageBatch',
            resource=self.queue_name,
            code=str(failed[0].get('Code', '')),
        )


def _texts(attributes: Mapping[str, Any]) -> dict[str, str]:
    texts = {}
    for name, value in attributes.items():
        texts[name] = value if isinstance(value, str) else json.dumps(value)  # true, 30, {"deadLetterTargetArn": …}
    return texts


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
