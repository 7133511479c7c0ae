from datetime import datetime

import pytest
from botocore.exceptions import ClientError

QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:orders'
FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:fn'

NO_QUEUE = (
    'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. '
    'SQS Error Message: The specified queue does not exist.'
)


@pytest.fixture
def rig(make_rig):
    """A function that does nothing, and a queue."""
    rig = make_rig(lambda event: None)
    rig.create()
    rig.queue()
    return rig


def create(rig, **changes):
    params = {'FunctionName': 'fn', 'EventSourceArn': QUEUE, **changes}
    return rig.client.create_event_source_mapping(**params)


def error_of(call, *args, **params):
    with pytest.raises(ClientError) as caught:
        call(*args, **params)
    answer = caught.value.response
    return answer['Error']['Code'], answer['Error']['Message'], answer['ResponseMetadata']['HTTPStatusCode']


class test_create:
    @pytest.mark.fidelity(
        'CreateEventSourceMapping for a queue',
        aws='202, State Creating, then Enabled',
        ours='as AWS',
        source='S esm_create_sqs',
        kind='recorded',
    )
    def test_it_answers_creating_with_all_of_awss_keys(self, rig):
        answer = create(rig)
        assert answer.pop('ResponseMetadata')['HTTPStatusCode'] == 202
        uuid = answer.pop('UUID')
        assert isinstance(answer.pop('LastModified'), datetime)
        assert answer == {
            'EventSourceMappingArn': f'arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:{uuid}',
            'EventSourceArn': QUEUE,
            'FunctionArn': FUNCTION,
            'BatchSize': 10,
            'MaximumBatchingWindowInSeconds': 0,
            'FunctionResponseTypes': [],
            'State': 'Creating',
            'StateTransitionReason': 'USER_INITIATED',
        }
        assert rig.client.get_event_source_mapping(UUID=uuid)['State'] == 'Enabled'

    def test_what_is_configured_comes_back(self, rig):
        given = {
            'BatchSize': 100,
            'MaximumBatchingWindowInSeconds': 5,
            'FunctionResponseTypes': ['ReportBatchItemFailures'],
            'ScalingConfig': {'MaximumConcurrency': 7},
        }
        answer = create(rig, **given)
        assert {key: answer[key] for key in given} == given

    def test_disabled_it_is_so_at_once_and_polls_nothing(self, rig):
        assert create(rig, Enabled=False)['State'] == 'Disabled'
        assert rig.threads() == []

    def test_a_qualified_function_is_answered_qualified(self, rig):
        rig.client.publish_version(FunctionName='fn')
        assert create(rig, FunctionName='fn:1')['FunctionArn'] == f'{FUNCTION}:1'

    def test_the_same_source_and_function_again(self, rig):
        uuid = create(rig)['UUID']
        text = (
            f'An event source mapping with SQS arn (" {QUEUE} ") and function (" fn ") already exists. '
            f'Please update or delete the existing mapping with UUID {uuid}'
        )
        assert error_of(create, rig) == ('ResourceConflictException', text, 409)
        rig.client.publish_version(FunctionName='fn')
        create(rig, FunctionName='fn:1')

    @pytest.mark.parametrize(
        ('changes', 'text'),
        [
            ({'FunctionName': 'other'}, 'Function does not exist'),
            ({'FunctionName': 'fn:7'}, 'Function does not exist'),
            (
                {'EventSourceArn': QUEUE + '-other'},
                NO_QUEUE,
            ),
            ({'EventSourceArn': 'arn:aws:sns:eu-west-1:111122223333:topic'}, 'Unrecognized event source.'),
            (
                {'BatchSize': 11},
                'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
            ),
            ({'StartingPosition': 'LATEST'}, 'StartingPosition is not valid for SQS event sources.'),
            (
                {'DestinationConfig': {'OnFailure': {'Destination': QUEUE}}},
                'Unsupported DestinationConfig parameter for given event source mapping type.',
            ),
            (
                {'FilterCriteria': {'Filters': [{'Pattern': '{"body": ["x"]}'}]}},
                'NotImplemented: the local cloud has no FilterCriteria for event source mappings yet.',
            ),
            (
                {'EventSourceArn': QUEUE + '.fifo'},
                'NotImplemented: the local cloud has no FIFO queues as event sources yet.',
            ),
            (
                {'EventSourceArn': 'arn:aws:kinesis:eu-west-1:111122223333:stream/s'},
                'NotImplemented: the local cloud has no event source mappings for kinesis yet.',
            ),
        ],
    )
    def test_what_is_refused(self, rig, changes, text):
        assert error_of(create, rig, **changes) == ('InvalidParameterValueException', text, 400)
        assert rig.client.list_event_source_mappings()['EventSourceMappings'] == []

    def test_a_queue_that_shows_messages_again_before_the_function_ends(self, rig):
        rig.client.update_function_configuration(FunctionName='fn', Timeout=60)
        text = 'Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds'
        assert error_of(create, rig) == ('InvalidParameterValueException', text, 400)


class test_list:
    def test_by_source_by_function_and_by_version(self, rig):
        rig.create('other')
        rig.queue('more')
        rig.client.publish_version(FunctionName='fn')
        names = {
            create(rig)['UUID']: 'fn',
            create(rig, FunctionName='fn:1')['UUID']: 'fn:1',
            create(rig, FunctionName='other', EventSourceArn=QUEUE.replace('orders', 'more'))['UUID']: 'other',
        }

        def found(**params):
            page = rig.client.list_event_source_mappings(**params)['EventSourceMappings']
            return sorted(names[mapping['UUID']] for mapping in page)

        assert found() == ['fn', 'fn:1', 'other']
        assert found(EventSourceArn=QUEUE) == ['fn', 'fn:1']
        assert found(FunctionName='fn') == ['fn', 'fn:1']
        assert found(FunctionName=f'{FUNCTION}:1') == ['fn:1']
        assert found(FunctionName='other', EventSourceArn=QUEUE) == []

    def test_in_pages(self, rig):
        for number in range(5):
            _, arn = rig.queue(f'queue-{number}')
            create(rig, EventSourceArn=arn, Enabled=False)
        pages = list(rig.client.get_paginator('list_event_source_mappings').paginate(PaginationConfig={'PageSize': 2}))
        assert [len(page['EventSourceMappings']) for page in pages] == [2, 2, 1]
        assert len({mapping['UUID'] for page in pages for mapping in page['EventSourceMappings']}) == 5


class test_update_and_delete:
    def test_what_is_not_given_stays(self, rig):
        uuid = create(rig, BatchSize=3, FunctionResponseTypes=['ReportBatchItemFailures'])['UUID']
        answer = rig.client.update_event_source_mapping(UUID=uuid, BatchSize=4)
        assert (answer['ResponseMetadata']['HTTPStatusCode'], answer['State']) == (202, 'Updating')
        found = rig.client.get_event_source_mapping(UUID=uuid)
        assert (found['BatchSize'], found['FunctionResponseTypes']) == (4, ['ReportBatchItemFailures'])
        assert found['State'] == 'Enabled'

    def test_an_empty_scaling_config_takes_it_away(self, rig):
        uuid = create(rig, ScalingConfig={'MaximumConcurrency': 2})['UUID']
        assert 'ScalingConfig' not in rig.client.update_event_source_mapping(UUID=uuid, ScalingConfig={})

    def test_disabling_and_enabling(self, rig):
        uuid = create(rig)['UUID']
        states = []
        for enabled in (False, True):
            states.append(rig.client.update_event_source_mapping(UUID=uuid, Enabled=enabled)['State'])
            states.append(rig.client.get_event_source_mapping(UUID=uuid)['State'])
        assert states == ['Disabling', 'Disabled', 'Enabling', 'Enabled']

    def test_a_bad_update_changes_nothing(self, rig):
        uuid = create(rig)['UUID']
        for change in ({'BatchSize': 11}, {'FunctionName': 'other'}):
            assert error_of(rig.client.update_event_source_mapping, UUID=uuid, **change)[2] == 400
        assert rig.client.get_event_source_mapping(UUID=uuid)['BatchSize'] == 10

    def test_a_deleted_one_is_gone(self, rig):
        uuid = create(rig)['UUID']
        answer = rig.client.delete_event_source_mapping(UUID=uuid)
        assert (answer['ResponseMetadata']['HTTPStatusCode'], answer['State']) == (202, 'Deleting')
        expected = 'ResourceNotFoundException', 'The resource you requested does not exist.', 404
        for call in ('get', 'update', 'delete'):
            assert error_of(getattr(rig.client, f'{call}_event_source_mapping'), UUID=uuid) == expected

    @pytest.mark.fidelity(
        'Mapping of a deleted function',
        aws='stays Enabled',
        ours='as AWS',
        source='S lifecycle_delete_function',
        kind='documented',
    )
    def test_it_survives_its_function(self, rig):
        uuid = create(rig)['UUID']
        rig.client.delete_function(FunctionName='fn')
        assert rig.client.get_event_source_mapping(UUID=uuid)['State'] == 'Enabled'

    def test_reset_drops_those_of_that_account_alone(self, rig):
        create(rig)
        rig.engine.reset('999999999999')
        assert len(rig.client.list_event_source_mappings()['EventSourceMappings']) == 1
        rig.engine.reset('111122223333')
        assert rig.client.list_event_source_mappings()['EventSourceMappings'] == []
