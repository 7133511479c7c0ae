import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.sqs.SQS import SQS


@pytest.mark.usefixtures('anywhere')
class test_SQS:
    def test_no_queues_are_an_empty_list(self):
        sqs = SQS()
        assert (sqs.queues(), sqs.queues_names(), sqs.queues_urls(), sqs.queues_arns()) == ([], [], [], [])
        assert sqs.queues(index_by='QueueName') == {}

    def test_queues_are_listed(self):
        sqs = SQS()
        for name in ('b', 'a', 'other'):
            sqs.queue(name).create()
        assert sqs.queues_names() == ['a', 'b', 'other']
        assert sqs.queues_names('o') == ['other']
        assert sqs.queues_urls('a') == [sqs.queue('a').url()]
        assert sqs.queues_arns('a') == ['arn:aws:sqs:us-east-1:123456789012:a']
        assert sqs.queues(index_by='QueueName')['b']['QueueUrl'] == sqs.queue('b').url()

    def test_queues_are_listed_to_the_last_page(self):
        sqs = SQS()
        with Stubber(sqs.client()) as stub:
            first = {'QueueUrls': ['http://h/1/b'], 'NextToken': 't'}
            stub.add_response('list_queues', first, {'MaxResults': 1000})
            stub.add_response('list_queues', {'QueueUrls': ['http://h/1/a']}, {'MaxResults': 1000, 'NextToken': 't'})
            assert sqs.queues_names() == ['a', 'b']
