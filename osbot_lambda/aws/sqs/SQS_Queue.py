from typing import Optional, Self, Union

from osbot_lambda.aws.sqs.SQS_Queue__Permissions import SQS_Queue__Permissions
from osbot_lambda.aws.sqs.SQS_Queue__Receive import SQS_Queue__Receive
from osbot_lambda.aws.sqs.SQS_Queue__Send import SQS_Queue__Send

IN_PAGES = {'PageSize': 1000}  # without it SQS lists 1000, and doesn't say that there are more


class SQS_Queue(SQS_Queue__Send, SQS_Queue__Receive, SQS_Queue__Permissions):
    """One SQS queue, by name or URL.

        queue = SQS_Queue('orders')
        queue.create({'VisibilityTimeout': 60})
        queue.push({'order': 1}).push({'order': 2})
        assert queue.pop() == {'order': 1}

    Shapes : data is anything that JSON can say; a message is SQS's own dict {'MessageId', 'ReceiptHandle', 'Body',
             'Attributes', 'MessageAttributes', …}. attributes_data are message attributes, {name: text, number or
             bytes}; SQS's own form, {name: {'DataType', 'StringValue'}}, serves too. A FIFO queue's name ends in
             '.fifo'; fifo_message_group_id is the group of what is sent to it, where the call names none.
    Units  : seconds.
    Errors : Aws__Not_Found when the queue has to be there; Aws__Conflict when it exists with other attributes;
             Aws__Invalid from what is for FIFO queues alone, on another queue.
    """

    def set_dead_letter_queue(self, queue: Union['SQS_Queue', str], max_receive_count: int = 3) -> Self:
        """Messages received `max_receive_count` times without being deleted go to `queue` (or the queue of that
        ARN)."""
        arn = queue if isinstance(queue, str) else queue.arn()
        policy = {'deadLetterTargetArn': arn, 'maxReceiveCount': str(max_receive_count)}
        return self.attributes_update({'RedrivePolicy': policy})

    def dead_letter_queue(self) -> Optional['SQS_Queue']:
        """The queue that failed messages go to, in the same account and region; None when there is none."""
        policy = self._json_attribute('RedrivePolicy')
        return SQS_Queue(policy['deadLetterTargetArn'].rpartition(':')[2], self.session) if policy else None

    def dead_letter_sources(self) -> list['SQS_Queue']:
        """The queues whose failed messages come here."""
        urls = self.iterate(
            'list_dead_letter_source_queues', 'queueUrls', QueueUrl=self.url(), PaginationConfig=IN_PAGES
        )
        return [SQS_Queue(queue_url=url, session_kwargs=self.session) for url in urls]
