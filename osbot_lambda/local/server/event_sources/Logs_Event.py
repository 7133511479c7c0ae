import base64
import gzip
import json
from collections.abc import Sequence
from typing import Any


class Logs_Event:
    """The event with which a subscription filter of CloudWatch Logs invokes a function.

    Shapes : log_events: [{'id', 'timestamp', 'message'}], with a number as id; the event's data is JSON, gzipped, in
             base64.
    Source : Lambda developer guide, "Using Lambda with CloudWatch Logs".
    """

    @staticmethod
    def of(
        account_id: str, group: str, stream: str, filter_name: str, log_events: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        """The event."""
        data = {
            'messageType': 'DATA_MESSAGE',
            'owner': account_id,
            'logGroup': group,
            'logStream': stream,
            'subscriptionFilters': [filter_name],
            'logEvents': [{**event, 'id': f'{event["id"]:056d}'} for event in log_events],
        }
        return {'awslogs': {'data': base64.b64encode(gzip.compress(json.dumps(data).encode(), 1)).decode()}}
