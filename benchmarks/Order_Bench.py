import json
import time
from collections.abc import Iterator

from benchmarks.Figure import Figure
from order_app.Made_Orders import Made_Orders
from order_app.Order_Flow import Order_Flow
from order_app.Order_Load import Order_Load
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.local.Local_Cloud import Local_Cloud

TARGETS = {1: 50, 10: 80}  # orders per second
SAME = 1.25  # rates as close as that are the same: windows of 500 differ by so much by themselves


class Order_Bench:
    """Orders per second through order_app, from the first send to the last notification, and whether history slows
    them down."""

    WINDOW = 500

    def __init__(self, quick: bool = False):
        self.history = 500 if quick else 4_000  # orders between the first window and the last
        self.run_number = 0

    def run(self) -> Iterator[Figure]:
        """The figures, for each batch size on a cloud of its own."""
        for batch_size in (10, 1):
            yield from self.of_batch_size(batch_size)

    def of_batch_size(self, batch_size: int) -> Iterator[Figure]:
        """The first 500 orders, then many more, then 500 again."""
        with Local_Cloud() as cloud:
            flow = Order_Flow(AWS_Session(cloud.session_kwargs()), batch_size=batch_size).setup()
            self._orders_per_second(flow, 20)  # environments and connections are there after it
            plain = self._plain_loop(flow)
            first = self._orders_per_second(flow, self.WINDOW)
            between = self._orders_per_second(flow, self.history)
            last = self._orders_per_second(flow, self.WINDOW)
            total = self.history + 2 * self.WINDOW
            batch = f'batch {batch_size}'
            floor = 'same S3 and SQS calls, plain loop'
            yield Figure(f'orders, {batch}, first 500', first, '/s', plain, floor, TARGETS[batch_size])
            yield Figure(f'orders, {batch}, {self.history:,} more', between, '/s', plain, floor, TARGETS[batch_size])
            yield Figure(f'orders, {batch}, last 500 of {total:,}', last, '/s', plain, floor, TARGETS[batch_size])
            yield Figure(f'orders, {batch}, first 500 / last 500', first / last, 'x', target=SAME)

    def _orders_per_second(self, flow: Order_Flow, count: int) -> float:
        self.run_number += 1
        run_id = f'BENCH-{self.run_number}'
        result = Order_Load(flow, Made_Orders(count, run_id, seed=self.run_number), run_id).run()
        if not result['ok']:
            raise RuntimeError(f'orders were lost: {result}')
        return float(result['orders_per_second'])

    def _plain_loop(self, flow: Order_Flow, count: int = 200) -> float:
        """What order_app's functions ask of S3 and SQS for each order, from one loop with neither queue nor Lambda in
        between."""
        s3, sqs = flow.session.client('s3'), flow.session.client('sqs')
        url = sqs.create_queue(QueueName='plain')['QueueUrl']
        start = time.perf_counter()
        for order_id, body in Made_Orders(count, 'PLAIN').good.items():
            sqs.send_message(QueueUrl=url, MessageBody=body)
            s3.put_object(Bucket=flow.BUCKET, Key=f'plain/{order_id}.json', Body=body, IfNoneMatch='*')
            sqs.send_message(QueueUrl=url, MessageBody=json.dumps({'order_id': order_id}))
        return count / (time.perf_counter() - start)
