from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional, Union, overload

from osbot_lambda.aws.lambda_.Lambda__Base import Lambda__Base
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import Wait__Timeout

Filters = Union[Mapping[str, Any], Sequence[Union[Mapping[str, Any], str]]]


class Lambda__Event_Sources(Lambda__Base):
    """Event source mappings: what AWS reads for the function, and runs it with.

    Shapes : a mapping is {'UUID', 'EventSourceArn', 'FunctionArn', 'State', 'BatchSize',
             'MaximumBatchingWindowInSeconds', 'FunctionResponseTypes', …}; State goes from 'Creating' to 'Enabled'.
             function_response_types=['ReportBatchItemFailures'] lets the handler fail single records. filter_criteria
             is a list of patterns, [{'body': {'kind': ['order']}}] (one of them has to fit), or AWS's own
             {'Filters': [{'Pattern': text}]}; [] removes them. kwargs are further parameters, by AWS's names.
    Units  : batch_size records (1..10000), batching_window seconds (0..300), maximum_concurrency invokes (2..1000).
    Errors : Aws__Conflict when the source is mapped to the function already; Aws__Invalid; Aws__Not_Found.
    """

    def event_source_create(
        self,
        event_source_arn: str,
        function_name: Optional[str] = None,
        batch_size: Optional[int] = None,
        batching_window: Optional[int] = None,
        function_response_types: Optional[Sequence[str]] = None,
        enabled: Optional[bool] = None,
        filter_criteria: Optional[Filters] = None,
        maximum_concurrency: Optional[int] = None,
        starting_position: Optional[str] = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Have the function run with what comes in at the source; the new mapping.

        starting_position ('TRIM_HORIZON', 'LATEST') is for streams, which need it.

        lambda_func.event_source_create('arn:aws:sqs:us-east-1:123456789012:my-queue', batch_size=5)['UUID']"""
        return self.call(
            'create_event_source_mapping',
            EventSourceArn=event_source_arn,
            FunctionName=function_name or self.name,
            StartingPosition=starting_position,
            **_options(
                batch_size, batching_window, function_response_types, enabled, filter_criteria, maximum_concurrency
            ),
            **kwargs,
        )

    def event_source_update(
        self,
        event_source_uuid: str,
        batch_size: Optional[int] = None,
        batching_window: Optional[int] = None,
        function_response_types: Optional[Sequence[str]] = None,
        enabled: Optional[bool] = None,
        filter_criteria: Optional[Filters] = None,
        maximum_concurrency: Optional[int] = None,
        function_name: Optional[str] = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Change what is given of a mapping, and no more; the mapping, with State 'Updating' (or 'Enabling', …).

        lambda_func.event_source_update(uuid, enabled=False)"""
        return self.call(
            'update_event_source_mapping',
            UUID=event_source_uuid,
            FunctionName=function_name,
            **_options(
                batch_size, batching_window, function_response_types, enabled, filter_criteria, maximum_concurrency
            ),
            **kwargs,
        )

    def event_source(self, event_source_uuid: str) -> dict[str, Any]:
        """One mapping.

        lambda_func.event_source(uuid)['State']"""
        return self.call('get_event_source_mapping', UUID=event_source_uuid)

    @overload
    def event_sources(self, event_source_arn: Optional[str] = None, index_by: None = None) -> list[dict[str, Any]]: ...

    @overload
    def event_sources(self, event_source_arn: Optional[str] = None, *, index_by: str) -> dict[Any, Any]: ...

    def event_sources(self, event_source_arn: Optional[str] = None, index_by: Optional[str] = None) -> Any:
        """The mappings of this function, or those of them that read one source; with index_by ('UUID'), a dict by that
        key. Lambda().event_sources(), without a name, lists the account's.

        [mapping['UUID'] for mapping in lambda_func.event_sources()]"""
        from osbot_lambda.aws.Listing import Listing

        return Listing.of(self.iterate_event_sources(event_source_arn), index_by)

    def iterate_event_sources(self, event_source_arn: Optional[str] = None) -> Iterator[dict[str, Any]]:
        """As event_sources(), asked for page by page as they are used.

        next(lambda_func.iterate_event_sources())"""
        return self.iterate(
            'list_event_source_mappings',
            'EventSourceMappings',
            FunctionName=self.name or None,
            EventSourceArn=event_source_arn,
        )

    def event_source_delete(self, event_source_uuid: str) -> dict[str, Any]:
        """Delete a mapping; it is returned, with State 'Deleting'.

        lambda_func.event_source_delete(event_source_uuid=mapping['UUID'])"""
        return self.call('delete_event_source_mapping', UUID=event_source_uuid)

    def wait_for_event_source(
        self, event_source_uuid: str, state: str = 'Enabled', seconds: float = 60
    ) -> dict[str, Any]:
        """The mapping, as soon as its State is `state`; raises Wait__Timeout.

        lambda_func.wait_for_event_source(mapping['UUID'])['State']      # 'Enabled'"""
        seen: dict[str, Any] = {}

        def look() -> Optional[dict[str, Any]]:
            seen.update(self.event_source(event_source_uuid))
            return seen if seen.get('State') == state else None

        found = Wait(seconds).until(look)
        if found is None:
            raise Wait__Timeout(f'event source mapping {event_source_uuid}', state, str(seen.get('State')), seconds)
        return found


def _options(
    batch_size: Optional[int],
    batching_window: Optional[int],
    function_response_types: Optional[Sequence[str]],
    enabled: Optional[bool],
    filter_criteria: Optional[Filters],
    maximum_concurrency: Optional[int],
) -> dict[str, Any]:
    """What CreateEventSourceMapping and UpdateEventSourceMapping have in common, by AWS's names."""
    return {
        'BatchSize': batch_size,
        'MaximumBatchingWindowInSeconds': batching_window,
        'FunctionResponseTypes': None if function_response_types is None else list(function_response_types),
        'Enabled': enabled,
        'FilterCriteria': None if filter_criteria is None else _filters(filter_criteria),
        'ScalingConfig': None if maximum_concurrency is None else {'MaximumConcurrency': maximum_concurrency},
    }


def _filters(criteria: Filters) -> dict[str, Any]:
    import json

    if isinstance(criteria, Mapping):
        return dict(criteria)
    patterns = [pattern if isinstance(pattern, str) else json.dumps(dict(pattern)) for pattern in criteria]
    return {'Filters': [{'Pattern': pattern} for pattern in patterns]}
