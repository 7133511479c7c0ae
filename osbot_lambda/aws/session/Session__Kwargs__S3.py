from typing import Optional

from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs


class Session__Kwargs__S3(Session__Kwargs):
    """Session kwargs whose service is 's3'."""

    service_name: Optional[str] = 's3'
