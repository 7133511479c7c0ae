"""Who is told about an order."""

import json
from typing import Any

from app.config import get_aws_client


def send_notification(queue_url: str, message: dict[str, Any]) -> None:
    """Put the message on the queue. The same message gives the same bytes, so a reader can tell a repeat."""
    get_aws_client('sqs').send_message(QueueUrl=queue_url, MessageBody=json.dumps(message, default=float))
