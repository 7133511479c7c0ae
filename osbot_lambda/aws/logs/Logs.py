from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional, Self, Union

from osbot_lambda.aws.Aws__Resource import Any_Session
from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.errors import Aws__Conflict, Aws__Invalid, Aws__Not_Found

MOST_EVENTS = 10_000  # of one PutLogEvents
MOST_BYTES = 1_048_576  # of one PutLogEvents, counting EVENT_BYTES more for each event
EVENT_BYTES = 26
LONGEST_SPAN = 24 * 3600 * 1000  # milliseconds between the first and the last event of one PutLogEvents

Event = Union[str, Mapping[str, Any]]


class Logs(Log_Group):
    """A log group, and one of its streams: what a Log_Group can, and writing.

        logs = Logs('orders', 'checkout').create().event_add('order 1 is paid')
        assert logs.messages() == ['order 1 is paid']

    Shapes : with a stream_name, events(), messages(), tail() and the waits are about that stream, and the group_…
             methods about the whole group. Events to add are texts, or {'message', 'timestamp'}.
    """

    stream_name: Optional[str] = None

    def __init__(
        self,
        group_name: str,
        stream_name: Optional[str] = None,
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
    ):
        super().__init__(group_name, session_kwargs, target)
        self.stream_name = stream_name

    def create(self) -> Self:
        """Make the group, and the stream when one is named, where they aren't there yet."""
        super().create()
        if self.stream_name:
            self.stream_create()
        return self

    # ---- the group

    def group(self) -> Log_Group:
        """The whole group."""
        return Log_Group(self.group_name, self.session)

    def group_create(self) -> bool:
        """Make the group; False when it was there already."""
        try:
            self.call('create_log_group', logGroupName=self.group_name)
        except Aws__Conflict as error:
            if error.code != 'ResourceAlreadyExistsException':
                raise
            return False
        return True

    def group_delete(self) -> bool:
        """The same as delete()."""
        return self.delete()

    def group_exists(self) -> bool:
        """The same as exists()."""
        return self.exists()

    def group_info(self) -> dict[str, Any]:
        """The same as info()."""
        return self.info()

    def group_events(
        self,
        log_stream_prefix: Optional[str] = None,
        start_time: Optional[int] = None,
        end_time: Optional[int] = None,
        filter_pattern: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> list[dict[str, Any]]:
        """The events of all streams, in time order."""
        return self.group().events(filter_pattern, start_time, end_time, log_stream_prefix, limit)

    def group_messages(
        self,
        log_stream_prefix: Optional[str] = None,
        start_time: Optional[int] = None,
        end_time: Optional[int] = None,
        filter_pattern: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> list[str]:
        """The texts of group_events()."""
        return self.group().messages(filter_pattern, start_time, end_time, log_stream_prefix, limit)

    def group_events_wait_for_pattern(
        self, log_stream_prefix: Optional[str] = None, filter_pattern: str = '', timeout: float = 10
    ) -> list[dict[str, Any]]:
        """The events that the filter pattern finds, as soon as there is one; raises Wait__Timeout."""
        self.group().wait_for_pattern(filter_pattern, timeout, log_stream_prefix=log_stream_prefix)
        return self.group_events(log_stream_prefix, filter_pattern=filter_pattern)

    def group_messages_wait_for_pattern(
        self, log_stream_prefix: Optional[str] = None, filter_pattern: str = '', timeout: float = 10
    ) -> list[str]:
        """The texts of group_events_wait_for_pattern()."""
        found = self.group_events_wait_for_pattern(log_stream_prefix, filter_pattern, timeout)
        return [event['message'] for event in found]

    def group_wait_until_exists(self, timeout: float = 30) -> bool:
        """True as soon as the group is there; raises Wait__Timeout."""
        self.wait_until_exists(timeout)
        return True

    # ---- the stream

    def stream_create(self) -> bool:
        """Make the stream; False when it was there already. Aws__Not_Found when the group isn't there."""
        name = self._stream('CreateLogStream')
        try:
            self.call('create_log_stream', logGroupName=self.group_name, logStreamName=name)
        except Aws__Conflict as error:
            if error.code != 'ResourceAlreadyExistsException':
                raise
            return False
        return True

    def stream_delete(self) -> bool:
        """Delete the stream; False when it, or the group, wasn't there."""
        name = self._stream('DeleteLogStream')
        try:
            self.call('delete_log_stream', logGroupName=self.group_name, logStreamName=name)
        except Aws__Not_Found:
            return False
        return True

    def stream_exists(self) -> bool:
        """Whether a stream of exactly this name is there; any other trouble raises."""
        return bool(self.stream_info())

    def stream_info(self) -> dict[str, Any]:
        """{'logStreamName', 'firstEventTimestamp', 'lastEventTimestamp', …}; {} when it, or the group, isn't there."""
        name = self._stream('DescribeLogStreams')
        try:
            return next((dict(found) for found in self.streams_info(name) if found['logStreamName'] == name), {})
        except Aws__Not_Found:
            return {}

    def event_add(self, message: str, timestamp: Optional[int] = None) -> Self:
        """Write one event to the stream; timestamp is epoch milliseconds (None: now)."""
        return self.events_add([{'message': message, 'timestamp': timestamp}])

    def events_add(self, events: Sequence[Event]) -> Self:
        """Write events to the stream, in as many calls as it takes. Aws__Invalid, after the others are written, when
        CloudWatch drops some because they are too old or too new; Aws__Not_Found when the stream isn't there."""
        import time

        name = self._stream('PutLogEvents')
        now = int(time.time() * 1000)
        dropped: list[dict[str, Any]] = []
        for chunk in _chunks([_event(event, now) for event in events]):
            answer = self.call('put_log_events', logGroupName=self.group_name, logStreamName=name, logEvents=chunk)
            if info := answer.get('rejectedLogEventsInfo'):
                dropped.append(info)
        if dropped:
            text = f'CloudWatch dropped events of stream {name}: {dropped}'
            raise Aws__Invalid(text, service='logs', operation='PutLogEvents', resource=self.group_name)
        return self

    def iterate_events(
        self,
        filter_pattern: Optional[str] = None,
        start_time: Optional[int] = None,
        end_time: Optional[int] = None,
        log_stream_prefix: Optional[str] = None,
        streams: Optional[Sequence[str]] = None,
    ) -> Iterator[dict[str, Any]]:
        """The events of the stream, or of all when none is named, page by page as they are asked for."""
        if self.stream_name and not streams and log_stream_prefix is None:
            streams = [self.stream_name]
        return super().iterate_events(filter_pattern, start_time, end_time, log_stream_prefix, streams)

    def _stream(self, operation: str) -> str:
        if not self.stream_name:
            text = 'this is about one stream: Logs(group_name, stream_name) names it'
            raise Aws__Invalid(text, service='logs', operation=operation, resource=self.group_name)
        return self.stream_name


def _event(event: Event, now: int) -> dict[str, Any]:
    if isinstance(event, str):
        return {'message': event, 'timestamp': now}
    found = event.get('timestamp')
    return {**event, 'timestamp': now if found is None else found}


def _chunks(events: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """In the order of their times, each chunk as large as one call may be."""
    chunk: list[dict[str, Any]] = []
    size = 0
    for event in sorted(events, key=lambda event: event['timestamp']):
        length = len(event['message'].encode()) + EVENT_BYTES
        full = len(chunk) == MOST_EVENTS or size + length > MOST_BYTES
        if chunk and (full or event['timestamp'] - chunk[0]['timestamp'] >= LONGEST_SPAN):
            yield chunk
            chunk, size = [], 0
        chunk.append(event)
        size += length
    if chunk:
        yield chunk
