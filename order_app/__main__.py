"""An order from its queue to its invoice and notification, on the local cloud, or what OSBOT_LAMBDA_TARGET says."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from typing import Optional
from uuid import uuid4

from order_app.Made_Orders import Made_Orders
from order_app.Order_Flow import Order_Flow
from order_app.Order_Load import Order_Load
from order_app.Steps import Steps
from osbot_lambda.errors import Osbot_Lambda__Error

ORDER = {
    'order_id': 'ORD-12345',
    'items': [
        {'name': 'Laptop', 'price': 200.99, 'quantity': 1},
        {'name': 'Mouse', 'price': 30.99, 'quantity': 2},
        {'name': 'Keyboard', 'price': 12.99, 'quantity': 1},
    ],
    'promo_code': 'SAVE10',
}

SHORT_TIMEOUT = 2  # seconds: an invalid order is received three times, which then takes seconds, not minutes


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """The exit code: 0 done, 1 the counts don't add up, 2 usage, 3 an error of ours, 130 interrupted."""
    args = parse(arguments)
    try:
        return many_orders(args) if args.orders else one_order(args)
    except Osbot_Lambda__Error as error:
        print(f'error: {error}', file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print('interrupted', file=sys.stderr)
        return 130


def one_order(args: argparse.Namespace) -> int:
    """The order of the sample, followed to its notification."""
    flow, steps = Order_Flow(batch_size=args.batch_size), Steps(quiet=args.json)
    set_up(flow, steps)
    order_id = str(ORDER['order_id'])
    since = time.time()
    steps.run('order sent', lambda: flow.send(ORDER), f'{order_id} to {flow.task_queue.queue_name}')
    invoice = steps.run('invoice', lambda: flow.wait_for_invoice(order_id), f's3://{flow.BUCKET}/{order_id}.json')
    notification = steps.run(
        'notification',
        lambda: flow.wait_for_notification(order_id, since),
        flow.notification_lambda.log_group().group_name,
    )
    steps.finish()
    if args.json:
        print(json.dumps({'invoice': invoice, 'notification': notification, 'timings': steps.timings}))
    else:
        print(f'\nInvoice: {json.dumps(invoice, indent=2)}\n\nNotification: {json.dumps(notification)}')
    return 0


def many_orders(args: argparse.Namespace) -> int:
    """Made orders, all at once, and the count of what became of them."""
    flow = Order_Flow(batch_size=args.batch_size)
    if args.invalid:
        flow = Order_Flow(flow.session, args.batch_size, SHORT_TIMEOUT, SHORT_TIMEOUT)
    steps = Steps(quiet=args.json)
    set_up(flow, steps)
    run_id = f'RUN-{uuid4().hex[:8]}'
    orders = Made_Orders(args.orders, run_id, args.invalid, args.seed)
    result = steps.run('orders', Order_Load(flow, orders, run_id).run, f'{args.orders} to {flow.task_queue.queue_name}')
    steps.finish()
    if args.json:
        print(json.dumps({**result, 'timings': steps.timings}))
    else:
        print('\n' + '\n'.join(f'{name.replace("_", " "):<18}{value}' for name, value in result.items()))
    return 0 if result['ok'] else 1


def set_up(flow: Order_Flow, steps: Steps) -> None:
    """Reach the cloud, then resources, functions and triggers."""
    steps.run('cloud', lambda: flow.session.endpoint_url or flow.session.target)
    steps.run('resources', flow.create_resources, 'results-bucket, task-queue, notification-queue, lambda-role')
    steps.run('functions', flow.deploy, 'task_lambda, notification_lambda')
    steps.run('triggers', flow.connect, 'task-queue > task_lambda, notification-queue > notification_lambda')


def parse(arguments: Optional[Sequence[str]]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser('python -m order_app', description=__doc__)
    parser.add_argument('--json', action='store_true', help='one JSON object, and nothing else')
    parser.add_argument('--orders', type=whole, metavar='N', help='send N made orders, and count what became of them')
    parser.add_argument('--batch-size', type=whole, default=10, metavar='N', help='orders for one invoke (10)')
    parser.add_argument('--invalid', type=percent, default=0, metavar='PERCENT', help='of the N orders (0)')
    parser.add_argument('--seed', type=int, default=0, help='the same seed makes the same orders (0)')
    return parser.parse_args(arguments)


def whole(text: str) -> int:
    """A whole number from 1 up."""
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def percent(text: str) -> float:
    """A number from 0 to 100."""
    if not 0 <= (number := float(text)) <= 100:
        raise ValueError(text)
    return number


if __name__ == '__main__':
    sys.exit(main())
