"""Turns each order of task-queue into an invoice in S3 and a notification on notification-queue.

Queues deliver at least once, so the same order may come again: its first invoice stays, and the same notification is
sent again. An order that can't be processed is named in the answer, and only that one is retried; the queue moves it
to its dead-letter queue when it has failed often enough.
"""

import logging
from typing import Any

from app.config import NOTIFICATION_QUEUE_URL, RESULTS_BUCKET
from app.notifier import send_notification
from app.processors import (
    InvalidOrder,
    apply_discount,
    build_invoice,
    calculate_order_total,
    parse_order,
    same_order,
)
from app.storage import save_to_s3

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch of messages; returns the ids of those to retry."""
    failures = []
    for record in event['Records']:
        try:
            process_order(record['body'])
        except InvalidOrder as reason:
            logger.warning('order refused: message %s: %s', record['messageId'], reason)
            failures.append({'itemIdentifier': record['messageId']})
        except Exception:
            logger.exception('order failed: message %s', record['messageId'])
            failures.append({'itemIdentifier': record['messageId']})
    return {'batchItemFailures': failures}


def process_order(body: str) -> None:
    """One order, from the message's body to the notification."""
    order = parse_order(body)
    order_id, items, promo_code = order['order_id'], order['items'], order.get('promo_code')

    subtotal = calculate_order_total(items)
    final_total, discount = apply_discount(subtotal, promo_code)
    invoice = build_invoice(order_id, items, subtotal, promo_code, discount, final_total)

    key = f'{order_id}.json'
    stored = save_to_s3(RESULTS_BUCKET, key, invoice)
    if not same_order(stored, invoice):
        raise InvalidOrder(f'{order_id} has an invoice already, and it is for another order')

    send_notification(
        NOTIFICATION_QUEUE_URL,
        {
            'order_id': order_id,
            'status': 'processed',
            'final_total': stored['final_total'],
            'invoice_location': f's3://{RESULTS_BUCKET}/{key}',
        },
    )
    logger.info('order processed: %s, %s', order_id, stored['final_total'])
