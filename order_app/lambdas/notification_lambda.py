"""Logs each notification of notification-queue: this is where an e-mail or a text message would be sent.

Stands alone: it imports nothing of app/. A queue delivers at least once; order_id tells a repeat.
"""

import json
from typing import Any

FIELDS = ('order_id', 'status', 'final_total', 'invoice_location')


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Log a batch of notifications, one line each; returns the ids of those to retry."""
    failures = []
    for record in event['Records']:
        try:
            message = json.loads(record['body'])
            print('Notification:', json.dumps({name: message[name] for name in FIELDS}))
        except (ValueError, TypeError, KeyError) as error:
            print(f'notification refused: message {record["messageId"]}: {error!r}')
            failures.append({'itemIdentifier': record['messageId']})
    return {'batchItemFailures': failures}
