"""Event source mappings."""

from tests.wait_until import wait_until


class test_event_source_mappings:
    def test_event_source_mappings(self, lambda_func, my_queue):
        my_queue_arn = my_queue.arn()

        # Create mapping (e.g., SQS trigger)
        mapping = lambda_func.event_source_create(
            event_source_arn=my_queue_arn,
            function_name='my-function',
        )
        assert mapping['EventSourceArn'] == my_queue_arn
        assert mapping['FunctionArn'] == lambda_func.function_arn()
        my_queue.push({'order': 'ORD-1'})
        assert lambda_func.log_group().wait_for_message('ORD-1')

        # List mappings
        mappings = lambda_func.event_sources()
        assert [found['UUID'] for found in mappings] == [mapping['UUID']]

        # Delete mapping
        lambda_func.event_source_delete(event_source_uuid=mapping['UUID'])
        assert wait_until(lambda: lambda_func.event_sources() == [])
