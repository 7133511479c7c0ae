from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Optional

from osbot_lambda.aws.Deadline import Deadline
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Part import Deploy_Part
from osbot_lambda.deploy.Deploy_Trigger import Deploy_Trigger
from osbot_lambda.deploy.Role_Needs import Role_Needs
from osbot_lambda.errors import (
    Aws__Access_Denied,
    Aws__Conflict,
    Aws__Invalid,
    Aws__Not_Found,
    Role__Lacks_Permission,
    Setting__Invalid,
    Trigger__No_Source,
)

if TYPE_CHECKING:
    from osbot_lambda.aws.lambda_.Lambda import Lambda

BUSY_SECONDS = 60  # a mapping is made, changed or deleted within a minute (measured by many; AWS gives no number)


class Deploy_Triggers(Deploy_Part):
    """The queues and streams that were named to run the function: their event source mappings.

    Those that are missing are made, of others is changed what was named of them. Mappings of other sources, and those
    of versions and aliases, are left alone; with `only`, the former are removed.

    Errors : Trigger__No_Source, Trigger__Invalid and Setting__Invalid (a queue whose visibility timeout is shorter
             than the function's timeout) from changes() and prepare(), before anything is changed; Aws__Error.
    """

    order = 40

    def __init__(self, triggers: Iterable[Deploy_Trigger] = (), only: bool = False):
        self.triggers: tuple[Deploy_Trigger, ...] = ()
        self.only = only
        self.found: list[dict[str, Any]] = []
        self.leaving: list[dict[str, Any]] = []
        for trigger in triggers:
            self.add(trigger)

    def add(self, trigger: Deploy_Trigger) -> None:
        """One more, or new settings for one that is named already."""
        self.triggers = (*(each for each in self.triggers if not each.is_same(trigger)), trigger)

    # ---- what a deploy asks of a part

    def read(self, function: 'Lambda') -> None:
        """The function's mappings, of whatever source; those that are being deleted don't count."""
        found = function.event_sources()
        found.sort(key=lambda one: str(one.get('EventSourceArn', '')))  # AWS has no order of its own
        self.found = [each for each in found if each.get('State') != 'Deleting']
        self.leaving = [each for each in found if each.get('State') == 'Deleting']

    def changes(self) -> tuple[Deploy_Change, ...]:
        """What is to be made, changed and removed."""
        found = []
        for trigger in self.missing():
            named = [Deploy_Trigger.text(name, value) for name, value in trigger.settings.items()]
            found.append(Deploy_Change('trigger', '', ', '.join([str(trigger), *named])))
        for trigger, _, differences in self._changed():
            old = [Deploy_Trigger.text(name, before) for name, (before, _) in differences.items()]
            new = [Deploy_Trigger.text(name, after) for name, (_, after) in differences.items()]
            found.append(Deploy_Change(f'trigger {trigger.name}', ', '.join(old), ', '.join(new)))
        found += [Deploy_Change('trigger', str(mapping.get('EventSourceArn', '')), '') for mapping in self.removed()]
        return tuple(found)

    def apply(self, function: 'Lambda') -> None:
        """Make, change and remove the mappings."""
        for trigger in self.missing():
            self._make(function, trigger)
        for _, mapping, differences in self._changed():
            self._change(function, mapping, differences)
        for mapping in self.removed():
            self._remove(function, mapping)

    # ---- what the role asks

    def missing(self) -> list[Deploy_Trigger]:
        """Those whose mapping is to be made."""
        own = self._own()
        found = [trigger for trigger in self.triggers if not any(trigger.is_of(each) for each in own)]
        for trigger in found:
            trigger.check_new()
        return found

    def removed(self) -> list[dict[str, Any]]:
        """The mappings that are to go."""
        if not self.only:
            return []
        return [mapping for mapping in self._own() if not any(trigger.is_of(mapping) for trigger in self.triggers)]

    def source_arns(self) -> list[str]:
        """The ARNs of all that runs the function once this is applied; complete after prepare()."""
        gone = [mapping['UUID'] for mapping in self.removed()]
        kept = [str(mapping['EventSourceArn']) for mapping in self.found if mapping['UUID'] not in gone]
        return sorted({*kept, *(trigger.arn for trigger in self.missing() if trigger.arn)})

    def source_arns_before(self, leaving: bool) -> list[str]:
        """The ARNs of all that read() found to run the function; leaving: also of mappings that are being deleted."""
        return sorted({str(each['EventSourceArn']) for each in [*self.found, *(self.leaving if leaving else ())]})

    def wait_until_gone(self, function: 'Lambda') -> None:
        """Until the mappings that are being deleted are gone: so long, batches of theirs may be under way."""
        going = {str(mapping['UUID']) for mapping in self.leaving}
        left: list[str] = sorted(going)

        def look() -> Optional[bool]:
            left[:] = [each['UUID'] for each in function.event_sources() if each['UUID'] in going]
            return None if left else True

        seconds = Deadline.seconds_or(BUSY_SECONDS)
        if going and Wait(seconds, longest_pause=5).until(look) is None:
            raise Deadline.timeout(f'event source mapping {", ".join(left)}', 'deleted', 'Deleting', seconds)

    def prepare(self, function: 'Lambda', timeout: int, timeout_grows: bool = False) -> None:
        """Look at the queues whose mappings are to be made, or at all when the function's timeout grows: they have to
        be there, and to hide a message for as long as the function may run."""
        missing = self.missing()
        looked_at = self.triggers if timeout_grows else missing
        for trigger in [trigger for trigger in looked_at if trigger.service == 'sqs']:
            queue = self._queue(function, trigger)
            visible_after = int(queue.get('VisibilityTimeout', timeout))
            if visible_after < timeout:
                raise Setting__Invalid(
                    f'queue {trigger.name} hides a message for {visible_after} s, and function {function.name} may '
                    f'run for {timeout} s: Lambda refuses that. Say SQS_Queue({trigger.name!r}).attributes_update('
                    f"{{'VisibilityTimeout': {min(6 * timeout, 43_200)}}}), or set_timeout({visible_after})"
                )
            if queue:
                self.add(replace(trigger, arn=queue['QueueArn'], account=queue['QueueArn'].split(':')[4]))

    # ---- one mapping

    def _own(self) -> list[dict[str, Any]]:
        """Those of the function itself, not of a version or an alias."""
        return [mapping for mapping in self.found if str(mapping['FunctionArn']).count(':') == 6]

    def _changed(self) -> list[tuple[Deploy_Trigger, dict[str, Any], dict[str, tuple[Any, Any]]]]:
        pairs = [(trigger, each) for trigger in self.triggers for each in self._own() if trigger.is_of(each)]
        return [(trigger, each, found) for trigger, each in pairs if (found := trigger.differences(each))]

    @staticmethod
    def _queue(function: 'Lambda', trigger: Deploy_Trigger) -> dict[str, str]:
        """The queue's ARN and visibility timeout; {} for one that is known by its ARN, and that we may not look at."""
        from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue

        queue = SQS_Queue(trigger.name, function.session)
        try:
            answer = queue.call('get_queue_url', QueueName=trigger.name, QueueOwnerAWSAccountId=trigger.account or None)
            queue.queue_url = str(answer['QueueUrl'])
            return queue.attributes(['QueueArn', 'VisibilityTimeout'])
        except Aws__Not_Found as error:
            raise Trigger__No_Source(
                f'queue {trigger.name}, which is to run function {function.name}, is not there in '
                f'{function.session.region_name}: make it first, SQS_Queue({trigger.name!r}).create()'
            ) from error
        except Aws__Access_Denied:
            if trigger.arn:
                return {}
            raise

    def _make(self, function: 'Lambda', trigger: Deploy_Trigger) -> None:
        """A mapping of the source that is there after all, as its answer was lost, or as it belonged to a function of
        this name before, is taken."""

        def attempt() -> Optional[bool]:
            try:
                function.call(
                    'create_event_source_mapping',
                    EventSourceArn=trigger.arn,
                    FunctionName=function.name,
                    **Deploy_Trigger.parameters(trigger.settings),
                )
            except Aws__Conflict as error:
                refused.append(error)
                self.read(function)
                for mapping in self._own():
                    if trigger.is_of(mapping):
                        if differences := trigger.differences(mapping):
                            self._change(function, mapping, differences)
                        return True
                return None  # it is being deleted
            except Aws__Invalid as error:
                if not Deadline.is_about_the_role(error):
                    raise
                needed = Role_Needs('', (trigger.arn,)).statements()
                raise Role__Lacks_Permission(f'of function {function.name}', needed) from error
            return True

        refused: list[Exception] = []
        seconds = Deadline.seconds_or(BUSY_SECONDS)
        if Wait(seconds, longest_pause=5).until(attempt) is None:
            raise Deadline.timeout(f'the mapping of {trigger}', 'made', str(refused[-1]), seconds) from refused[-1]

    def _change(
        self, function: 'Lambda', mapping: Mapping[str, Any], differences: Mapping[str, tuple[Any, Any]]
    ) -> None:
        settings = Deploy_Trigger.parameters({name: after for name, (_, after) in differences.items()})
        self._when_free(function, 'update_event_source_mapping', str(mapping['UUID']), settings)

    def _remove(self, function: 'Lambda', mapping: dict[str, Any]) -> None:
        try:
            self._when_free(function, 'delete_event_source_mapping', str(mapping['UUID']), {})
        except Aws__Not_Found:
            return
        self.leaving = [*self.leaving, mapping]

    @staticmethod
    def _when_free(function: 'Lambda', operation: str, uuid: str, settings: Mapping[str, Any]) -> None:
        """The call, made again while the mapping is being made or changed."""

        def attempt() -> Optional[bool]:
            try:
                function.call(operation, UUID=uuid, **settings)
            except Aws__Conflict as error:
                if error.code != 'ResourceInUseException':
                    raise
                refused.append(error)
                return None
            return True

        refused: list[Exception] = []
        seconds = Deadline.seconds_or(BUSY_SECONDS)
        if Wait(seconds, longest_pause=5).until(attempt) is None:
            raise Deadline.timeout(f'event source mapping {uuid}', 'free', str(refused[-1]), seconds) from refused[-1]
