from typing import Optional

from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs


class Session__Kwargs__SQS(Session__Kwargs):
    """Session kwargs whose service is 'sqs'."""

    service_name: Optional[str] = 'sqs'
