import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Optional

from order_app.Made_Orders import Made_Orders
from order_app.Order_Flow import Order_Flow
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import Wait__Timeout

SENDERS = 4
IN_A_BATCH = 10
WAITING = (
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
)


class Order_Load:
    """Many orders through an Order_Flow that is set up, and the count of what became of them.

    Units  : seconds.
    Errors : Wait__Timeout when orders are still on their way after `timeout`.
    """

    def __init__(self, flow: Order_Flow, orders: Made_Orders, run_id: str, timeout: Optional[float] = None):
        self.flow, self.orders, self.run_id = flow, orders, run_id
        self.timeout = timeout or 60 + 0.2 * len(orders.bodies())

    def run(self) -> dict[str, Any]:
        """Send all, wait until none is on its way, and count.

        {'orders', 'invalid', 'seconds' from the first send to the last notification, 'orders_per_second', 'invoices',
        'notifications', 'repeated' notifications, 'dead_letters', 'ok': whether each good order has its invoice and a
        notification, and the dead-letter queue has exactly the invalid orders, as they were sent}.
        """
        since, started = time.time(), time.monotonic()
        dead_before = self.flow.task_dlq.size()
        self._send()
        seconds = self._wait_for_the_good(dead_before) - started
        self._wait_until_empty()
        good = self.orders.good
        invoices = self.flow.s3.find_files(self.flow.BUCKET, prefix=f'{self.run_id}-')
        notified = self._notified(since)
        dead_letters = self._take_dead_letters()
        return {
            'orders': len(good) + len(self.orders.bad),
            'invalid': len(self.orders.bad),
            'seconds': round(seconds, 3),
            'orders_per_second': round(len(good) / seconds, 1),
            'invoices': len(invoices),
            'notifications': len(notified),
            'repeated': notified.total() - len(notified),
            'dead_letters': dead_letters.total(),
            'ok': invoices == sorted(f'{order_id}.json' for order_id in good)
            and notified.keys() == good.keys()
            and dead_letters == Counter(self.orders.bad.values()),
        }

    def _send(self) -> None:
        bodies = self.orders.bodies()
        batches = [bodies[start : start + IN_A_BATCH] for start in range(0, len(bodies), IN_A_BATCH)]
        with ThreadPoolExecutor(SENDERS) as senders:
            list(senders.map(self.flow.task_queue.send_batch_raw, batches))

    def _wait_for_the_good(self, dead_before: int) -> float:
        """When (monotonic) the last good order was through."""

        def look() -> Optional[float]:
            # in this order: what moves on meanwhile is then counted twice, never missed
            tasks, bad = _on_its_way(self.flow.task_queue), len(self.orders.bad)
            if tasks > bad or (tasks and tasks + self.flow.task_dlq.size() - dead_before > bad):
                return None
            return None if _on_its_way(self.flow.notification_queue) else time.monotonic()

        return self._until('through', look)

    def _wait_until_empty(self) -> None:
        self._until('empty', lambda: None if _on_its_way(self.flow.task_queue) else 0.0)

    def _until(self, wanted: str, look: Any) -> float:
        found = Wait(self.timeout, longest_pause=0.1).until(look)
        if found is None:
            left = f'{_on_its_way(self.flow.task_queue)} orders'
            raise Wait__Timeout(self.flow.task_queue.queue_name, wanted, f'holding {left}', self.timeout)
        return float(found)

    def _notified(self, since: float) -> Counter[str]:
        """How often each order of this run was notified, by order id."""
        ids = (str(logged['order_id']) for logged in self.flow.notifications(since))
        return Counter(order_id for order_id in ids if order_id.startswith(f'{self.run_id}-'))

    def _take_dead_letters(self) -> Counter[str]:
        """How often each body of this run is in the dead-letter queue; they are taken out of it."""
        found: Counter[str] = Counter()
        wait = 1 if self.orders.bad else 0
        while messages := self.flow.task_dlq.receive(wait=wait):
            for message in messages:
                if self.run_id in message['Body']:
                    found[message['Body']] += 1
                    self.flow.task_dlq.message_delete(message['ReceiptHandle'])
        return found


def _on_its_way(queue: SQS_Queue) -> int:
    attributes = queue.attributes()
    return sum(int(attributes[name]) for name in WAITING)
