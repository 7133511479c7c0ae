import textwrap

import boto3
import pytest

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Aws__Not_Found, Policy__No_Local_Cloud
from osbot_lambda.local.server.Http_Response import Http_Response
from osbot_lambda.local.server.Http_Server import Http_Server

CODE = """
    import boto3

    def run(event, context):
        s3, sqs, dynamodb = (boto3.client(name) for name in ('s3', 'sqs', 'dynamodb'))
        for number in range(2):
            s3.put_object(Bucket='reports', Key=f'daily/{number}.txt', Body=b'x')
        s3.list_objects_v2(Bucket='reports')
        queue = sqs.get_queue_url(QueueName='done')['QueueUrl']
        sqs.send_message_batch(QueueUrl=queue, Entries=[{'Id': '1', 'MessageBody': 'x'}])
        dynamodb.put_item(TableName='orders', Item={'id': {'S': '1'}})
        boto3.client('sts').get_caller_identity()
        try:
            boto3.client('ssm').get_parameter(Name='/shop/key')
        except Exception as error:
            return type(error).__name__
"""


@pytest.fixture
def made(session_kwargs, tmp_path):
    """made(name): a deploy of the code above, with its bucket, queues and table."""

    def client(service):
        return boto3.client(service, **session_kwargs)

    client('s3').create_bucket(Bucket='reports')
    client('sqs').create_queue(QueueName='done')
    client('dynamodb').create_table(
        TableName='orders',
        KeySchema=[{'AttributeName': 'id', 'KeyType': 'HASH'}],
        AttributeDefinitions=[{'AttributeName': 'id', 'AttributeType': 'S'}],
        BillingMode='PAY_PER_REQUEST',
    )
    (tmp_path / 'app.py').write_text(textwrap.dedent(CODE))
    return lambda name: Deploy_Lambda(
        'app.run', name, source_roots=[tmp_path], session_kwargs=session_kwargs, timeout=30
    )


class test_policy_from_calls:
    def test_it_allows_what_the_function_was_seen_to_do_and_no_more(self, made, account, session_kwargs):
        SQS_Queue('orders', session_kwargs).create()
        deploy = made('fn').add_trigger('orders')
        deploy.deploy()
        assert deploy.invoke({}) == 'ParameterNotFound'
        policy = deploy.policy_from_calls()
        here = f'us-east-1:{account}'
        logs = f'arn:aws:logs:{here}:log-group:/aws/lambda/fn'
        assert {' '.join(each['Action']): each['Resource'] for each in policy.document['Statement']} == {
            'logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents': [logs, f'{logs}:*'],
            'sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage': [f'arn:aws:sqs:{here}:orders'],
            'dynamodb:PutItem': [f'arn:aws:dynamodb:{here}:table/orders'],
            's3:ListBucket': ['arn:aws:s3:::reports'],
            's3:PutObject': ['arn:aws:s3:::reports/daily/*'],
            'sqs:GetQueueUrl sqs:SendMessage': [f'arn:aws:sqs:{here}:done'],
            'ssm:GetParameter': [f'arn:aws:ssm:{here}:parameter/shop/key'],
        }
        assert policy.notes == ()
        assert sum(call['count'] for call in policy.calls) == 8

    def test_it_can_be_given_to_a_role(self, made, session_kwargs):
        deploy = made('fn')
        deploy.deploy()
        deploy.invoke({})
        document = deploy.policy_from_calls().document
        role = IAM_Role('fn-role', session_kwargs).create_for__lambda(inline_policies={'calls': document})
        assert role.inline_policy('calls') == document

    def test_what_another_function_or_a_user_does_is_not_in_it(self, made):
        one, two = made('one'), made('two')
        one.deploy()
        two.deploy()
        two.invoke({})
        assert one.policy_from_calls().calls == ()
        assert 'one has made no AWS call yet' in one.policy_from_calls().notes[0]

    def test_a_function_that_is_not_there(self, made):
        with pytest.raises(Aws__Not_Found):
            made('fn').policy_from_calls()

    def test_on_aws_it_is_not_known(self, tmp_path):
        (tmp_path / 'app.py').write_text('def run(event, context): pass\n')
        keys = {'aws_access_key_id': 'x', 'aws_secret_access_key': 'y', 'region_name': 'eu-west-1'}
        deploy = Deploy_Lambda('app.run', source_roots=[tmp_path], session_kwargs=keys, target='aws')
        with pytest.raises(Policy__No_Local_Cloud, match="this target is aws: deploy it with target='local'"):
            deploy.policy_from_calls()

    def test_on_another_emulator_it_is_not_known(self, tmp_path):
        """One that knows Lambda, and nothing of us."""
        arn = 'arn:aws:lambda:us-east-1:000000000000:function:app'

        def answer(request, peer):
            if request.path.endswith('/configuration'):
                return Http_Response(
                    200, (('Content-Type', 'application/json'),), f'{{"FunctionArn": "{arn}"}}'.encode()
                )
            return Http_Response(404, (), b'no such path')

        (tmp_path / 'app.py').write_text('def run(event, context): pass\n')
        with Http_Server(answer) as server:
            target = f'http://127.0.0.1:{server.port}'
            deploy = Deploy_Lambda('app.run', source_roots=[tmp_path], target=target)
            with pytest.raises(Policy__No_Local_Cloud, match='is no local cloud of osbot-lambda'):
                deploy.policy_from_calls()
