"""The SDK under a plain mock_aws, as users have it in their own tests: no cloud of ours, no invoke."""

import io
import zipfile

import pytest

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.sts.STS import STS
from osbot_lambda.errors import Aws__Not_Found


@pytest.fixture
def config():
    """For mock_aws: nothing but its defaults."""
    return {}


@pytest.fixture
def mocked(monkeypatch, config):
    """A mock_aws, with the local cloud out of reach."""
    from moto import mock_aws

    from osbot_lambda.local.Local_Cloud import Local_Cloud

    monkeypatch.delattr(Local_Cloud, 'shared')
    monkeypatch.setenv('AWS_DEFAULT_REGION', 'eu-west-1')
    with mock_aws(config=config):
        yield


def zipped(name):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        archive.writestr(name, 'def run(event, context): pass\n')
    return data.getvalue()


@pytest.fixture
def function(mocked):
    return Lambda('f', role=IAM_Role('r').create_for_service('lambda.amazonaws.com').arn(), zip_bytes=zipped('f.py'))


@pytest.mark.usefixtures('mocked')
class test_under_mock_aws:
    def test_who_is_calling(self):
        assert STS().session.target == 'moto'
        assert STS().account_id() == '123456789012'

    def test_the_control_plane_of_lambda(self, function):
        function.set_memory(256).set_env_variables({'A': 'b'})
        assert function.exists() is False
        assert function.create()['status'] == 'ok'
        assert function.exists() is True
        assert function.wait_for_state_active()['status'] == 'ok'
        configuration = function.configuration()
        assert (configuration['Handler'], configuration['MemorySize']) == ('f.run', 256)
        assert configuration['Environment'] == {'Variables': {'A': 'b'}}
        assert function.functions_names() == ['f']
        assert function.functions(index_by='FunctionName')['f']['Runtime'] == 'python3.11'
        assert function.function_arn() == 'arn:aws:lambda:eu-west-1:123456789012:function:f'

        function.set_timeout(30).set_env_variables({})
        assert function.update()['status'] == 'ok'
        assert function.configuration()['Timeout'] == 30
        assert function.delete(delete_log_group=False) is True
        assert function.delete() is False
        with pytest.raises(Aws__Not_Found):
            function.info()

    def test_versions_aliases_permissions_and_urls(self, function):
        assert function.create()['status'] == 'ok'
        assert function.version_publish()['Version'] == '1'
        assert function.alias_create(name='prod', function_version='1')['Name'] == 'prod'
        assert list(function.aliases(index_by='Name')) == ['prod']
        function.permission_add(statement_id='sid', principal='s3.amazonaws.com', source_arn='arn:aws:s3:::b')
        assert list(function.policy_statements(index_by='Sid')) == ['sid']
        assert function.policy_statements_clear().permissions() == []
        assert function.function_url() is None
        assert function.function_url_create()['FunctionUrl'] == function.function_url()

    def test_a_queue_as_event_source(self, function):
        function.create()
        queue = SQS_Queue('q')
        queue.create()
        mapping = function.event_source_create(queue.arn(), batch_size=5)
        assert [found['UUID'] for found in function.event_sources()] == [mapping['UUID']]
        function.event_source_delete(mapping['UUID'])

    def test_layers(self):
        layer = Lambda_Layer('l')
        assert layer.exists() is False
        layer.create_from_zip_bytes(zipped('python/m.py'))
        assert (layer.latest_version(), layer.exists()) == (1, True)
        assert list(layer.layers(index_by='LayerName')) == ['l']
        assert layer.delete() is True

    @pytest.mark.parametrize('config', [{'iam': {'load_aws_managed_policies': True}}], ids=['with_policies_of_aws'])
    def test_roles(self):
        role = IAM_Role('r')
        assert role.exists() is False
        assert role.create_for__lambda().arn() == 'arn:aws:iam::123456789012:role/r'
        assert len(role.policies_attached()) == 1
        assert (role.delete(), role.delete()) == (True, False)

    def test_files(self):
        s3 = S3()
        s3.bucket_create('bucket')
        s3.file_create_from_string('text', 'bucket', 'folder/key')
        assert s3.find_files('bucket') == ['folder/key']
        assert s3.file_contents('bucket', 'folder/key') == 'text'
        assert s3.file_exists('bucket', 'other') is False
        assert s3.bucket_delete('bucket', delete_files=True) is True

    def test_a_queue(self):
        queue = SQS_Queue('q')
        assert queue.exists() is False
        queue.create({'VisibilityTimeout': 30})
        queue.push({'order': 1})
        assert queue.size() == 1
        assert queue.pop() == {'order': 1}
        assert queue.attributes()['VisibilityTimeout'] == '30'
        assert queue.delete() is True

    def test_logs(self):
        group = Log_Group('g')
        assert group.exists() is False
        group.create()
        assert (group.exists(), group.messages()) == (True, [])
        assert group.delete() is True
