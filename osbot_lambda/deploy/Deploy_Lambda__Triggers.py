from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Optional, Self, Union

if TYPE_CHECKING:
    from osbot_lambda.deploy.Deploy_Part import Deploy_Part
    from osbot_lambda.deploy.Deploy_Trigger import Filters, Source
    from osbot_lambda.deploy.Deploy_Triggers import Deploy_Triggers

KIND = 'triggers'


class Deploy_Lambda__Triggers:
    """What Deploy_Lambda is told of the queues and streams that run the function; the next deploy() sees to it.

    Shapes : a source is a queue's name, URL or ARN, an SQS_Queue, or the ARN of a Kinesis or DynamoDB stream.
    Units  : batch_size records (1..10000, of a FIFO queue ..10), window seconds (0..300), maximum_concurrency invokes
             (2..1000).
    Errors : Trigger__Invalid at once; Trigger__No_Source, Setting__Invalid and Role__Lacks_Permission from deploy(),
             before anything is changed.
    """

    _parts: 'dict[str, Deploy_Part]'

    def add_trigger(
        self,
        source: 'Source',
        batch_size: Optional[int] = None,
        window: Optional[int] = None,
        report_batch_item_failures: Optional[bool] = None,
        filters: 'Optional[Filters]' = None,
        enabled: Optional[bool] = None,
        maximum_concurrency: Optional[int] = None,
        starting_position: Optional[str] = None,
    ) -> Self:
        """Have the function run with what comes in at the source. Of a mapping that is there, only what is named here
        is changed; mappings of other sources stay as they are.

        filters are patterns, of which one has to fit; [] removes them. starting_position ('LATEST', 'TRIM_HORIZON') is
        for streams, which need it.

        deploy.add_trigger('orders', batch_size=5, report_batch_item_failures=True)"""
        from osbot_lambda.deploy.Deploy_Trigger import Deploy_Trigger

        trigger = Deploy_Trigger.of(
            source,
            batch_size=batch_size,
            window=window,
            report_batch_item_failures=report_batch_item_failures,
            filters=filters,
            enabled=enabled,
            maximum_concurrency=maximum_concurrency,
            starting_position=starting_position,
        )
        self._triggers().add(trigger)
        return self

    def set_triggers(self, triggers: 'Iterable[Union[Source, Mapping[str, Any]]]') -> Self:
        """All triggers of the function, in place of those named before: each a source, or a dict of add_trigger()'s
        arguments. The function's other mappings are removed; [] removes all. Those of its versions and aliases stay.

        deploy.set_triggers(['orders', {'source': 'returns', 'batch_size': 1}])"""
        from osbot_lambda.deploy.Deploy_Trigger import Deploy_Trigger
        from osbot_lambda.deploy.Deploy_Triggers import Deploy_Triggers

        if isinstance(triggers, str):
            triggers = [triggers]
        each = [dict(given) if isinstance(given, Mapping) else {'source': given} for given in triggers]
        self._parts[KIND] = Deploy_Triggers([Deploy_Trigger.of(**given) for given in each], only=True)
        return self

    def _triggers(self) -> 'Deploy_Triggers':
        from osbot_lambda.deploy.Deploy_Triggers import Deploy_Triggers

        part = self._parts.get(KIND)
        if not isinstance(part, Deploy_Triggers):
            part = self._parts[KIND] = Deploy_Triggers()
        return part
