from typing import Optional

from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs


class Session__Kwargs__STS(Session__Kwargs):
    """Session kwargs whose service is 'sts'."""

    service_name: Optional[str] = 'sts'
