from uuid import UUID

import pytest

from osbot_lambda.errors import Aws__Conflict

QUEUE = 'arn:aws:sqs:us-east-1:123456789012:q'
ONE, TWO = str(UUID(int=1)), str(UUID(int=2))


class test_Lambda__Event_Sources:
    def test_create_sends_what_was_given(self, function, stub):
        sent = {
            'EventSourceArn': QUEUE,
            'FunctionName': 'f',
            'BatchSize': 10,
            'MaximumBatchingWindowInSeconds': 0,
            'FunctionResponseTypes': ['ReportBatchItemFailures'],
            'Enabled': False,
        }
        stub.add_response('create_event_source_mapping', {'UUID': ONE, 'State': 'Disabled'}, sent)
        mapping = function.event_source_create(
            QUEUE,
            batch_size=10,
            batching_window=0,
            function_response_types=['ReportBatchItemFailures'],
            enabled=False,
        )
        assert mapping == {'UUID': ONE, 'State': 'Disabled'}

    def test_create_as_in_the_briefing(self, function, stub):
        sent = {'EventSourceArn': QUEUE, 'FunctionName': 'my-function'}
        stub.add_response('create_event_source_mapping', {'UUID': ONE}, sent)
        assert function.event_source_create(event_source_arn=QUEUE, function_name='my-function') == {'UUID': ONE}

    def test_a_source_that_is_mapped_already_is_a_conflict(self, function, stub):
        stub.add_client_error('create_event_source_mapping', 'ResourceConflictException', 'exists', 409)
        with pytest.raises(Aws__Conflict):
            function.event_source_create(QUEUE)

    def test_the_mappings_of_this_function_are_listed_to_the_end(self, function, stub):
        first = {'EventSourceMappings': [{'UUID': ONE}], 'NextMarker': 'm'}
        stub.add_response('list_event_source_mappings', first, {'FunctionName': 'f'})
        second = {'EventSourceMappings': [{'UUID': TWO}]}
        stub.add_response('list_event_source_mappings', second, {'FunctionName': 'f', 'Marker': 'm'})
        assert [mapping['UUID'] for mapping in function.event_sources()] == [ONE, TWO]

    def test_the_mappings_of_one_source_can_be_asked_for(self, function, stub):
        sent = {'FunctionName': 'f', 'EventSourceArn': QUEUE}
        stub.add_response('list_event_source_mappings', {'EventSourceMappings': []}, sent)
        assert function.event_sources(QUEUE) == []

    def test_delete_by_uuid(self, function, stub):
        stub.add_response('delete_event_source_mapping', {'UUID': ONE, 'State': 'Deleting'}, {'UUID': ONE})
        assert function.event_source_delete(event_source_uuid=ONE)['State'] == 'Deleting'
