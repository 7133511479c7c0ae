from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Optional


class Sns_Event:
    """The event with which SNS invokes a function: always one record.

    Shapes : attributes: {'name': {'Type', 'Value'}}.
    Source : Lambda developer guide, "Using Lambda with Amazon SNS". Nothing is signed here: Signature says EXAMPLE.
    """

    @staticmethod
    def of(
        topic_arn: str,
        subscription_arn: str,
        message_id: str,
        message: str,
        subject: Optional[str],
        attributes: Mapping[str, Mapping[str, Any]],
        now: float,
    ) -> dict[str, Any]:
        """The event; now in epoch seconds."""
        moment, url = datetime.fromtimestamp(now, UTC), f'https://sns.{topic_arn.split(":")[3]}.amazonaws.com/'
        sns = {
            'Type': 'Notification',
            'MessageId': message_id,
            'TopicArn': topic_arn,
            'Subject': subject,
            'Message': message,
            'Timestamp': f'{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z',
            'SignatureVersion': '1',
            'Signature': 'EXAMPLE',
            'SigningCertUrl': f'{url}SimpleNotificationService-EXAMPLE.pem',
            'UnsubscribeUrl': f'{url}?Action=Unsubscribe&SubscriptionArn={subscription_arn}',
            'MessageAttributes': {name: dict(value) for name, value in attributes.items()},
        }
        record = {
            'EventSource': 'aws:sns',
            'EventVersion': '1.0',
            'EventSubscriptionArn': subscription_arn,
            'Sns': sns,
        }
        return {'Records': [record]}
