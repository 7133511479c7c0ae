"""What the local cloud keeps of the AWS calls of functions."""

import io
import json
import sys
import urllib.request
import zipfile

import boto3
import pytest

from osbot_lambda.local.Local_Cloud import Local_Cloud

CODE = """
import boto3, json, os
from botocore.config import Config

def run(event, context):
    if event.get('invoke'):
        boto3.client('lambda').invoke(FunctionName=event['invoke'], Payload=b'{}')
    if event.get('url'):
        s3 = boto3.client('s3', config=Config(signature_version='s3v4', s3={'addressing_style': 'path'}))
        return s3.generate_presigned_url('get_object', Params={'Bucket': 'data', 'Key': 'signed'})
    boto3.client('sqs').list_queues()
"""


@pytest.fixture(autouse=True)
def _ours(local_cloud):
    if not isinstance(local_cloud, Local_Cloud):
        pytest.skip('another endpoint was given')


@pytest.fixture
def function(session_kwargs):
    """function(name): made, in the account of the test."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, 'w') as file:
        file.writestr('app.py', CODE)
    client = boto3.client('lambda', **session_kwargs)

    def made(name):
        client.create_function(
            FunctionName=name,
            Runtime=f'python3.{sys.version_info.minor}',
            Handler='app.run',
            Role='arn:aws:iam::000000000000:role/any',
            Code={'ZipFile': archive.getvalue()},
            Timeout=30,
        )
        return lambda event: json.load(client.invoke(FunctionName=name, Payload=json.dumps(event))['Payload'])

    return made


class test_calls:
    def test_each_function_has_its_own(self, local_cloud, account, function):
        function('inner')
        assert function('outer')({'invoke': 'inner'}) is None
        seen = [call['operation'] for call in local_cloud.calls('outer', account)]
        assert seen == ['Invoke', 'ListQueues']
        assert [call['operation'] for call in local_cloud.calls('inner', account)] == ['ListQueues']
        assert local_cloud.calls('outer', account)[0]['resource'].endswith(f':{account}:function:inner')

    def test_they_are_of_one_account_and_region(self, local_cloud, account, function):
        function('fn')({})
        assert local_cloud.calls('fn', account, 'eu-west-1') == []
        assert local_cloud.calls('fn', '999999999999') == []
        with pytest.raises(ValueError, match='not 12 digits'):
            local_cloud.calls('fn', '1')

    def test_a_url_that_the_function_signed_counts_for_it(self, local_cloud, account, session_kwargs, function):
        boto3.client('s3', **session_kwargs).create_bucket(Bucket='data')
        boto3.client('s3', **session_kwargs).put_object(Bucket='data', Key='signed', Body=b'')
        url = function('fn')({'url': True})
        assert urllib.request.urlopen(url).status == 200
        assert [call['resource'] for call in local_cloud.calls('fn', account)] == ['arn:aws:s3:::data/signed']

    def test_a_reset_forgets_them(self, local_cloud, account, function):
        function('fn')({})
        assert local_cloud.calls('fn', account)
        local_cloud.reset(account)
        assert local_cloud.calls('fn', account) == []
