import json
from uuid import UUID

import pytest
from botocore.stub import Stubber

from osbot_lambda.errors import Aws__Conflict, Wait__Timeout

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

    def test_filters_concurrency_and_start_have_names_of_their_own(self, function, stub):
        pattern = {'body': {'kind': ['order']}}
        sent = {
            'EventSourceArn': QUEUE,
            'FunctionName': 'f',
            'FilterCriteria': {'Filters': [{'Pattern': json.dumps(pattern)}, {'Pattern': '{"body": {}}'}]},
            'ScalingConfig': {'MaximumConcurrency': 2},
            'StartingPosition': 'LATEST',
            'ParallelizationFactor': 3,
        }
        stub.add_response('create_event_source_mapping', {'UUID': ONE}, sent)
        function.event_source_create(
            QUEUE,
            filter_criteria=[pattern, '{"body": {}}'],
            maximum_concurrency=2,
            starting_position='LATEST',
            ParallelizationFactor=3,
        )

    def test_update_sends_what_was_given(self, function, stub):
        sent = {'UUID': ONE, 'BatchSize': 5, 'Enabled': False, 'FilterCriteria': {'Filters': []}}
        stub.add_response('update_event_source_mapping', {'UUID': ONE, 'State': 'Disabling'}, sent)
        mapping = function.event_source_update(ONE, batch_size=5, enabled=False, filter_criteria=[])
        assert mapping['State'] == 'Disabling'

    def test_filters_as_aws_has_them_are_taken(self, function, stub):
        filters = {'Filters': [{'Pattern': '{}'}]}
        stub.add_response('update_event_source_mapping', {}, {'UUID': ONE, 'FilterCriteria': filters})
        function.event_source_update(ONE, filter_criteria=filters)

    def test_mappings_can_be_indexed_and_one_be_looked_at(self, function, stub):
        stub.add_response('list_event_source_mappings', {'EventSourceMappings': [{'UUID': ONE}]}, {'FunctionName': 'f'})
        assert function.event_sources(index_by='UUID') == {ONE: {'UUID': ONE}}
        stub.add_response('get_event_source_mapping', {'UUID': ONE}, {'UUID': ONE})
        assert function.event_source(ONE) == {'UUID': ONE}

    def test_without_a_name_the_mappings_of_the_account_are_listed(self, function, stub):
        function.name = ''
        stub.add_response('list_event_source_mappings', {'EventSourceMappings': []}, {})
        assert function.event_sources() == []

    def test_a_state_is_waited_for(self, function, stub, no_pauses):
        for state in ('Creating', 'Creating', 'Enabled'):
            stub.add_response('get_event_source_mapping', {'UUID': ONE, 'State': state}, {'UUID': ONE})
        assert function.wait_for_event_source(ONE)['State'] == 'Enabled'

    def test_a_state_that_does_not_come_ends_the_wait(self, function, no_pauses):
        with Stubber(function.client()) as stub:
            for _ in range(100):
                stub.add_response('get_event_source_mapping', {'UUID': ONE, 'State': 'Creating'}, {'UUID': ONE})
            with pytest.raises(Wait__Timeout, match='was not Enabled after 5 s; it was Creating'):
                function.wait_for_event_source(ONE, seconds=5)
