import threading

from osbot_lambda.local.server.sqs.Sqs_Queue import Sqs_Queue


def wait_until_receivers_wait(queue: Sqs_Queue, number: int) -> None:
    """Until that many receivers stand in their condition; the queue says so under its lock."""
    while True:
        with queue.changed:
            if queue.waiting == number:
                return
        threading.Event().wait(0.001)
