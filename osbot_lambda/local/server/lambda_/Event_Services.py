from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Event_Services(Protocol):
    """The services besides SQS and Lambda that the outcome of an event invoke can go to.

    Errors : Api__Error, with that service's code, when it doesn't take it.
    """

    def sns_publish(self, topic_arn: str, message: str, attributes: Mapping[str, Mapping[str, str]]) -> None:
        """Publish a message; attributes as SQS has them: {'name': {'DataType', 'StringValue'}}."""

    def put_event(
        self, bus_arn: str, source: str, detail_type: str, resources: Sequence[str], detail: Mapping[str, Any]
    ) -> None:
        """Put an event on an EventBridge bus."""

    def s3_put_object(self, account_id: str, region: str, bucket: str, key: str, body: bytes) -> None:
        """Store an object."""
