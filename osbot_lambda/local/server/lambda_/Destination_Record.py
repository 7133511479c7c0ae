import json
from datetime import UTC, datetime
from typing import Any

from osbot_lambda.local.server.lambda_.Function_Version import LATEST
from osbot_lambda.local.server.lambda_.Queued_Event import Queued_Event


class Destination_Record:
    """What a destination is told of an event invoke: the invocation record.

    Shapes : condition is SUCCESS or one of the reasons for giving up; value is the record's JSON object.
    Units  : now in epoch seconds.
    Source : recorded records of AWS; the developer guide, "Capturing records of Lambda asynchronous invocations".
    """

    SUCCESS = 'Success'
    RETRIES_EXHAUSTED = 'RetriesExhausted'
    EVENT_AGE_EXCEEDED = 'EventAgeExceeded'
    ZERO_RESERVED_CONCURRENCY = 'ZeroReservedConcurrency'

    def __init__(self, event: Queued_Event, condition: str, now: float):
        self.event, self.condition, self.now = event, condition, now
        self.function_arn = f'{event.ref.unqualified_arn}:{event.ref.qualifier or LATEST}'

    @property
    def value(self) -> dict[str, Any]:
        """The record; without the response's keys when there was no attempt."""
        event, last = self.event, self.event.last
        record: dict[str, Any] = {
            'version': '1.0',
            'timestamp': f'{self._moment():%Y-%m-%dT%H:%M:%S}.{self._moment().microsecond // 1000:03d}Z',
            'requestContext': {
                'requestId': event.invocation.request_id,
                'functionArn': self.function_arn,
                'condition': self.condition,
                'approximateInvokeCount': event.attempts,
            },
            'requestPayload': json.loads(event.invocation.payload),
        }
        if last:
            error = {'functionError': last.function_error} if last.function_error else {}
            record['responseContext'] = {
                'statusCode': last.status_code,
                'executedVersion': last.executed_version,
                **error,
            }
            record['responsePayload'] = last.value
        return record

    @property
    def text(self) -> str:
        """The record's JSON text."""
        return json.dumps(self.value, separators=(',', ':'), ensure_ascii=False)

    @property
    def detail_type(self) -> str:
        """What EventBridge calls it."""
        return f'Lambda Function Invocation Result - {"Success" if self.condition == self.SUCCESS else "Failure"}'

    def object_key(self, unique: str) -> str:
        """The key of the object in an S3 destination."""
        moment = self._moment()
        return f'aws/lambda/async/{self.event.ref.name}/{moment:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{unique}'

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)
