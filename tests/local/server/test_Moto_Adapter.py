import io
import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

ROOT = Path(__file__).parents[3]
BUCKET = 'results-bucket'


@pytest.fixture
def client(local_cloud, account):
    """Makes boto3 clients, of the test's account when none is given."""
    made = []

    def make(service, key=None, **more):
        kwargs = {**local_cloud.session_kwargs(account), **more}
        if key is not None:
            kwargs['aws_access_key_id'] = key
        made.append(boto3.client(service, **kwargs))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def s3(client):
    s3 = client('s3')
    s3.create_bucket(Bucket=BUCKET)
    return s3


def code_of(failed):
    return failed.value.response['Error']['Code']


class test_S3:
    @pytest.mark.parametrize('key', ['plain', 'a/b c', 'ü+&=%20?#', 'a//b', 'trailing/', '..'])
    def test_an_object_comes_back_as_it_was_put(self, s3, key):
        body = bytes(range(256))
        s3.put_object(Bucket=BUCKET, Key=key, Body=body, Metadata={'with_underscore': '1', 'with-dash': '2'})
        found = s3.get_object(Bucket=BUCKET, Key=key)
        assert found['Body'].read() == body
        assert found['Metadata'] == {'with_underscore': '1', 'with-dash': '2'}
        assert [each['Key'] for each in s3.list_objects_v2(Bucket=BUCKET)['Contents']] == [key]

    def test_head_says_the_length(self, s3):
        s3.put_object(Bucket=BUCKET, Key='k', Body=b'12345')
        assert s3.head_object(Bucket=BUCKET, Key='k')['ContentLength'] == 5

    def test_what_is_not_there_is_awss_error(self, s3):
        with pytest.raises(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket=BUCKET, Key='no')
        with pytest.raises(ClientError) as failed:
            s3.head_object(Bucket=BUCKET, Key='no')
        assert code_of(failed) == '404'
        with pytest.raises(s3.exceptions.NoSuchBucket):
            s3.list_objects_v2(Bucket='no-such-bucket')

    def test_delete_and_copy(self, s3):
        s3.put_object(Bucket=BUCKET, Key='one', Body=b'1')
        s3.copy_object(Bucket=BUCKET, Key='two', CopySource=f'{BUCKET}/one')
        s3.delete_objects(Bucket=BUCKET, Delete={'Objects': [{'Key': 'one'}]})
        assert s3.get_object(Bucket=BUCKET, Key='two')['Body'].read() == b'1'
        s3.delete_object(Bucket=BUCKET, Key='two')
        s3.delete_bucket(Bucket=BUCKET)
        assert s3.list_buckets()['Buckets'] == []

    def test_put_if_none_match_keeps_the_first(self, s3):
        s3.put_object(Bucket=BUCKET, Key='k', Body=b'first', IfNoneMatch='*')
        with pytest.raises(ClientError) as failed:
            s3.put_object(Bucket=BUCKET, Key='k', Body=b'second', IfNoneMatch='*')
        assert code_of(failed) == 'PreconditionFailed'
        assert s3.get_object(Bucket=BUCKET, Key='k')['Body'].read() == b'first'

    def test_20_megabytes_in_one_put_and_in_parts(self, s3):
        body = bytes(range(256)) * (80 * 1024)
        s3.put_object(Bucket=BUCKET, Key='whole', Body=body)
        s3.upload_fileobj(io.BytesIO(body), BUCKET, 'parts')
        for key in ('whole', 'parts'):
            assert s3.get_object(Bucket=BUCKET, Key=key)['Body'].read() == body
        assert s3.get_object(Bucket=BUCKET, Key='whole', Range='bytes=256-511')['Body'].read() == bytes(range(256))

    def test_a_stream_in_aws_chunks_is_put_together(self, s3):
        body = b'0123456789abcdef' * (200 * 1024)
        s3.put_object(Bucket=BUCKET, Key='k', Body=io.BytesIO(body), ChecksumAlgorithm='SHA256')
        assert s3.get_object(Bucket=BUCKET, Key='k', ChecksumMode='ENABLED')['Body'].read() == body

    def test_versions(self, s3):
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={'Status': 'Enabled'})
        first = s3.put_object(Bucket=BUCKET, Key='k', Body=b'1')['VersionId']
        s3.put_object(Bucket=BUCKET, Key='k', Body=b'2')
        assert s3.get_object(Bucket=BUCKET, Key='k', VersionId=first)['Body'].read() == b'1'

    @pytest.mark.parametrize('version', ['s3', 's3v4'])
    def test_a_presigned_url_works_for_anybody_who_has_it(self, client, s3, version):
        signer = client('s3', config=Config(signature_version=version))
        put = signer.generate_presigned_url('put_object', Params={'Bucket': BUCKET, 'Key': 'a b/ü'})
        with urllib.request.urlopen(urllib.request.Request(put, b'by url', method='PUT')) as response:
            assert response.status == 200
        get = signer.generate_presigned_url('get_object', Params={'Bucket': BUCKET, 'Key': 'a b/ü'})
        with urllib.request.urlopen(get) as response:
            assert response.read() == b'by url'

    def test_without_a_signature_the_acl_decides(self, local_cloud, client, s3):
        s3.create_bucket(Bucket='only-one-account-has-this')
        for acl in ('private', 'public-read'):
            s3.put_object(Bucket='only-one-account-has-this', Key=acl, Body=b'hello', ACL=acl)
        url = f'{local_cloud.endpoint_url}/only-one-account-has-this/'
        with urllib.request.urlopen(url + 'public-read') as response:
            assert response.read() == b'hello'
        with pytest.raises(urllib.error.HTTPError, match='403') as failed:
            urllib.request.urlopen(url + 'private')
        failed.value.close()
        anonymous = client('s3', config=Config(signature_version=UNSIGNED))
        assert anonymous.get_object(Bucket='only-one-account-has-this', Key='public-read')['Body'].read() == b'hello'

    def test_the_bucket_may_be_in_the_host_name(self, local_cloud, account, s3):
        s3.put_object(Bucket=BUCKET, Key='a/b', Body=b'hello')
        headers = {
            'Host': f'{BUCKET}.s3.localhost:{local_cloud.port}',
            'Authorization': f'AWS4-HMAC-SHA256 Credential={account}/20261120/us-east-1/s3/aws4_request, Signature=1',
        }
        request = urllib.request.Request(f'{local_cloud.endpoint_url}/a/b', headers=headers)
        with urllib.request.urlopen(request) as response:
            assert response.read() == b'hello'

    def test_two_accounts_may_have_a_bucket_of_the_same_name(self, local_cloud, client, s3):
        other = client('s3', '999999999902')
        other.create_bucket(Bucket=BUCKET)
        other.put_object(Bucket=BUCKET, Key='k', Body=b'other')
        assert 'Contents' not in s3.list_objects_v2(Bucket=BUCKET)
        local_cloud.reset('999999999902')
        s3.head_bucket(Bucket=BUCKET)

    def test_a_bucket_of_another_account_is_not_there(self, local_cloud, client, s3):
        with pytest.raises(ClientError) as failed:
            client('s3', '999999999903').head_bucket(Bucket=BUCKET)
        assert code_of(failed) == '404'
        local_cloud.reset('999999999903')

    def test_a_bucket_cannot_be_made_twice(self, client, s3):
        s3.put_object(Bucket=BUCKET, Key='k', Body=b'1')
        s3.create_bucket(Bucket=BUCKET)  # us-east-1 says yes to that, for history's sake
        west = client('s3', region_name='eu-west-1')
        with pytest.raises(west.exceptions.BucketAlreadyOwnedByYou):
            west.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})
        assert s3.get_object(Bucket=BUCKET, Key='k')['Body'].read() == b'1'


class test_IAM_and_STS:
    POLICY = json.dumps(
        {
            'Version': '2012-10-17',
            'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}],
        }
    )
    BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'

    def test_a_role_with_its_policies(self, client, account):
        iam = client('iam')
        role = iam.create_role(RoleName='lambda-role', AssumeRolePolicyDocument=self.POLICY)['Role']
        assert role['Arn'] == f'arn:aws:iam::{account}:role/lambda-role'
        iam.attach_role_policy(RoleName='lambda-role', PolicyArn=self.BASIC)
        attached = iam.list_attached_role_policies(RoleName='lambda-role')['AttachedPolicies']
        assert attached == [{'PolicyName': 'AWSLambdaBasicExecutionRole', 'PolicyArn': self.BASIC}]
        iam.put_role_policy(RoleName='lambda-role', PolicyName='inline', PolicyDocument=self.POLICY)
        assert iam.list_role_policies(RoleName='lambda-role')['PolicyNames'] == ['inline']
        iam.delete_role_policy(RoleName='lambda-role', PolicyName='inline')
        iam.detach_role_policy(RoleName='lambda-role', PolicyArn=self.BASIC)
        iam.delete_role(RoleName='lambda-role')
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            iam.get_role(RoleName='lambda-role')

    def test_a_policy_of_aws_that_is_attached_in_one_account_is_not_in_another(self, local_cloud, client):
        for iam in (client('iam'), client('iam', '999999999904')):
            iam.create_role(RoleName='r', AssumeRolePolicyDocument=self.POLICY)
        client('iam').attach_role_policy(RoleName='r', PolicyArn=self.BASIC)
        assert client('iam').get_policy(PolicyArn=self.BASIC)['Policy']['AttachmentCount'] == 1
        assert client('iam', '999999999904').get_policy(PolicyArn=self.BASIC)['Policy']['AttachmentCount'] == 0
        local_cloud.reset('999999999904')

    def test_the_identity_is_the_account_of_the_key(self, client, account):
        assert client('sts').get_caller_identity()['Account'] == account
        assert client('sts', 'AKIAIOSFODNN7EXAMPLE').get_caller_identity()['Account'] == '000000000000'

    def test_keys_of_iam_and_sts_belong_to_the_account_that_made_them(self, client, account):
        client('iam').create_user(UserName='u')
        user_key = client('iam').create_access_key(UserName='u')['AccessKey']['AccessKeyId']
        assert client('sts', user_key).get_caller_identity()['Arn'] == f'arn:aws:iam::{account}:user/u'
        role = f'arn:aws:iam::{account}:role/worker'
        credentials = client('sts').assume_role(RoleArn=role, RoleSessionName='session')['Credentials']
        as_role = client('sts', credentials['AccessKeyId'], aws_session_token=credentials['SessionToken'])
        assert as_role.get_caller_identity()['Arn'] == f'arn:aws:sts::{account}:assumed-role/worker/session'
        client('s3', credentials['AccessKeyId']).create_bucket(Bucket='made-by-the-role')
        assert [bucket['Name'] for bucket in client('s3').list_buckets()['Buckets']] == ['made-by-the-role']


class test_other_services:
    def test_logs(self, client):
        logs = client('logs')
        logs.create_log_group(logGroupName='g')
        logs.create_log_stream(logGroupName='g', logStreamName='s')
        assert [group['logGroupName'] for group in logs.describe_log_groups()['logGroups']] == ['g']

    def test_sns_events_and_dynamodb(self, client, account):
        topic = client('sns').create_topic(Name='t')['TopicArn']
        assert topic == f'arn:aws:sns:us-east-1:{account}:t'
        entry = {'Source': 'a', 'DetailType': 'b', 'Detail': '{}'}
        assert client('events').put_events(Entries=[entry])['FailedEntryCount'] == 0
        table = client('dynamodb')
        table.create_table(
            TableName='t',
            KeySchema=[{'AttributeName': 'id', 'KeyType': 'HASH'}],
            AttributeDefinitions=[{'AttributeName': 'id', 'AttributeType': 'S'}],
            BillingMode='PAY_PER_REQUEST',
        )
        table.put_item(TableName='t', Item={'id': {'S': '1'}})
        assert table.get_item(TableName='t', Key={'id': {'S': '1'}})['Item'] == {'id': {'S': '1'}}

    @pytest.mark.parametrize(
        ('service', 'operation'),
        [
            ('cloudwatch', 'list_metrics'),
            ('dynamodbstreams', 'list_streams'),
            ('kinesis', 'list_streams'),
            ('kms', 'list_keys'),
            ('sagemaker', 'list_models'),
            ('secretsmanager', 'list_secrets'),
            ('ses', 'list_identities'),
            ('stepfunctions', 'list_state_machines'),
            ('timestream-write', 'list_databases'),
        ],
    )
    def test_a_service_is_found_whatever_its_host_is_called_on_aws(self, client, service, operation):
        assert getattr(client(service), operation)()['ResponseMetadata']['HTTPStatusCode'] == 200

    def test_regions_are_apart_and_may_be_made_up(self, client):
        client('sns', region_name='mars-north-1').create_topic(Name='t')
        assert client('sns').list_topics()['Topics'] == []

    def test_a_service_that_needs_a_module_says_what_to_install(self, client):
        if 'openapi_spec_validator' in sys.modules:
            pytest.skip('the module is there')
        with pytest.raises(ClientError, match=r"needs the Python module .* pip install 'moto\[apigateway\]'") as failed:
            client('apigateway').get_rest_apis()
        assert failed.value.response['ResponseMetadata']['HTTPStatusCode'] == 501

    def test_a_service_that_nobody_answers_is_a_clear_error(self, client):
        with pytest.raises(ClientError, match="has no service 'chime' with GET /accounts") as failed:
            client('chime').list_accounts()
        assert code_of(failed) == 'NotImplementedException'

    def test_an_operation_that_moto_lacks_is_a_clear_error(self, client):
        with pytest.raises(ClientError, match='does not do this') as failed:
            client('sts').get_web_identity_token(Audience=['a'], SigningAlgorithm='RS256')
        assert code_of(failed) == 'NotImplementedException'


def inside(code):
    """Run code with an adapter of its own: loading moto changes a process, and the tests' is not to be changed."""
    start = 'from osbot_lambda.local.server.Moto_Adapter import Moto_Adapter\nadapter = Moto_Adapter()\n'
    done = subprocess.run([sys.executable, '-c', start + code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


class test_Moto_Adapter:
    def test_log_events_make_their_group_and_stream(self):
        out = inside("""
where = ('123456789012', 'eu-west-1', '/aws/lambda/f', 's')
adapter.put_log_events(*where, [(1, 'one'), (2, 'two')])
adapter.put_log_events(*where, [(3, 'three')])
stream = adapter._moto.logs_backends['123456789012']['eu-west-1'].groups['/aws/lambda/f'].streams['s']
print([(event.timestamp, event.message) for event in stream.events])
""")
        assert out == "[(1, 'one'), (2, 'two'), (3, 'three')]\n"

    def test_an_object_is_read_without_http_and_its_absence_told_in_lambdas_words(self):
        out = inside("""
from osbot_lambda.errors import Api__Error
s3 = adapter._load().s3_backends['123456789012']['aws']
s3.create_bucket('bucket', 'us-east-1')
s3.put_object('bucket', 'key', b'bytes')
print(adapter.s3_get_object('123456789012', 'us-east-1', 'bucket', 'key'))
for where in (('bucket', 'no'), ('bucket', 'key', 'v9'), ('no', 'key')):
    try:
        adapter.s3_get_object('123456789012', 'us-east-1', *where)
    except Api__Error as error:
        print(error.code, error.status, error.message)
""")
        told = (
            'InvalidParameterValueException 400 Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}'
        )
        assert out.splitlines() == [
            "b'bytes'",
            told.format('NoSuchKey', 'The specified key does not exist.'),
            told.format('NoSuchVersion', 'The specified version does not exist.'),
            told.format('NoSuchBucket', 'The specified bucket does not exist'),
        ]

    def test_whether_a_role_is_there_can_be_said_once_the_account_has_roles(self):
        out = inside("""
role = 'arn:aws:iam::123456789012:role/r'
print(adapter.role_exists('123456789012', role))
iam = adapter._load().iam_backends['123456789012']['aws']
print(adapter.role_exists('123456789012', role))
iam.create_role('r', '{}', '/', None, '', [], 3600)
print(adapter.role_exists('123456789012', role), adapter.role_exists('123456789012', role + 'x'))
print(adapter.role_exists('123456789012', 'arn:aws:iam::999999999999:role/r'))
""")
        assert out.split() == ['None', 'None', 'True', 'False', 'None']

    def test_asking_for_roles_and_keys_and_resetting_does_not_load_moto(self):
        out = inside("""
import sys
adapter.role_exists('123456789012', 'arn:aws:iam::123456789012:role/r')
adapter.access_key_account('AKIA')
adapter.reset()
print('moto' in sys.modules)
""")
        assert out == 'False\n'

    def test_nothing_of_an_account_is_kept_after_its_reset(self):
        out = inside("""
import gc, weakref
s3 = adapter._load().s3_backends['123456789012']['aws']
s3.create_bucket('bucket', 'us-east-1')
key = weakref.ref(s3.put_object('bucket', 'key', b'bytes'))
del s3
gc.collect()
print(key() is not None)
adapter.reset('123456789012')
gc.collect()
print(key())
""")
        assert out.split() == ['True', 'None']

    def test_motos_insides_are_as_we_use_them(self):
        """Fails when a new moto has moved something; then look at Moto_Adapter, not at this test."""
        out = inside("""
import inspect
moto = adapter._import()
print(inspect.signature(moto.S3Backend.create_bucket).parameters.keys() >= {'self', 'bucket_name', 'region_name'})
print(inspect.signature(moto.S3Backend.get_object).parameters.keys() >= {'bucket_name', 'key_name', 'version_id'})
print(list(inspect.signature(moto.aws_policy.from_data).parameters) == ['name', 'account_id', 'region_name', 'data'])
print(type(moto.s3_backends.bucket_accounts) is dict, '__new__' in vars(moto.BaseModel))
print(isinstance(moto.BackendDict._instances, list), len(moto.patterns) > 100)
iam = moto.iam_backends['123456789012']['aws']
print(iam.aws_managed_policies == [], iam.managed_policies == {}, iam.access_keys == {}, iam.roles == {})
sent = {
    moto.Subscription.publish: 'message message_id subject message_attributes group_id deduplication_id '
    'message_structure',
    moto.Rule.send_to_targets: 'original_event transform_input',
    moto.LogStream._send_log_events: 'service destination_arn filter_name log_events',
    moto.s3_notifications._get_s3_event: 'event_name bucket key notification_id',
}
print(all(' '.join(inspect.signature(each).parameters).removeprefix('self ') == names for each, names in sent.items()))
print(moto.lambda_backends.backend.__name__ == 'LambdaBackend', moto.sqs_backends.backend.__name__ == 'SQSBackend')
source = inspect.getsource(inspect.getmodule(moto.S3Backend))
print(source.count('bucket_accounts'))
request = moto.Request({'REQUEST_METHOD': 'GET', 'wsgi.url_scheme': 'https', 'HTTP_HOST': 'h', 'PATH_INFO': '/a b',
                        'RAW_URI': '/a%20b?c', 'QUERY_STRING': 'c', 'SERVER_NAME': 'h', 'SERVER_PORT': '443'})
print(request.raw_url)
""")
        assert out.split() == [*['True'] * 14, '8', 'https://h/a%20b?c']
