from typing import Any, Optional

from osbot_lambda.aws.lambda_.Lambda__Base import Lambda__Base


class Lambda__Event_Sources(Lambda__Base):
    """Event source mappings: what AWS reads for the function, and runs it with.

    Units  : batch_size records, batching_window seconds (0..300).
    Errors : Aws__Conflict when the source is mapped to the function already; Aws__Invalid; Aws__Not_Found.
    """

    def event_source_create(
        self,
        event_source_arn: str,
        function_name: Optional[str] = None,
        batch_size: Optional[int] = None,
        batching_window: Optional[int] = None,
        function_response_types: Optional[list[str]] = None,
        enabled: Optional[bool] = None,
    ) -> dict[str, Any]:
        """The new mapping: {'UUID', 'EventSourceArn', 'FunctionArn', 'State': 'Creating', …}.

        function_response_types=['ReportBatchItemFailures'] lets the handler fail single records."""
        return self.call(
            'create_event_source_mapping',
            EventSourceArn=event_source_arn,
            FunctionName=function_name or self.name,
            BatchSize=batch_size,
            MaximumBatchingWindowInSeconds=batching_window,
            FunctionResponseTypes=function_response_types,
            Enabled=enabled,
        )

    def event_sources(self, event_source_arn: Optional[str] = None) -> list[dict[str, Any]]:
        """The mappings of this function, or those of them that read one source."""
        return self.paginate(
            'list_event_source_mappings',
            'EventSourceMappings',
            FunctionName=self.name,
            EventSourceArn=event_source_arn,
        )

    def event_source_delete(self, event_source_uuid: str) -> dict[str, Any]:
        """Delete a mapping; it is returned, with State 'Deleting'."""
        return self.call('delete_event_source_mapping', UUID=event_source_uuid)
