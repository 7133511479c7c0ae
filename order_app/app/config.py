"""What the order functions are told from outside, and their AWS clients."""

import os
from functools import cache
from typing import Any

import boto3

RESULTS_BUCKET = os.environ.get('RESULTS_BUCKET', 'results-bucket')
NOTIFICATION_QUEUE_URL = os.environ.get('NOTIFICATION_QUEUE_URL', 'notification-queue')


@cache
def get_aws_client(service: str) -> Any:
    """The client of a service: made once per environment, so that warm invokes reuse its connections."""
    return boto3.client(service)
