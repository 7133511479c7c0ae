from dataclasses import dataclass
from typing import Any, Optional

from osbot_lambda.local.server.sqs.Sqs_Message import Sqs_Message


@dataclass(slots=True, eq=False)
class Stored_Message:
    """One message inside a queue; belongs to the queue's lock.

    Units  : epoch seconds. visible_at is the deadline of a delayed or in-flight message, and its key in the heap.
    """

    READY = 0
    DELAYED = 1
    IN_FLIGHT = 2
    GONE = 3

    message_id: str
    body: str
    md5_of_body: str
    message_attributes: dict[str, dict[str, Any]]
    md5_of_attributes: Optional[str]
    system_attributes: dict[str, str]  # those that never change: SenderId, SentTimestamp, AWSTraceHeader, ...
    sent_at: float
    state: int = GONE
    visible_at: float = 0.0
    received_at: float = 0.0
    first_received_at: float = 0.0
    receive_count: int = 0  # across all queues, as AWS counts
    receive_count_here: int = 0  # since it came into this queue: what maxReceiveCount is about

    def seen(self, receipt_handle: str = '') -> Sqs_Message:
        """The message as it is told now."""
        attributes = dict(self.system_attributes)
        if self.receive_count:
            attributes['ApproximateReceiveCount'] = str(self.receive_count)
            attributes['ApproximateFirstReceiveTimestamp'] = str(int(self.first_received_at * 1000))
        return Sqs_Message(
            self.message_id,
            receipt_handle,
            self.body,
            self.md5_of_body,
            self.md5_of_attributes,
            attributes,
            self.message_attributes,
        )
