import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Optional, Self, Union

from osbot_lambda.errors import Trigger__Invalid

if TYPE_CHECKING:
    from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue

Source = Union[str, 'SQS_Queue']
Filters = Sequence[Union[str, Mapping[str, Any]]]

QUEUE_NAME = re.compile(r'[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo')
POLLED = {'sqs': 'queue', 'kinesis': 'stream', 'dynamodb': 'table'}
CALLERS = {'s3': 'S3', 'sns': 'SNS', 'events': 'EventBridge', 'scheduler': 'EventBridge', 'logs': 'CloudWatch Logs'}
STARTING = ('TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP')
DISABLED = ('Disabled', 'Disabling')


@dataclass(frozen=True, slots=True)
class Deploy_Trigger:
    """A queue or stream that runs the function, and what was named of how it does.

    Shapes : service is 'sqs', 'kinesis' or 'dynamodb'; account is '' when the source doesn't say it, arn is '' when it
             isn't known yet. settings are by AWS's names, those that were named alone; of filters the patterns' texts.
    Errors : of() raises Trigger__Invalid.
    Source : AWS "Lambda event source mappings"; the API's limits.
    """

    service: str
    name: str
    account: str
    arn: str
    settings: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        source: Source,
        batch_size: Optional[int] = None,
        window: Optional[int] = None,
        report_batch_item_failures: Optional[bool] = None,
        filters: Optional[Filters] = None,
        enabled: Optional[bool] = None,
        maximum_concurrency: Optional[int] = None,
        starting_position: Optional[str] = None,
    ) -> Self:
        """From what a user says, checked."""
        failures = report_batch_item_failures
        named = {
            'BatchSize': batch_size,
            'MaximumBatchingWindowInSeconds': window,
            'FunctionResponseTypes': None if failures is None else ['ReportBatchItemFailures'] if failures else [],
            'FilterCriteria': None if filters is None else [_pattern(each) for each in filters],
            'Enabled': enabled,
            'ScalingConfig': None if maximum_concurrency is None else {'MaximumConcurrency': maximum_concurrency},
            'StartingPosition': starting_position,
        }
        settings = {name: value for name, value in named.items() if value is not None}
        trigger = replace(cls._of_source(source), settings=settings)
        trigger._check()
        return trigger

    def is_same(self, other: Self) -> bool:
        """Whether both are one source; a queue may be named by its name, and by its ARN."""
        if self.service != 'sqs' or other.service != 'sqs':
            return self.arn == other.arn
        return self.name == other.name and (self.account == other.account or not (self.account and other.account))

    def __str__(self) -> str:
        return f'{self.service} {POLLED[self.service]} {self.name}'

    def is_of(self, mapping: Mapping[str, Any]) -> bool:
        """Whether it is this source that an event source mapping reads; a queue without an ARN is one of the function's
        own region, and account when it says no other."""
        _, partition, _, region, account, _ = str(mapping['FunctionArn']).split(':', 5)
        arn = self.arn or f'arn:{partition}:sqs:{region}:{self.account or account}:{self.name}'
        return bool(mapping.get('EventSourceArn') == arn)

    def check_new(self) -> None:
        """Raises Trigger__Invalid for what a new mapping has to say, and this one doesn't."""
        needs = '' if 'MaximumBatchingWindowInSeconds' in self.settings else self._needs_window()
        if self.service != 'sqs' and 'StartingPosition' not in self.settings:
            needs = "a stream needs a starting_position: 'LATEST' or 'TRIM_HORIZON'"
        if needs:
            raise Trigger__Invalid(f'{self}: {needs}')

    def differences(self, mapping: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """{AWS's name: (what the mapping has, what was named)}, of what isn't the same. Trigger__Invalid for what a
        mapping can't change."""
        found = {}
        for name, wanted in self.settings.items():
            has = self._value(mapping, name)
            if has != wanted:
                found[name] = (has, wanted)
        if 'StartingPosition' in found and found['StartingPosition'][0] is not None:
            raise Trigger__Invalid(
                f'{self} is read from {found["StartingPosition"][0]} on, and AWS can not change that: '
                f'delete the mapping with lambda_function().event_source_delete({mapping.get("UUID")!r}) first'
            )
        found.pop('StartingPosition', None)
        return found

    @staticmethod
    def parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
        """Settings, as CreateEventSourceMapping and UpdateEventSourceMapping take them."""
        given = dict(settings)
        if 'FilterCriteria' in given:
            given['FilterCriteria'] = {'Filters': [{'Pattern': pattern} for pattern in given['FilterCriteria']]}
        return given

    @staticmethod
    def text(name: str, value: Any) -> str:
        """A setting for a plan: 'BatchSize 5'."""
        if isinstance(value, dict):
            value = ', '.join(str(each) for each in value.values())
        if isinstance(value, list):
            value = ', '.join(value) or '(none)'
        return f'{name} {"(none)" if value is None else value}'

    # ---- reading what a user, or AWS, says

    @classmethod
    def _of_source(cls, source: Source) -> Self:
        if not isinstance(source, str):
            name, url = getattr(source, 'queue_name', None), getattr(source, 'queue_url', None)
            if not isinstance(name, str):
                raise Trigger__Invalid(f"{source!r} is no trigger: give a queue's name, URL or ARN, or an SQS_Queue")
            return cls._of_source(url or name)
        if source.startswith('arn:'):
            return cls._of_arn(source)
        name, account = source, ''
        if '://' in source:
            account, _, name = '/'.join(source.rstrip('/').split('/')[-2:]).partition('/')
            account = account if re.fullmatch(r'\d{12}', account) else ''
        if not QUEUE_NAME.fullmatch(name):
            raise Trigger__Invalid(
                f"{source!r} is no trigger: give a queue's name, URL or ARN, an SQS_Queue, or a stream's ARN"
            )
        return cls('sqs', name, account, '', {})

    @classmethod
    def _of_arn(cls, arn: str) -> Self:
        parts = arn.split(':', 5)
        service = parts[2] if len(parts) == 6 else ''
        if service in CALLERS:
            raise Trigger__Invalid(
                f'{arn}: {CALLERS[service]} is not polled by Lambda, it calls the function: allow it to with '
                f"lambda_function().permission_add(principal='{service}.amazonaws.com', …), and name the function "
                f'at {CALLERS[service]} itself'
            )
        resource = parts[5] if len(parts) == 6 else ''
        fits = {
            'sqs': QUEUE_NAME.fullmatch(resource),
            'kinesis': re.fullmatch(r'stream/[\w.-]+(/consumer/\S+)?', resource),
            'dynamodb': re.fullmatch(r'table/[\w.-]+/stream/\S+', resource),
        }
        if not fits.get(service):
            raise Trigger__Invalid(
                f'{arn!r} is no ARN of an SQS queue, a Kinesis stream or a DynamoDB stream, which Lambda polls'
            )
        name = resource if service == 'sqs' else resource.split('/')[1]
        return cls(service, name, parts[4], arn, {})

    def _check(self) -> None:
        wrong = self._wrong_number() or self._wrong_kind()
        if wrong:
            raise Trigger__Invalid(f'{self}: {wrong}')

    def _wrong_number(self) -> str:
        settings, fifo = self.settings, self.name.endswith('.fifo') and self.service == 'sqs'
        limits = {
            'BatchSize': (1, 10 if fifo else 10_000, 'batch_size'),
            'MaximumBatchingWindowInSeconds': (0, 0 if fifo else 300, 'window'),
        }
        for name, (least, most, ours) in limits.items():
            value = settings.get(name, least)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                return f'{ours} is {value!r}; Lambda takes {least} to {most}{" of a FIFO queue" if fifo else ""}'
        most_at_once = settings.get('ScalingConfig', {}).get('MaximumConcurrency', 2)
        if isinstance(most_at_once, bool) or not isinstance(most_at_once, int) or not 2 <= most_at_once <= 1000:
            return f'maximum_concurrency is {most_at_once!r}; Lambda takes 2 to 1000'
        return self._needs_window() if settings.get('MaximumBatchingWindowInSeconds') == 0 else ''

    def _needs_window(self) -> str:
        large = self.service == 'sqs' and self.settings.get('BatchSize', 1) > 10
        return 'a batch_size of more than 10 needs a window of at least 1 second' if large else ''

    def _wrong_kind(self) -> str:
        starting = self.settings.get('StartingPosition')
        if self.service == 'sqs':
            return 'starting_position is for streams, a queue has none' if starting is not None else ''
        if 'ScalingConfig' in self.settings:
            return 'maximum_concurrency is for queues'
        if starting is not None and starting not in STARTING:
            return f'starting_position is {starting!r}; Lambda takes {", ".join(STARTING)}'
        return ''

    @staticmethod
    def _value(mapping: Mapping[str, Any], name: str) -> Any:
        if name == 'Enabled':
            return mapping.get('State') not in DISABLED
        if name == 'FilterCriteria':
            filters = (mapping.get('FilterCriteria') or {}).get('Filters') or []
            return [_pattern(each.get('Pattern', '')) for each in filters]
        if name == 'ScalingConfig':
            most = (mapping.get('ScalingConfig') or {}).get('MaximumConcurrency')
            return None if most is None else {'MaximumConcurrency': most}
        if name == 'FunctionResponseTypes':
            return list(mapping.get(name) or [])
        return mapping.get(name)


def _pattern(pattern: Union[str, Mapping[str, Any]]) -> str:
    """The text of a filter's pattern, in one form, so that two can be compared."""
    try:
        found = json.loads(pattern) if isinstance(pattern, str) else dict(pattern)
        return json.dumps(found, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise Trigger__Invalid(f'filter {pattern!r} is not JSON: {error}') from error
