from dataclasses import dataclass
from typing import Any, Optional


@dataclass(frozen=True, slots=True)
class Sqs_Message:
    """One message as a receiver, or its sender, sees it.

    Shapes : attributes are SQS's own, all text (ApproximateReceiveCount, SentTimestamp in epoch ms, SenderId, ...);
             message_attributes are the sender's: {'name': {'DataType': ..., 'StringValue' | 'BinaryValue': ...}}.
             receipt_handle is '' in what send() returns. md5_of_attributes is None when there are no attributes.
    """

    message_id: str
    receipt_handle: str
    body: str
    md5_of_body: str
    md5_of_attributes: Optional[str]
    attributes: dict[str, str]
    message_attributes: dict[str, dict[str, Any]]
