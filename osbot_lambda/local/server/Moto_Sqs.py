import base64
import logging
from types import SimpleNamespace
from typing import Any, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Moto_Lambda import Moto_Lambda
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from osbot_lambda.local.server.sqs.Sqs_Queue import Sqs_Queue

log = logging.getLogger('osbot_lambda.local')


class Moto_Sqs:
    """Stands where moto has its SQS backend of one account and region: moto's services send to our queues.

    As on AWS, who publishes isn't told what goes wrong at a queue: it is logged.
    no_such_queue is moto's own error.
    """

    def __init__(self, sqs: Sqs_Engine, no_such_queue: type[Exception], region_name: str, account_id: str):
        self.sqs, self.no_such_queue, self.region_name, self.account_id = sqs, no_such_queue, region_name, account_id

    def get_queue(self, queue_name: str) -> SimpleNamespace:
        """What moto asks of a queue; raises no_such_queue."""
        if self._find(queue_name) is None:
            raise self.no_such_queue()
        return SimpleNamespace(fifo_queue=queue_name.endswith('.fifo'))

    def send_message(
        self,
        queue_name: str,
        message_body: str,
        message_attributes: Optional[dict[str, dict[str, Any]]] = None,
        **_: Any,
    ) -> None:
        """Send it; binary attributes may come in base64."""
        queue = self._find(queue_name)
        if queue is None:
            log.warning('a message for %s was lost: there is no such queue', self._arn(queue_name))
            return
        attributes = {name: dict(value) for name, value in (message_attributes or {}).items()}
        for value in attributes.values():
            if isinstance(value.get('BinaryValue'), str):
                value['BinaryValue'] = base64.b64decode(value['BinaryValue'])
        trace_id = Moto_Lambda.trace_id.get()
        try:
            queue.send(message_body, None, attributes, {'AWSTraceHeader': trace_id} if trace_id else {})
        except Api__Error as error:
            log.warning('a message for %s was lost: %s', queue.arn, error)

    def _find(self, queue_name: str) -> Optional[Sqs_Queue]:
        return self.sqs.queue_by_arn(self._arn(queue_name))

    def _arn(self, queue_name: str) -> str:
        return f'arn:aws:sqs:{self.region_name}:{self.account_id}:{queue_name}'
