from collections.abc import Iterator

import boto3

from benchmarks.Figure import Figure
from benchmarks.Fixed_Answer import Fixed_Answer
from benchmarks.Samples import Samples
from osbot_lambda.local.Local_Cloud import Local_Cloud

DEPTHS = (0, 1_000, 10_000)


class Queue_Bench:
    """What a send and a receive cost in queues that are empty, and full."""

    def __init__(self, cloud: Local_Cloud, quick: bool = False):
        self.cloud = cloud
        self.rounds = 100 if quick else 500
        self.sqs = boto3.client('sqs', **cloud.session_kwargs())

    def run(self) -> Iterator[Figure]:
        """The figures: in turn in all queues, and beside boto3 with no server's work."""
        queues = {depth: self._queue_holding(depth) for depth in DEPTHS}
        send, receive = {depth: Samples() for depth in DEPTHS}, {depth: Samples() for depth in DEPTHS}
        alone = Samples()
        with Fixed_Answer() as fixed:
            idle = boto3.client('sqs', **{**self.cloud.session_kwargs(), 'endpoint_url': fixed.endpoint_url})
            for _ in range(self.rounds):
                alone.time(idle.send_message, QueueUrl=queues[0], MessageBody='one')
                for depth, url in queues.items():
                    send[depth].time(self.sqs.send_message, QueueUrl=url, MessageBody='one')
                    found = receive[depth].time(self.sqs.receive_message, QueueUrl=url)
                    self.sqs.delete_message(QueueUrl=url, ReceiptHandle=found['Messages'][0]['ReceiptHandle'])
        for name, samples in (('send', send), ('receive', receive)):
            yield Figure(f'{name} at depth 0 p50', samples[0].p50, 'ms', alone.p50, 'boto3 to a fixed answer')
            for depth in DEPTHS[1:]:
                yield Figure(f'{name} at depth {depth:,} p50', samples[depth].p50, 'ms', samples[0].p50, 'depth 0')
            yield Figure(f'{name} at depth 10,000 / 0', samples[10_000].p50 / samples[0].p50, 'x', target=1.5)

    def _queue_holding(self, depth: int) -> str:
        url = self.sqs.create_queue(QueueName=f'bench-depth-{depth}')['QueueUrl']
        for start in range(0, depth, 10):
            entries = [{'Id': str(number), 'MessageBody': f'message {start + number}'} for number in range(10)]
            self.sqs.send_message_batch(QueueUrl=url, Entries=entries)
        return str(url)
