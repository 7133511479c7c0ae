import logging
import uuid
from collections.abc import Callable
from typing import Any, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.lambda_.Destination_Record import Destination_Record
from osbot_lambda.local.server.lambda_.Event_Services import Event_Services
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Version import Function_Version
from osbot_lambda.local.server.lambda_.Lineage import Lineage
from osbot_lambda.local.server.lambda_.Queued_Event import Queued_Event
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from osbot_lambda.runtime.Log_Sink import Log_Sink

log = logging.getLogger('osbot_lambda.local')


class Destination_Sender:
    """Sends the outcomes of event invokes to destinations, and the events that were given up to dead-letter queues.

    What can't be delivered is said in the cloud's log and in the function's log group, in the stream STREAM.
    """

    STREAM = 'osbot-lambda'
    MAX_ERROR_MESSAGE = 1024  # bytes

    def __init__(
        self,
        sqs: Sqs_Engine,
        services: Event_Services,
        invoke: Callable[[Function_Ref, bytes, Optional[str]], str],
        log_sink: Log_Sink,
        clock: Clock,
    ):
        self.sqs, self.services, self.invoke, self.log_sink, self.clock = sqs, services, invoke, log_sink, clock

    def succeeded(self, event: Queued_Event, version: Function_Version) -> None:
        """Tell the OnSuccess destination, if there is one."""
        config = event.function.event_config(event.ref.qualifier)
        if config and config.on_success:
            self._send_record(config.on_success, event, version, Destination_Record.SUCCESS)

    def given_up(self, event: Queued_Event, version: Function_Version, condition: str) -> None:
        """Tell the dead-letter queue and the OnFailure destination, those that there are."""
        dead_letters = version.config.echoed.get('DeadLetterConfig', {}).get('TargetArn')
        if dead_letters:
            self._deliver('dead-letter queue', dead_letters, event, version, self._send_dead_letter)
        config = event.function.event_config(event.ref.qualifier)
        if config and config.on_failure:
            self._send_record(config.on_failure, event, version, condition)

    def _send_record(self, arn: str, event: Queued_Event, version: Function_Version, condition: str) -> None:
        record = Destination_Record(event, condition, self.clock.now())
        self._deliver('destination', arn, event, version, lambda *_: self._deliver_record(arn, record))

    def _deliver(
        self,
        what: str,
        arn: str,
        event: Queued_Event,
        version: Function_Version,
        deliver: Callable[[str, Queued_Event], None],
    ) -> None:
        try:
            deliver(arn, event)
        except Exception as error:  # noqa: BLE001  whatever it is, it must be said and not end the queue's thread
            text = f'event {event.invocation.request_id} was not delivered to its {what} {arn}: {error}'
            log.warning('%s', text)
            line = (int(self.clock.now() * 1000), f'[osbot-lambda] {text}')
            self.log_sink.write(version.account_id, version.region, version.config.log_group, self.STREAM, [line])

    def _deliver_record(self, arn: str, record: Destination_Record) -> None:
        ref, service = record.event.ref, arn.split(':')[2]
        if service == 'sqs':
            self._send_message(arn, record.text, {})
        elif service == 'lambda':
            self.invoke(Function_Ref.from_arn(arn), record.text.encode(), self._trace_id(record.event))
        elif service == 'sns':
            self.services.sns_publish(arn, record.text, {})
        elif service == 'events':
            resources = [arn, record.function_arn]
            self.services.put_event(arn, 'lambda', record.detail_type, resources, record.value)
        else:
            key, bucket = record.object_key(str(uuid.uuid4())), arn.rpartition(':')[2]
            self.services.s3_put_object(ref.account_id, ref.region, bucket, key, record.text.encode())

    @staticmethod
    def _trace_id(event: Queued_Event) -> Optional[str]:
        """Of what follows from the event; that follows also from one that was stopped."""
        try:
            return Lineage.next(event.function, event.invocation).trace_id
        except Api__Error:
            return event.invocation.trace_id

    def _send_dead_letter(self, arn: str, event: Queued_Event) -> None:
        code, message = (event.last.status_code, event.last.error[1]) if event.last else (429, 'Rate Exceeded.')
        attributes = {
            'RequestID': {'DataType': 'String', 'StringValue': event.invocation.request_id},
            'ErrorCode': {'DataType': 'Number', 'StringValue': str(code)},
        }
        cut = message.encode()[: self.MAX_ERROR_MESSAGE].decode(errors='ignore')
        if cut:  # an empty value is no attribute
            attributes['ErrorMessage'] = {'DataType': 'String', 'StringValue': cut}
        if arn.split(':')[2] == 'sns':
            self.services.sns_publish(arn, event.invocation.payload.decode(), attributes)
        else:
            self._send_message(arn, event.invocation.payload.decode(), attributes)

    def _send_message(self, arn: str, body: str, attributes: dict[str, dict[str, Any]]) -> None:
        queue = self.sqs.queue_by_arn(arn)
        if queue is None:
            raise Api__Error('QueueDoesNotExist', 'The specified queue does not exist.', 400)
        queue.send(body, attributes=attributes)
