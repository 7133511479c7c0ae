from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Optional, Self

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.aws.Listing import Listing
from osbot_lambda.aws.logs.Log_Tail import Log_Tail
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import Aws__Conflict, Aws__Not_Found, Wait__Timeout


class Log_Group(Aws__Resource):
    """One CloudWatch log group, by name.

        Log_Group('/aws/lambda/my-function').messages(filter_pattern='ERROR', hours=1)

    Shapes : an event is {'logStreamName', 'timestamp', 'message', 'ingestionTime', 'eventId'}; filter_pattern is
             CloudWatch's ('ERROR', '"exact phrase"', '{ $.level = "error" }').
    Units  : times are epoch milliseconds; hours reach back from now; timeouts are seconds.
    Errors : Aws__Not_Found, at once, when the group isn't there (a function's group comes with its first invoke); the
             wait_for… methods wait for the group, too, and raise Wait__Timeout.
    """

    service_name: str = 'logs'
    group_name: str

    def __init__(self, group_name: str, session_kwargs: Any_Session = None, target: Optional[str] = None):
        super().__init__(session_kwargs, target, group_name=group_name)

    # ---- the group

    def name(self) -> str:
        """The same as group_name."""
        return self.group_name

    def exists(self) -> bool:
        """Whether a group of exactly this name is there; any other trouble raises."""
        return bool(self.info())

    def info(self) -> dict[str, Any]:
        """{'logGroupName', 'arn', 'creationTime', 'storedBytes', 'retentionInDays' (unless for ever), …}; {} when it
        isn't there."""
        found = self.iterate('describe_log_groups', 'logGroups', logGroupNamePrefix=self.group_name)
        return next((dict(group) for group in found if group['logGroupName'] == self.group_name), {})

    def create(self) -> Self:
        """Make the group, when it isn't there yet."""
        try:
            self.call('create_log_group', logGroupName=self.group_name)
        except Aws__Conflict as error:
            if error.code != 'ResourceAlreadyExistsException':
                raise
        return self

    def delete(self) -> bool:
        """Delete the group with its streams; False when it wasn't there."""
        try:
            self.call('delete_log_group', logGroupName=self.group_name)
        except Aws__Not_Found:
            return False
        return True

    def retention(self) -> Optional[int]:
        """How many days events are kept; None for ever."""
        info = self.info()
        if not info:
            raise Aws__Not_Found(
                'there is no such log group', service='logs', operation='DescribeLogGroups', resource=self.group_name
            )
        return info.get('retentionInDays')

    def set_retention(self, days: Optional[int]) -> Self:
        """Keep events for `days` (1, 3, 5, 7, 14, 30, 60, 90, … 3653), or with None for ever."""
        if days is None:
            self.call('delete_retention_policy', logGroupName=self.group_name)
        else:
            self.call('put_retention_policy', logGroupName=self.group_name, retentionInDays=days)
        return self

    def groups(
        self, prefix: Optional[str] = None, index_by: Optional[str] = None, group_by: Optional[str] = None
    ) -> Any:
        """The info() of all groups of the account and region, or of those whose names begin with `prefix`; with
        index_by='logGroupName' {name: info}."""
        found = self.iterate('describe_log_groups', 'logGroups', logGroupNamePrefix=prefix)
        return Listing.of(found, index_by=index_by, group_by=group_by)

    def groups_names(self, prefix: Optional[str] = None) -> list[str]:
        """The names of groups(), sorted."""
        return sorted(group['logGroupName'] for group in self.groups(prefix))

    def streams(self, prefix: Optional[str] = None) -> list[str]:
        """The names of all streams, or of those that begin with `prefix`, sorted."""
        return sorted(stream['logStreamName'] for stream in self.streams_info(prefix))

    def streams_info(
        self, prefix: Optional[str] = None, index_by: Optional[str] = None, group_by: Optional[str] = None
    ) -> Any:
        """[{'logStreamName', 'firstEventTimestamp', 'lastEventTimestamp', …}] of all streams, or of those that begin
        with `prefix`."""
        found = self.iterate(
            'describe_log_streams', 'logStreams', logGroupName=self.group_name, logStreamNamePrefix=prefix
        )
        return Listing.of(found, index_by=index_by, group_by=group_by)

    # ---- what was logged

    def iterate_events(
        self,
        filter_pattern: Optional[str] = None,
        start_time: Optional[int] = None,
        end_time: Optional[int] = None,
        log_stream_prefix: Optional[str] = None,
        streams: Optional[Sequence[str]] = None,
    ) -> Iterator[dict[str, Any]]:
        """The events of all streams (or of those that are named), page by page as they are asked for, in about the
        order of their times."""
        found = self.iterate(
            'filter_log_events',
            'events',
            logGroupName=self.group_name,
            filterPattern=filter_pattern,
            startTime=start_time,
            endTime=end_time,
            logStreamNamePrefix=log_stream_prefix,
            logStreamNames=list(streams) if streams else None,
            interleaved=True,  # AWS always does; the emulators only when told
        )
        for event in found:
            if event['logStreamName'].startswith(log_stream_prefix or ''):  # which some emulators don't look at
                yield event

    def events(
        self,
        filter_pattern: Optional[str] = None,
        start_time: Optional[int] = None,
        end_time: Optional[int] = None,
        log_stream_prefix: Optional[str] = None,
        limit: Optional[int] = None,
        hours: Optional[float] = None,
    ) -> list[dict[str, Any]]:
        """The events of all streams, in time order; the first `limit` of them."""
        since = _since(start_time, hours)
        found = self.iterate_events(filter_pattern, since, end_time, log_stream_prefix)
        return sorted(islice(found, limit), key=lambda event: event['timestamp'])

    def messages(
        self,
        filter_pattern: Optional[str] = None,
        start_time: Optional[int] = None,
        end_time: Optional[int] = None,
        log_stream_prefix: Optional[str] = None,
        limit: Optional[int] = None,
        hours: Optional[float] = None,
    ) -> list[str]:
        """The texts of events()."""
        found = self.events(filter_pattern, start_time, end_time, log_stream_prefix, limit, hours)
        return [event['message'] for event in found]

    def tail(
        self,
        filter_pattern: Optional[str] = None,
        start_time: Optional[int] = None,
        timeout: Optional[float] = None,
        log_stream_prefix: Optional[str] = None,
        wait_for_group: bool = False,
        longest_pause: float = 1.0,
    ) -> Log_Tail:
        """An iterator over the events that are there since start_time (None: all), and then over those that come,
        until `timeout` seconds are over or its stop() is called:

            for event in group.tail('ERROR', timeout=60):
                print(event['message'])
        """
        return Log_Tail(
            lambda since: self.iterate_events(filter_pattern, since, None, log_stream_prefix),
            start_time,
            timeout,
            longest_pause,
            wait_for_group,
        )

    # ---- waiting

    def wait_until_exists(self, timeout: float = 30) -> Self:
        """As soon as the group is there; raises Wait__Timeout."""
        if Wait(timeout).until(lambda: self.info() or None) is None:
            raise Wait__Timeout(f'log group {self.group_name}', 'there', 'absent', timeout)
        return self

    def wait_for_message(self, text: str, timeout: float = 30, start_time: Optional[int] = None) -> str:
        """The first message that contains `text`, as soon as there is one; raises Wait__Timeout."""
        for event in self.tail(start_time=start_time, timeout=timeout, wait_for_group=True):
            if text in event['message']:
                return str(event['message'])
        raise Wait__Timeout(f'log group {self.group_name}', f'holding {text!r}', 'without it', timeout)

    def wait_for_pattern(
        self,
        filter_pattern: str,
        timeout: float = 30,
        start_time: Optional[int] = None,
        log_stream_prefix: Optional[str] = None,
    ) -> dict[str, Any]:
        """The first event that CloudWatch's filter pattern finds, as soon as there is one; raises Wait__Timeout."""
        found = next(self.tail(filter_pattern, start_time, timeout, log_stream_prefix, wait_for_group=True), None)
        if found is None:
            what = f'holding what {filter_pattern!r} finds'
            raise Wait__Timeout(f'log group {self.group_name}', what, 'without it', timeout)
        return found


def _since(start_time: Optional[int], hours: Optional[float]) -> Optional[int]:
    if hours is None or start_time is not None:
        return start_time
    import time

    return int((time.time() - hours * 3600) * 1000)
