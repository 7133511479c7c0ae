import pytest

from osbot_lambda.local.server.calls.Call_Resources import Call_Resources

ACCOUNT = '111122223333'
HERE = f'eu-west-1:{ACCOUNT}'
TABLE = f'arn:aws:dynamodb:{HERE}:table/t'
FN = f'arn:aws:lambda:{HERE}:function:fn'

CASES = [
    # service, operation, parameters, ARNs; all of the operation itself
    ('s3', 'ListBuckets', {}, ['*']),
    ('s3', 'ListObjectsV2', {'Bucket': 'data'}, ['arn:aws:s3:::data']),
    ('s3', 'GetObject', {'Bucket': 'data', 'Key': 'a/b c'}, ['arn:aws:s3:::data/a/b c']),
    ('s3', 'GetObject', {'Bucket': 'data', 'Key': 'a*?$b'}, ['arn:aws:s3:::data/a${*}${?}${$}b']),
    ('s3', 'DeleteObjects', {'Bucket': 'd', 'Keys': ['a', 'b']}, ['arn:aws:s3:::d/a', 'arn:aws:s3:::d/b']),
    ('dynamodb', 'GetItem', {'TableName': 't', 'Key': {}}, [TABLE]),
    ('dynamodb', 'GetItem', {'TableName': TABLE}, [TABLE]),
    ('dynamodb', 'Query', {'TableName': 't', 'IndexName': 'by-day'}, [f'{TABLE}/index/by-day']),
    ('dynamodb', 'BatchWriteItem', {'RequestItems': {'t': [], 'u': []}}, [TABLE, f'arn:aws:dynamodb:{HERE}:table/u']),
    ('dynamodb', 'ListTables', {}, ['*']),
    ('dynamodb', 'GetRecords', {'ShardIterator': 'x'}, ['*']),
    ('dynamodb', 'DescribeStream', {'StreamArn': f'{TABLE}/stream/1'}, [f'{TABLE}/stream/1']),
    (
        'sqs',
        'SendMessage',
        {'QueueUrl': 'http://127.0.0.1:4566/444455556666/q'},
        ['arn:aws:sqs:eu-west-1:444455556666:q'],
    ),
    ('sqs', 'GetQueueUrl', {'QueueName': 'q'}, [f'arn:aws:sqs:{HERE}:q']),
    (
        'sqs',
        'GetQueueUrl',
        {'QueueName': 'q', 'QueueOwnerAWSAccountId': '4' * 12},
        [f'arn:aws:sqs:eu-west-1:{"4" * 12}:q'],
    ),
    ('sqs', 'ListQueues', {}, ['*']),
    ('lambda', 'Invoke', {'FunctionName': 'fn'}, [FN]),
    ('lambda', 'Invoke', {'FunctionName': 'fn', 'Qualifier': 'live'}, [f'{FN}:live']),
    ('lambda', 'Invoke', {'FunctionName': 'fn:live'}, [f'{FN}:live']),
    ('lambda', 'Invoke', {'FunctionName': f'{ACCOUNT}:function:fn'}, [FN]),
    ('lambda', 'Invoke', {'FunctionName': f'{FN}:3'}, [f'{FN}:3']),
    ('lambda', 'GetLayerVersion', {'LayerName': 'l', 'VersionNumber': '2'}, [f'arn:aws:lambda:{HERE}:layer:l:2']),
    ('lambda', 'ListFunctions', {}, ['*']),
    ('sns', 'Publish', {'TopicArn': f'arn:aws:sns:{HERE}:t'}, [f'arn:aws:sns:{HERE}:t']),
    ('sns', 'CreateTopic', {'Name': 't'}, [f'arn:aws:sns:{HERE}:t']),
    ('sns', 'Publish', {'PhoneNumber': '+1'}, ['*']),
    ('kinesis', 'PutRecord', {'StreamName': 's'}, [f'arn:aws:kinesis:{HERE}:stream/s']),
    ('kinesis', 'PutRecord', {'StreamARN': f'arn:aws:kinesis:{HERE}:stream/s'}, [f'arn:aws:kinesis:{HERE}:stream/s']),
    ('logs', 'PutLogEvents', {'logGroupName': '/g', 'logStreamName': 's'}, [f'arn:aws:logs:{HERE}:log-group:/g:*']),
    ('logs', 'StartQuery', {'logGroupNames': ['a', 'b']}, [f'arn:aws:logs:{HERE}:log-group:{n}:*' for n in 'ab']),
    ('logs', 'DescribeLogGroups', {}, ['*']),
    ('secretsmanager', 'GetSecretValue', {'SecretId': 'db'}, [f'arn:aws:secretsmanager:{HERE}:secret:db-??????']),
    ('secretsmanager', 'GetSecretValue', {'SecretId': 'arn:aws:x:db-AbCdEf'}, ['arn:aws:x:db-AbCdEf']),
    ('ssm', 'GetParameter', {'Name': '/a/b'}, [f'arn:aws:ssm:{HERE}:parameter/a/b']),
    ('ssm', 'GetParameters', {'Names': ['a', 'b']}, [f'arn:aws:ssm:{HERE}:parameter/{n}' for n in 'ab']),
    ('ssm', 'GetParametersByPath', {'Path': '/a/'}, [f'arn:aws:ssm:{HERE}:parameter/a{end}' for end in ('', '/*')]),
    ('events', 'PutEvents', {'Entries': [{}, {}]}, [f'arn:aws:events:{HERE}:event-bus/default']),
    ('events', 'PutEvents', {'Entries': [{'EventBusName': 'shop'}]}, [f'arn:aws:events:{HERE}:event-bus/shop']),
    ('events', 'PutRule', {'Name': 'r'}, [f'arn:aws:events:{HERE}:rule/r']),
    ('events', 'PutTargets', {'Rule': 'r', 'EventBusName': 'shop'}, [f'arn:aws:events:{HERE}:rule/shop/r']),
    ('sts', 'AssumeRole', {'RoleArn': 'arn:aws:iam::1:role/r'}, ['arn:aws:iam::1:role/r']),
    ('states', 'StartExecution', {'stateMachineArn': 'arn:m'}, ['arn:m']),
    ('kms', 'Decrypt', {'CiphertextBlob': 'x'}, ['*']),
    ('kms', 'Encrypt', {'KeyId': 'alias/mine'}, ['*']),
    ('kms', 'Encrypt', {'KeyId': 'k1'}, [f'arn:aws:kms:{HERE}:key/k1']),
    ('monitoring', 'PutMetricData', {'Namespace': 'n'}, ['*']),
]


@pytest.fixture
def found():
    return Call_Resources(ACCOUNT, 'eu-west-1').of


class test_Call_Resources:
    @pytest.mark.parametrize(
        ('service', 'operation', 'params', 'arns'), CASES, ids=[f'{n}-{c[0]}-{c[1]}' for n, c in enumerate(CASES)]
    )
    def test_the_resources_of(self, found, service, operation, params, arns):
        assert found(service, operation, params) == [(operation, arn) for arn in arns]

    def test_a_version_of_an_object_is_another_permission(self, found):
        versioned = {'Bucket': 'data', 'Key': 'k', 'VersionId': '7'}
        names = {
            each: found('s3', each, versioned)[0][0]
            for each in ('GetObject', 'HeadObject', 'DeleteObject', 'GetObjectAcl')
        }
        assert names == {
            'GetObject': 'GetObjectVersion',
            'HeadObject': 'GetObjectVersion',
            'DeleteObject': 'DeleteObjectVersion',
            'GetObjectAcl': 'GetObjectAcl',
        }

    def test_a_copy_also_reads_and_may_tag(self, found):
        assert found('s3', 'CopyObject', {'Bucket': 'to', 'Key': 'k', 'CopySource': 'from/k', 'Tagging': True}) == [
            ('CopyObject', 'arn:aws:s3:::to/k'),
            ('GetObject', 'arn:aws:s3:::from/k'),
            ('PutObjectTagging', 'arn:aws:s3:::to/k'),
        ]

    def test_a_transaction_is_its_single_writes(self, found):
        items = [{'Put': {'TableName': 't'}}, {'Delete': {'TableName': 't'}}, {'ConditionCheck': {'TableName': 't'}}]
        assert found('dynamodb', 'TransactWriteItems', {'TransactItems': items}) == [
            ('PutItem', TABLE),
            ('DeleteItem', TABLE),
            ('ConditionCheckItem', TABLE),
        ]

    @pytest.mark.parametrize(
        ('text', 'operation'),
        [
            ('SELECT * FROM "t" WHERE id = ?', 'PartiQLSelect'),
            ("insert into t value {'id': 'from x'}", 'PartiQLInsert'),
            ('UPDATE t SET n = 1', 'PartiQLUpdate'),
            ('DELETE FROM "t" WHERE id = 1', 'PartiQLDelete'),
        ],
    )
    def test_a_statement_is_what_it_does(self, found, text, operation):
        assert found('dynamodb', 'ExecuteStatement', {'Statement': text}) == [(operation, TABLE)]
        assert found('dynamodb', 'BatchExecuteStatement', {'Statements': [{'Statement': text}]}) == [(operation, TABLE)]

    def test_several_secrets_at_once_are_two_permissions(self, found):
        arn = f'arn:aws:secretsmanager:{HERE}:secret:a-??????'
        assert found('secretsmanager', 'BatchGetSecretValue', {'SecretIdList': ['a']}) == [
            ('BatchGetSecretValue', '*'),
            ('GetSecretValue', arn),
        ]

    @pytest.mark.parametrize(
        ('service', 'params'),
        [
            ('sqs', {'QueueUrl': 7}),
            ('dynamodb', {'TableName': None, 'TransactItems': 'x', 'RequestItems': [1], 'Statement': {}}),
            ('logs', {'logGroupNames': 'abc'}),
            ('ssm', {'Names': {'a': 1}}),
            ('events', {'Entries': ['x']}),
            ('secretsmanager', {'SecretIdList': 'abc'}),
        ],
    )
    def test_parameters_of_a_wrong_kind_name_nothing(self, found, service, params):
        for operation in ('PutEvents', 'TransactWriteItems', 'BatchGetItem', 'ExecuteStatement', 'GetParameters', 'X'):
            assert found(service, operation, params) == [(operation, '*')]
