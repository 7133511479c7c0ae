import base64
import gzip
import json
import time

import boto3
import pytest

from osbot_lambda.runtime.Invoker import Invoker
from tests.local.server.Lambda_Rig import zip_of
from tests.wait_until import wait_until

# sends each event on to the queue that is named out
FORWARD = """
    import boto3, json, os
    def handler(event, context):
        boto3.client('sqs').send_message(QueueUrl=os.environ['OUT'], MessageBody=json.dumps(event))
"""


class Place:
    """A function that forwards its events to a queue, another queue, and clients, in an account of the test's own."""

    def __init__(self, session_kwargs, account):
        self.session_kwargs, self.account, self.clients = session_kwargs, account, {}
        self.out, self.out_arn = self.queue('out')

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(service, **self.session_kwargs)
        return self.clients[service]

    def queue(self, name):
        arn = f'arn:aws:sqs:us-east-1:{self.account}:{name}'
        return self.client('sqs').create_queue(QueueName=name)['QueueUrl'], arn

    def function(self, name='fn', code=FORWARD, **more):
        answer = self.client('lambda').create_function(
            FunctionName=name,
            Runtime=Invoker.RUNTIME,
            Handler='app.handler',
            Role=f'arn:aws:iam::{self.account}:role/r',
            Code={'ZipFile': zip_of(code)},
            Environment={'Variables': {'OUT': self.out}},
            Timeout=30,
            **more,
        )
        return answer['FunctionArn']

    def message(self, url=None):
        """The next message of the queue: the next event."""
        sqs, url = self.client('sqs'), url or self.out
        (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MessageAttributeNames=['All'])['Messages']
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message['ReceiptHandle'])
        return message

    def event(self, url=None):
        return json.loads(self.message(url)['Body'])

    def topic(self, *endpoints, **more):
        topic = self.client('sns').create_topic(Name='t')['TopicArn']
        for endpoint in endpoints:
            protocol = endpoint.split(':')[2]
            self.client('sns').subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, **more)
        return topic


@pytest.fixture
def place(session_kwargs, account):
    place = Place(session_kwargs, account)
    yield place
    for client in place.clients.values():
        client.close()


class test_SNS:
    @pytest.mark.fidelity(
        'SNS invokes a function',
        aws='an event invoke with one aws:sns record',
        ours='as AWS; Signature is EXAMPLE, no resource policy is asked for',
        source='D with-sns',
        kind='documented',
    )
    def test_a_subscribed_function_gets_the_message(self, place):
        topic = place.topic(place.function())
        attributes = {'size': {'DataType': 'Number', 'StringValue': '3'}}
        sent = place.client('sns').publish(TopicArn=topic, Message='hi', Subject='s', MessageAttributes=attributes)
        (record,) = place.event()['Records']
        assert (record['EventSource'], record['EventVersion']) == ('aws:sns', '1.0')
        assert record['EventSubscriptionArn'].startswith(f'{topic}:')
        sns = record['Sns']
        assert (sns['Type'], sns['TopicArn'], sns['MessageId']) == ('Notification', topic, sent['MessageId'])
        assert (sns['Message'], sns['Subject']) == ('hi', 's')
        assert sns['MessageAttributes'] == {'size': {'Type': 'Number', 'Value': '3'}}

    def test_a_filter_policy_and_a_message_by_protocol_hold_for_functions(self, place):
        policy = {'FilterPolicy': json.dumps({'kind': ['wanted']})}
        topic = place.topic(place.function(), Attributes=policy)
        for kind in ('other', 'wanted'):
            place.client('sns').publish(
                TopicArn=topic,
                Message=json.dumps({'default': 'no', 'lambda': kind}),
                MessageStructure='json',
                MessageAttributes={'kind': {'DataType': 'String', 'StringValue': kind}},
            )
        assert place.event()['Records'][0]['Sns']['Message'] == 'wanted'

    def test_a_subscribed_queue_gets_it_raw_with_attributes(self, place):
        topic = place.topic(place.out_arn, Attributes={'RawMessageDelivery': 'true'})
        attributes = {
            'a': {'DataType': 'String', 'StringValue': 'b'},
            'c': {'DataType': 'Binary', 'BinaryValue': b'\0\xff'},
        }
        place.client('sns').publish(TopicArn=topic, Message='hi', MessageAttributes=attributes)
        message = place.message()
        assert (message['Body'], message['MessageAttributes']) == ('hi', attributes)

    def test_a_queue_or_function_that_is_gone_does_not_fail_the_publishing(self, place):
        topic = place.topic(place.function(), f'{place.out_arn}x', place.out_arn)
        place.client('lambda').delete_function(FunctionName='fn')
        place.client('sns').publish(TopicArn=topic, Message='hi')
        assert place.event()['Message'] == 'hi'


class test_S3:
    @pytest.mark.fidelity(
        'S3 invokes a function',
        aws='an event invoke with one aws:s3 record, the key URL-encoded',
        ours='as AWS, but ids and addresses are made up, and no resource policy is asked for',
        source='D with-s3',
        kind='documented',
    )
    def test_a_new_object_is_told_to_a_function_and_a_queue(self, place):
        (url, arn), s3 = place.queue('q'), place.client('s3')
        s3.create_bucket(Bucket='bucket')
        function = {'Id': 'mine', 'LambdaFunctionArn': place.function(), 'Events': ['s3:ObjectCreated:*']}
        queue = {'QueueArn': arn, 'Events': ['s3:ObjectCreated:Put']}
        s3.put_bucket_notification_configuration(
            Bucket='bucket',
            NotificationConfiguration={'LambdaFunctionConfigurations': [function], 'QueueConfigurations': [queue]},
        )
        s3.put_object(Bucket='bucket', Key='in/a b.txt', Body=b'123')
        (record,) = place.event()['Records']
        assert (record['eventSource'], record['eventName']) == ('aws:s3', 'ObjectCreated:Put')
        assert {'userIdentity', 'requestParameters', 'responseElements', 'awsRegion', 'eventTime'} <= record.keys()
        assert record['s3']['configurationId'] == 'mine'
        assert record['s3']['bucket']['arn'] == 'arn:aws:s3:::bucket'
        assert (record['s3']['object']['key'], record['s3']['object']['size']) == ('in/a+b.txt', 3)
        assert place.event(url)['Event'] == 's3:TestEvent'
        assert place.event(url)['Records'][0]['s3']['object']['key'] == 'in/a+b.txt'


class test_EventBridge:
    def rule(self, place, *targets):
        place.client('events').put_rule(Name='r', EventPattern=json.dumps({'source': ['shop']}))
        numbered = [{'Id': str(number), **target} for number, target in enumerate(targets)]
        assert place.client('events').put_targets(Rule='r', Targets=numbered)['FailedEntryCount'] == 0

    def put(self, place, source='shop'):
        entry = {'Source': source, 'DetailType': 'ordered', 'Detail': '{"n": 1}'}
        (answer,) = place.client('events').put_events(Entries=[entry])['Entries']
        return answer['EventId']

    @pytest.mark.fidelity(
        'EventBridge invokes a function',
        aws='an event invoke with the whole event',
        ours='as AWS; no resource policy is asked for, schedules do not run',
        source='D eventbridge targets',
        kind='documented',
    )
    def test_a_function_gets_the_event(self, place):
        self.rule(place, {'Arn': place.function()})
        self.put(place, 'other')
        event_id = self.put(place)
        event = place.event()
        assert time.strptime(event.pop('time'), '%Y-%m-%dT%H:%M:%SZ')
        assert event == {
            'version': '0',
            'id': event_id,
            'detail-type': 'ordered',
            'source': 'shop',
            'account': place.account,
            'region': 'us-east-1',
            'resources': [],
            'detail': {'n': 1},
        }

    def test_a_queue_and_a_topic_get_what_the_target_makes_of_it(self, place):
        url, arn = place.queue('q')
        transformer = {'InputPathsMap': {'n': '$.detail.n'}, 'InputTemplate': '{"number": <n>}'}
        topic = place.topic(place.out_arn, Attributes={'RawMessageDelivery': 'true'})
        self.rule(place, {'Arn': arn, 'InputPath': '$.detail'}, {'Arn': topic, 'InputTransformer': transformer})
        self.put(place)
        assert (place.event(url), place.event()) == ({'n': 1}, {'number': 1})

    def test_a_disabled_rule_sends_nothing(self, place):
        self.rule(place, {'Arn': place.out_arn, 'Input': '"r"'})
        place.client('events').put_rule(Name='s', EventPattern=json.dumps({'source': ['shop']}))
        place.client('events').put_targets(Rule='s', Targets=[{'Id': '1', 'Arn': place.out_arn, 'Input': '"s"'}])
        place.client('events').disable_rule(Name='r')
        self.put(place)
        assert place.event() == 's'


class test_Logs:
    @pytest.mark.fidelity(
        'a log subscription filter invokes a function',
        aws='an event invoke with awslogs.data: JSON, gzipped, in base64',
        ours='as AWS; of the filter patterns those with plain or quoted words, other patterns let all through',
        source='D services-cloudwatchlogs',
        kind='documented',
    )
    def test_what_a_function_prints_goes_to_the_function_that_listens(self, place):
        listener = place.function()
        place.function('printer', "def handler(event, context):\n    print('ERROR', event)\n    print('fine')\n")
        logs = place.client('logs')
        logs.create_log_group(logGroupName='/aws/lambda/printer')
        logs.put_subscription_filter(
            logGroupName='/aws/lambda/printer', filterName='errors', filterPattern='ERROR', destinationArn=listener
        )
        place.client('lambda').invoke(FunctionName='printer', Payload=b'7')
        data = json.loads(gzip.decompress(base64.b64decode(place.event()['awslogs']['data'])))
        (event,) = data.pop('logEvents')
        assert (event['message'].strip(), len(event['id'])) == ('ERROR 7', 56)
        stream = data.pop('logStream')
        assert stream.startswith(time.strftime('%Y/', time.gmtime()))
        assert data == {
            'messageType': 'DATA_MESSAGE',
            'owner': place.account,
            'logGroup': '/aws/lambda/printer',
            'subscriptionFilters': ['errors'],
        }

    def test_a_function_that_is_not_there_can_not_listen(self, place):
        logs = place.client('logs')
        logs.create_log_group(logGroupName='g')
        with pytest.raises(logs.exceptions.InvalidParameterException, match='Could not execute the lambda function'):
            logs.put_subscription_filter(
                logGroupName='g',
                filterName='f',
                filterPattern='',
                destinationArn=f'arn:aws:lambda:us-east-1:{place.account}:function:no',
            )


class test_destinations_of_moto:
    def configure(self, place, on_success):
        place.client('lambda').put_function_event_invoke_config(
            FunctionName='fn', DestinationConfig={'OnSuccess': {'Destination': on_success}}
        )

    def send(self, place):
        answer = place.client('lambda').invoke(FunctionName='fn', InvocationType='Event', Payload=b'{"n": 1}')
        return answer['ResponseMetadata']['RequestId']

    def test_a_topic_and_a_bus(self, place):
        place.function(code='def handler(event, context): return event')
        raw = {'RawMessageDelivery': 'true'}
        self.configure(place, place.topic(place.out_arn, Attributes=raw))
        request_id = self.send(place)
        assert place.event()['requestContext']['requestId'] == request_id
        events, bus = place.client('events'), f'arn:aws:events:us-east-1:{place.account}:event-bus/default'
        events.put_rule(Name='r', EventPattern=json.dumps({'source': ['lambda']}))
        events.put_targets(Rule='r', Targets=[{'Id': '1', 'Arn': place.out_arn}])
        self.configure(place, bus)
        request_id = self.send(place)
        event = place.event()
        function = f'arn:aws:lambda:us-east-1:{place.account}:function:fn:$LATEST'
        assert event['detail-type'] == 'Lambda Function Invocation Result - Success'
        assert (event['source'], event['resources']) == ('lambda', [bus, function])
        assert event['detail']['requestContext']['requestId'] == request_id

    def test_a_bucket(self, place):
        place.client('s3').create_bucket(Bucket='failed')
        place.function(code='def handler(event, context): raise ValueError')
        place.client('lambda').put_function_event_invoke_config(
            FunctionName='fn',
            MaximumRetryAttempts=0,
            DestinationConfig={'OnFailure': {'Destination': 'arn:aws:s3:::failed'}},
        )
        self.send(place)
        s3 = place.client('s3')
        (found,) = wait_until(lambda: s3.list_objects_v2(Bucket='failed').get('Contents'))
        record = json.load(s3.get_object(Bucket='failed', Key=found['Key'])['Body'])
        assert record['requestPayload'] == {'n': 1}

    @pytest.mark.parametrize('target', ['sns:us-east-1:{}:no', 'events:us-east-1:{}:event-bus/no'])
    def test_what_does_not_take_it_is_said_in_the_functions_log_group(self, place, target):
        place.function(code='def handler(event, context): return event')
        self.configure(place, f'arn:aws:{target.format(place.account)}')
        request_id = self.send(place)
        logs = place.client('logs')

        def lines():
            try:
                found = logs.get_log_events(logGroupName='/aws/lambda/fn', logStreamName='osbot-lambda')
            except logs.exceptions.ResourceNotFoundException:
                return []
            return [event['message'] for event in found['events']]

        (line,) = wait_until(lines)
        assert (
            f'event {request_id} was not delivered to its destination arn:aws:{target.format(place.account)}: ' in line
        )


class test_loops:
    def test_a_function_that_publishes_to_its_own_topic_is_stopped(self, place):
        """The trace header goes from the function through boto3, SNS and back."""
        loop = """
            import boto3, os
            boto = {name: boto3.client(name) for name in ('sns', 'sqs')}
            def handler(event, context):
                boto['sqs'].send_message(QueueUrl=os.environ['OUT'], MessageBody='again')
                boto['sns'].publish(TopicArn='arn:aws:sns:us-east-1:{}:t', Message='x')
        """
        (url, arn), code = place.queue('dead'), loop.replace('{}', place.account)
        topic = place.topic(place.function(code=code, DeadLetterConfig={'TargetArn': arn}))
        place.client('sns').publish(TopicArn=topic, Message='x')
        assert place.event(url)['Records'][0]['EventSource'] == 'aws:sns'
        count = ['ApproximateNumberOfMessages']
        sqs = place.client('sqs').get_queue_attributes(QueueUrl=place.out, AttributeNames=count)
        assert sqs['Attributes'] == {count[0]: '16'}


class test_Secrets_Manager:
    def test_a_rotation_function_is_invoked(self, place):
        arn = place.function()
        secrets = place.client('secretsmanager')
        secrets.create_secret(Name='s', SecretString='1')
        secrets.rotate_secret(SecretId='s', RotationLambdaARN=arn, RotationRules={'AutomaticallyAfterDays': 1})
        steps = {place.event()['Step'] for _ in range(4)}
        assert steps == {'createSecret', 'setSecret', 'testSecret', 'finishSecret'}
