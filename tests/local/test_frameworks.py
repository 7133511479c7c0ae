"""What people put on Lambda runs on the local cloud as it is: packaged by us, from wheels, without a network."""

import json
from pathlib import Path

import boto3
import pytest

from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from tests.wait_until import wait_until

USES = Path(__file__).parent / 'framework_uses'


def url_event(method, path, query='', body=None):
    """What a function URL hands over, payload format 2.0."""
    event = {
        'version': '2.0',
        'routeKey': '$default',
        'rawPath': path,
        'rawQueryString': query,
        'headers': {'host': 'id.lambda-url.us-east-1.on.aws', 'content-type': 'application/json'},
        'requestContext': {
            'accountId': 'anonymous',
            'apiId': 'id',
            'domainName': 'id.lambda-url.us-east-1.on.aws',
            'domainPrefix': 'id',
            'http': {
                'method': method,
                'path': path,
                'protocol': 'HTTP/1.1',
                'sourceIp': '203.0.113.7',
                'userAgent': 'test',
            },
            'requestId': 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
            'routeKey': '$default',
            'stage': '$default',
            'time': '12/Mar/2020:19:03:58 +0000',
            'timeEpoch': 1583348638390,
        },
        'isBase64Encoded': False,
    }
    if query:
        event['queryStringParameters'] = dict(pair.split('=') for pair in query.split('&'))
    if body is not None:
        event['body'] = json.dumps(body)
    return event


class test_frameworks:
    @pytest.fixture
    def deployed(self, session_kwargs, wheelhouse):
        def deploy(module, *requirements, layer=()):
            deploy = Deploy_Lambda(f'{module}.run', source_roots=[USES], session_kwargs=session_kwargs, memory_size=512)
            deploy.set_requirements(requirements)
            if layer:
                deploy.set_packages_using_layer(layer)
            deploy.deploy(check=False, progress=False)
            return deploy

        return deploy

    def test_powertools_batch_and_logger(self, deployed, session_kwargs):
        sqs, lambda_, logs = (boto3.client(name, **session_kwargs) for name in ('sqs', 'lambda', 'logs'))
        deployed('orders_batch', 'aws-lambda-powertools')
        orders = sqs.create_queue(QueueName='orders', Attributes={'VisibilityTimeout': '60'})['QueueUrl']
        arn = sqs.get_queue_attributes(QueueUrl=orders, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
        for number, price in enumerate((1, -2, 3)):
            sqs.send_message(QueueUrl=orders, MessageBody=json.dumps({'id': f'O-{number}', 'price': price}))
        lambda_.create_event_source_mapping(
            EventSourceArn=arn, FunctionName='orders_batch', FunctionResponseTypes=['ReportBatchItemFailures']
        )
        counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible']

        def left():
            found = sqs.get_queue_attributes(QueueUrl=orders, AttributeNames=counts)['Attributes']
            return [int(found[name]) for name in counts]

        wait_until(lambda: left() == [0, 1])  # the one that failed waits for its visibility timeout
        events = logs.filter_log_events(logGroupName='/aws/lambda/orders_batch')['events']
        lines = [json.loads(event['message']) for event in events if event['message'].startswith('{')]
        sold = [line for line in lines if line.get('message') == 'sold']
        assert [line['order'] for line in sold] == ['O-0', 'O-2']
        assert {line['function_name'] for line in sold} == {'orders_batch'}
        assert {line['function_memory_size'] for line in sold} == {'512'}
        assert all(line['cold_start'] in (True, False) and line['xray_trace_id'] for line in sold)

    def test_powertools_routes(self, deployed):
        deploy = deployed('orders_rest', 'aws-lambda-powertools')
        found = deploy.invoke(url_event('GET', '/orders/7', 'full=1'))
        assert (found['statusCode'], json.loads(found['body'])) == (200, {'id': '7', 'wanted': {'full': '1'}})
        assert deploy.invoke(url_event('GET', '/orders/none'))['statusCode'] == 404
        made = deploy.invoke(url_event('POST', '/orders', body={'id': 'O-1'}))
        assert (made['statusCode'], made['body']) == (201, 'O-1')
        assert made['headers']['Content-Type'] == 'text/plain'

    def test_powertools_idempotency_in_dynamodb(self, deployed, session_kwargs):
        dynamodb = boto3.client('dynamodb', **session_kwargs)
        dynamodb.create_table(
            TableName='payments',
            KeySchema=[{'AttributeName': 'id', 'KeyType': 'HASH'}],
            AttributeDefinitions=[{'AttributeName': 'id', 'AttributeType': 'S'}],
            BillingMode='PAY_PER_REQUEST',
        )
        deploy = deployed('orders_once', 'aws-lambda-powertools')
        first, again, other = (deploy.invoke({'order_id': name}) for name in ('O-1', 'O-1', 'O-2'))
        assert first == again
        assert (first['order'], other['order']) == ('O-1', 'O-2')
        assert first['payment'] != other['payment']
        assert deploy.invoke_result({'order_id': 'O-3', 'fails': True}).error_type == 'RuntimeError'
        assert deploy.invoke({'order_id': 'O-3'})['order'] == 'O-3'  # what failed may be tried again
        items = dynamodb.scan(TableName='payments')['Items']
        assert {item['status']['S'] for item in items} == {'COMPLETED'}
        assert len(items) == 3

    def test_fastapi_by_mangum(self, deployed):
        deploy = deployed('orders_fastapi', 'fastapi', 'mangum')
        found = deploy.invoke(url_event('GET', '/orders/7'))
        body = json.loads(found['body'])
        assert (found['statusCode'], body['id'], body['by']) == (200, 7, '203.0.113.7')
        assert len(body['request_id']) == 36
        assert found['headers']['content-type'] == 'application/json'
        assert deploy.invoke(url_event('GET', '/orders/0'))['statusCode'] == 404
        made = deploy.invoke(url_event('POST', '/orders', body={'id': 'O-1', 'price': 2}))
        assert (made['statusCode'], json.loads(made['body'])) == (201, {'id': 'O-1', 'price': 2.0})
        refused = deploy.invoke(url_event('POST', '/orders', body={'id': 'O-1'}))
        assert (refused['statusCode'], json.loads(refused['body'])['detail'][0]['loc']) == (422, ['body', 'price'])

    def test_pydantic_from_a_layer(self, deployed):
        deploy = deployed('orders_model', layer=['pydantic'])
        answer = deploy.invoke({'id': 'O-1', 'price': '1.50'})
        assert answer['order'] == {'id': 'O-1', 'price': '1.50'}
        assert answer['from'].endswith('/python/pydantic/__init__.py')
        assert not answer['from'].startswith(answer['task_root'])
        assert deploy.invoke({'id': 'O-1', 'price': 0}) == {'wrong': [['price']]}
        assert not any(path.startswith('pydantic') for path in deploy.files())
