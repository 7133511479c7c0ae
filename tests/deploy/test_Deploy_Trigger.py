import pytest

from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Trigger import Deploy_Trigger
from osbot_lambda.errors import Trigger__Invalid

QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:orders'
STREAM = 'arn:aws:kinesis:eu-west-1:111122223333:stream/clicks'
TABLE = 'arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/2026-01-01T00:00:00.000'
MAPPING = {
    'UUID': 'u',
    'EventSourceArn': QUEUE,
    'FunctionArn': 'arn:aws:lambda:eu-west-1:111122223333:function:fn',
    'BatchSize': 10,
    'MaximumBatchingWindowInSeconds': 0,
    'State': 'Enabled',
}


class test_sources:
    @pytest.mark.parametrize(
        ('source', 'text', 'arn'),
        [
            ('orders', 'sqs queue orders', ''),
            ('http://127.0.0.1:4566/111122223333/orders', 'sqs queue orders', ''),
            ('https://sqs.eu-west-1.amazonaws.com/111122223333/orders.fifo', 'sqs queue orders.fifo', ''),
            (QUEUE, 'sqs queue orders', QUEUE),
            (STREAM, 'kinesis stream clicks', STREAM),
            (TABLE, 'dynamodb table t', TABLE),
        ],
    )
    def test_a_source_is(self, source, text, arn):
        trigger = Deploy_Trigger.of(source)
        assert (str(trigger), trigger.arn) == (text, arn)

    def test_a_queue_object_will_do(self, session_kwargs):
        assert str(Deploy_Trigger.of(SQS_Queue('orders', session_kwargs))) == 'sqs queue orders'

    @pytest.mark.parametrize(
        ('source', 'says'),
        [
            ('arn:aws:s3:::bucket', 'S3 is not polled.*permission_add'),
            ('arn:aws:sns:eu-west-1:111122223333:topic', 'SNS is not polled'),
            ('arn:aws:events:eu-west-1:111122223333:rule/r', 'EventBridge is not polled'),
            ('arn:aws:kinesis:eu-west-1:111122223333:clicks', 'no ARN of an SQS queue'),
            ('arn:aws:dynamodb:eu-west-1:111122223333:table/t', 'no ARN of an SQS queue'),
            ('arn:x', 'no ARN of an SQS queue'),
            ('two words', 'give a queue'),
            ('', 'give a queue'),
            (7, 'give a queue'),
            (None, 'give a queue'),
        ],
    )
    def test_is_refused_by_name(self, source, says):
        with pytest.raises(Trigger__Invalid, match=says):
            Deploy_Trigger.of(source)

    def test_a_queue_is_the_same_by_its_name_its_url_and_its_arn(self):
        url = 'http://127.0.0.1:4566/111122223333/orders'
        one = Deploy_Trigger.of('orders')
        assert all(one.is_same(Deploy_Trigger.of(other)) for other in ('orders', url, QUEUE))
        assert not Deploy_Trigger.of(url).is_same(Deploy_Trigger.of(url.replace('1111', '9999')))
        assert not one.is_same(Deploy_Trigger.of(STREAM))

    def test_a_mapping_of_it_is_known_by_the_functions_account_and_region(self):
        assert Deploy_Trigger.of('orders').is_of(MAPPING)
        assert Deploy_Trigger.of(QUEUE).is_of(MAPPING)
        assert not Deploy_Trigger.of('returns').is_of(MAPPING)
        assert not Deploy_Trigger.of(QUEUE.replace('eu-west-1', 'eu-west-2')).is_of(MAPPING)
        assert not Deploy_Trigger.of('orders').is_of({**MAPPING, 'EventSourceArn': STREAM})


class test_settings:
    @pytest.mark.parametrize(
        ('settings', 'says'),
        [
            ({'batch_size': 0}, 'batch_size is 0; Lambda takes 1 to 10000'),
            ({'batch_size': '5'}, "batch_size is '5'"),
            ({'batch_size': True}, 'batch_size is True'),
            ({'window': 301}, 'window is 301; Lambda takes 0 to 300'),
            ({'maximum_concurrency': 1}, 'maximum_concurrency is 1; Lambda takes 2 to 1000'),
            ({'batch_size': 11, 'window': 0}, 'needs a window'),
            ({'starting_position': 'LATEST'}, 'starting_position is for streams'),
            ({'filters': ['{no json']}, 'is not JSON'),
            ({'filters': [object()]}, 'is not JSON'),
        ],
    )
    def test_of_a_queue_are_refused(self, settings, says):
        with pytest.raises(Trigger__Invalid, match=says):
            Deploy_Trigger.of('orders', **settings)

    @pytest.mark.parametrize('settings', [{'batch_size': 11}, {'window': 1}])
    def test_of_a_fifo_queue_are_refused(self, settings):
        with pytest.raises(Trigger__Invalid, match='of a FIFO queue'):
            Deploy_Trigger.of('orders.fifo', **settings)

    @pytest.mark.parametrize('settings', [{'maximum_concurrency': 5}, {'starting_position': 'NOW'}])
    def test_of_a_stream_are_refused(self, settings):
        with pytest.raises(Trigger__Invalid):
            Deploy_Trigger.of(STREAM, **settings)

    def test_a_new_mapping_has_to_say_more(self):
        with pytest.raises(Trigger__Invalid, match='needs a starting_position'):
            Deploy_Trigger.of(STREAM).check_new()
        with pytest.raises(Trigger__Invalid, match='needs a window'):
            Deploy_Trigger.of('orders', batch_size=11).check_new()
        Deploy_Trigger.of(STREAM, starting_position='LATEST').check_new()
        Deploy_Trigger.of('orders', batch_size=11, window=1).check_new()

    def test_what_was_not_named_makes_no_difference(self):
        assert Deploy_Trigger.of('orders').differences(MAPPING) == {}

    def test_what_is_as_it_was_named_makes_none(self):
        mapping = {
            **MAPPING,
            'FunctionResponseTypes': ['ReportBatchItemFailures'],
            'FilterCriteria': {'Filters': [{'Pattern': '{"body": {"b": [1],   "a": [2]}}'}]},
            'ScalingConfig': {'MaximumConcurrency': 5},
            'State': 'Creating',
        }
        trigger = Deploy_Trigger.of(
            'orders',
            batch_size=10,
            window=0,
            report_batch_item_failures=True,
            filters=[{'body': {'a': [2], 'b': [1]}}],
            enabled=True,
            maximum_concurrency=5,
        )
        assert trigger.differences(mapping) == {}

    def test_what_differs_is_said_with_old_and_new(self):
        trigger = Deploy_Trigger.of(
            'orders',
            batch_size=5,
            report_batch_item_failures=True,
            enabled=False,
            maximum_concurrency=2,
            filters=['{}'],
        )
        assert trigger.differences(MAPPING) == {
            'BatchSize': (10, 5),
            'FunctionResponseTypes': ([], ['ReportBatchItemFailures']),
            'Enabled': (True, False),
            'ScalingConfig': (None, {'MaximumConcurrency': 2}),
            'FilterCriteria': ([], ['{}']),
        }
        assert Deploy_Trigger.of('orders', report_batch_item_failures=False).differences(MAPPING) == {}

    def test_where_a_stream_is_read_from_can_not_be_changed(self):
        mapping = {**MAPPING, 'EventSourceArn': STREAM, 'StartingPosition': 'LATEST'}
        assert Deploy_Trigger.of(STREAM, starting_position='LATEST').differences(mapping) == {}
        with pytest.raises(Trigger__Invalid, match='AWS can not change that'):
            Deploy_Trigger.of(STREAM, starting_position='TRIM_HORIZON').differences(mapping)

    def test_as_the_api_takes_them(self):
        trigger = Deploy_Trigger.of('orders', filters=[{'body': {'a': [1]}}], maximum_concurrency=3)
        assert Deploy_Trigger.parameters(trigger.settings) == {
            'FilterCriteria': {'Filters': [{'Pattern': '{"body": {"a": [1]}}'}]},
            'ScalingConfig': {'MaximumConcurrency': 3},
        }
