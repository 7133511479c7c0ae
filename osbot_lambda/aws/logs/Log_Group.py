from typing import Any, Optional, Self

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import Aws__Conflict, Aws__Not_Found, Wait__Timeout


class Log_Group(Aws__Resource):
    """One CloudWatch log group, by name.

    Shapes : an event is {'logStreamName', 'timestamp', 'message', 'ingestionTime', 'eventId'}.
    Units  : times are epoch milliseconds, timeouts seconds.
    Errors : Aws__Not_Found when the group isn't there (a function's group comes with its first invoke).
    """

    service_name: str = 'logs'
    name: str

    def __init__(self, name: str, session_kwargs: Any_Session = None, target: Optional[str] = None):
        super().__init__(session_kwargs, target, name=name)

    def exists(self) -> bool:
        """Whether the group is there; any other trouble raises."""
        found = self.iterate('describe_log_groups', 'logGroups', logGroupNamePrefix=self.name)
        return any(group['logGroupName'] == self.name for group in found)

    def create(self) -> Self:
        """Make the group, when it isn't there yet."""
        try:
            self.call('create_log_group', logGroupName=self.name)
        except Aws__Conflict as error:
            if error.code != 'ResourceAlreadyExistsException':
                raise
        return self

    def delete(self) -> bool:
        """Delete the group with its streams; False when it wasn't there."""
        try:
            self.call('delete_log_group', logGroupName=self.name)
        except Aws__Not_Found:
            return False
        return True

    def streams(self) -> list[str]:
        """The names of all streams, sorted."""
        found = self.iterate('describe_log_streams', 'logStreams', logGroupName=self.name)
        return sorted(stream['logStreamName'] for stream in found)

    def events(self, filter_pattern: Optional[str] = None, start_time: Optional[int] = None) -> list[dict[str, Any]]:
        """The events of all streams, in time order; filter_pattern is CloudWatch's."""
        found = self.paginate(
            'filter_log_events', 'events', logGroupName=self.name, filterPattern=filter_pattern, startTime=start_time
        )
        return sorted(found, key=lambda event: event['timestamp'])

    def messages(self, filter_pattern: Optional[str] = None, start_time: Optional[int] = None) -> list[str]:
        """The texts of events()."""
        return [event['message'] for event in self.events(filter_pattern, start_time)]

    def wait_for_message(self, text: str, timeout: float = 30, start_time: Optional[int] = None) -> str:
        """The first message that contains `text`, as soon as there is one; raises Wait__Timeout."""

        def look() -> Optional[str]:
            try:
                return next((message for message in self.messages(start_time=start_time) if text in message), None)
            except Aws__Not_Found:  # nothing was logged yet
                return None

        found = Wait(timeout).until(look)
        if found is None:
            raise Wait__Timeout(f'log group {self.name}', f'holding {text!r}', 'without it', timeout)
        return found
