import json
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Self, Union

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.errors import Aws__Error, Aws__Invalid, Aws__Not_Found, Aws__Server_Error

MOST_IN_A_BATCH = 10
FIFO = '.fifo'

Text_Or_Texts = Union[str, Sequence[str]]


class SQS_Queue__Base(Aws__Resource):
    """One SQS queue: itself, its attributes and counts. SQS_Queue has the rest."""

    service_name: str = 'sqs'
    queue_name: str
    queue_url: Optional[str] = None  # known after the first call
    fifo_message_group_id: Optional[str] = None

    def __init__(
        self,
        queue_name: str = '',
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        *,
        queue_url: Optional[str] = None,
        fifo_message_group_id: Optional[str] = None,
    ):
        name = queue_name or (queue_url or '').rpartition('/')[2]
        if not name:
            raise ValueError('SQS_Queue needs a queue_name or a queue_url')
        super().__init__(
            session_kwargs,
            target,
            queue_name=name,
            queue_url=queue_url,
            fifo_message_group_id=fifo_message_group_id,
        )

    def create(self, attributes: Optional[Mapping[str, Any]] = None) -> str:
        """The queue's URL; a queue with the same attributes that is there already stays. attributes are SQS's
        (VisibilityTimeout, DelaySeconds, RedrivePolicy, …); numbers and dicts are written as SQS wants them."""
        given = {**({'FifoQueue': True} if self.fifo() else {}), **(attributes or {})}
        answer = self.call('create_queue', QueueName=self.queue_name, Attributes=_texts(given) or None)
        self.queue_url = str(answer['QueueUrl'])
        return self.queue_url

    def create_fifo(self, attributes: Optional[Mapping[str, Any]] = None) -> str:
        """As create(), for a FIFO queue that tells repeated messages by their content, unless the attributes say
        otherwise. Aws__Invalid when the name doesn't end in '.fifo'."""
        self._check_fifo('CreateQueue')
        return self.create({'ContentBasedDeduplication': True, **(attributes or {})})

    def delete(self) -> bool:
        """Delete the queue with its messages; False when it wasn't there."""
        try:
            self.call('delete_queue', QueueUrl=self.url())
        except Aws__Not_Found:
            return False
        finally:
            self.queue_url = None
        return True

    def purge(self) -> Self:
        """Drop all messages (AWS takes up to 60 s for it, and refuses a second one meanwhile)."""
        self.call('purge_queue', QueueUrl=self.url())
        return self

    def exists(self) -> bool:
        """Whether the queue is there; any other trouble raises."""
        try:
            if self.queue_url is None:
                self.url()
            else:
                self.attributes('QueueArn')
        except Aws__Not_Found:
            return False
        return True

    def fifo(self) -> bool:
        """Whether it is a FIFO queue, by its name."""
        return self.queue_name.endswith(FIFO)

    def name(self) -> str:
        """The same as queue_name."""
        return self.queue_name

    def url(self) -> str:
        """The queue's URL, asked for once."""
        if self.queue_url is None:
            self.queue_url = str(self.call('get_queue_url', QueueName=self.queue_name)['QueueUrl'])
        return self.queue_url

    def arn(self) -> str:
        """'arn:aws:sqs:<region>:<account>:<name>'."""
        return self.attributes('QueueArn')['QueueArn']

    def info(self) -> dict[str, Any]:
        """Its attributes, with 'QueueUrl' and 'QueueName'; {} when it isn't there."""
        try:
            return {**self.attributes(), 'QueueUrl': self.url(), 'QueueName': self.queue_name}
        except Aws__Not_Found:
            return {}

    def attributes(self, attribute_names: Text_Or_Texts = 'All') -> dict[str, str]:
        """The queue's attributes, or those that are named; all of them text."""
        names = [attribute_names] if isinstance(attribute_names, str) else list(attribute_names)
        answer = self.call('get_queue_attributes', QueueUrl=self.url(), AttributeNames=names)
        return dict(answer.get('Attributes', {}))

    def attributes_update(self, new_attributes: Mapping[str, Any]) -> Self:
        """Set some attributes; numbers and dicts are written as SQS wants them."""
        self.call('set_queue_attributes', QueueUrl=self.url(), Attributes=_texts(new_attributes))
        return self

    def messages_in_queue(self) -> int:
        """How many messages can be received now (on AWS: about)."""
        return int(self.attributes('ApproximateNumberOfMessages')['ApproximateNumberOfMessages'])

    size = messages_in_queue

    def messages_not_visible(self) -> int:
        """How many messages were received, and neither deleted nor back yet (on AWS: about)."""
        name = 'ApproximateNumberOfMessagesNotVisible'
        return int(self.attributes(name)[name])

    def messages_delayed(self) -> int:
        """How many messages were sent with a delay that hasn't ended (on AWS: about)."""
        name = 'ApproximateNumberOfMessagesDelayed'
        return int(self.attributes(name)[name])

    def _check_fifo(self, operation: str) -> None:
        if not self.fifo():
            text = f"{self.queue_name!r} is no FIFO queue: the name of one ends in '.fifo'"
            raise self._invalid(text, operation)

    def _json_attribute(self, name: str) -> dict[str, Any]:
        text = self.attributes(name).get(name)
        return dict(json.loads(text)) if text else {}

    def _refused(self, failed: list[dict[str, Any]], total: int, done: str, operation: str) -> Aws__Error:
        kind = Aws__Invalid if all(entry.get('SenderFault') for entry in failed) else Aws__Server_Error
        which = ', '.join(entry['Id'] for entry in failed)
        first = failed[0] if failed else {}
        return kind(
            f'{len(failed)} of {total} messages were not {done} (number {which}); the first: {first.get("Message")}',
            service='sqs',
            operation=operation,
            resource=self.queue_name,
            code=str(first.get('Code', '')),
        )

    def _invalid(self, text: str, operation: str) -> Aws__Invalid:
        return Aws__Invalid(text, service='sqs', operation=operation or 'SendMessage', resource=self.queue_name)


def _texts(attributes: Mapping[str, Any]) -> dict[str, str]:
    texts = {}
    for name, value in attributes.items():
        texts[name] = value if isinstance(value, str) else json.dumps(value)  # true, 30, {"deadLetterTargetArn": …}
    return texts
