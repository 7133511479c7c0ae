from typing import Optional

from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs


class Session__Kwargs__IAM(Session__Kwargs):
    """Session kwargs whose service is 'iam'."""

    service_name: Optional[str] = 'iam'
