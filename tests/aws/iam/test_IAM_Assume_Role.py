from datetime import UTC, datetime, timedelta

import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.iam.IAM_Assume_Role import IAM_Assume_Role
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sts.STS import STS
from osbot_lambda.errors import Aws__Access_Denied, Aws__Not_Found


@pytest.fixture
def assume(session_kwargs):
    return IAM_Assume_Role('r', session_kwargs=AWS_Session(session_kwargs)).add_policy('s3', '*', '*')


def _answer(key: str, seconds: int = 3600) -> dict:
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    keys = {'AccessKeyId': key, 'SecretAccessKey': 's' * 20, 'SessionToken': 't', 'Expiration': end}
    return {'Credentials': keys}


class test_IAM_Assume_Role:
    def test_the_caller_becomes_the_role(self, assume, account):
        assert not assume.role_exists()
        kwargs = assume.create_role().session_kwargs()
        identity = STS(kwargs).caller_identity()
        assert identity['Account'] == account
        assert identity['Arn'].startswith(f'arn:aws:sts::{account}:assumed-role/r/')
        S3(assume.session).bucket_create('bucket')
        assert S3(kwargs).buckets() == ['bucket']
        assert assume.boto3_client('s3').list_buckets()['Buckets'][0]['Name'] == 'bucket'

    def test_the_role_trusts_the_caller_and_has_the_policies(self, assume):
        assume.add_policy('sqs', ['SendMessage', 'logs:PutLogEvents'], 'arn:aws:sqs:*:*:q').create_role()
        caller = STS(assume.session).caller_identity()['Arn']
        assert assume.iam_role().assume_policy()['Statement'][0]['Principal'] == {'AWS': caller}
        assert assume.policies() == ['policy_1', 'policy_2']
        assert assume.iam_role().inline_policy('policy_2')['Statement'] == [
            {'Effect': 'Allow', 'Action': ['sqs:SendMessage', 'logs:PutLogEvents'], 'Resource': 'arn:aws:sqs:*:*:q'}
        ]
        assert assume.delete_role() is True
        assert assume.delete_role() is False

    def test_a_role_that_exists_is_kept_unless_it_is_to_be_made_anew(self, assume):
        made = assume.create_role().iam_role().info()['RoleId']
        assert assume.create_role().iam_role().info()['RoleId'] == made
        assert assume.create_role(recreate=True).iam_role().info()['RoleId'] != made

    def test_credentials_are_the_same_until_they_end(self, assume):
        assume.create_role()
        with Stubber(assume.session.client('sts')) as stub:
            for key, seconds in (('ASIA000000000001', 3600), ('ASIA000000000002', 30), ('ASIA000000000003', 3600)):
                stub.add_response('assume_role', _answer(key, seconds))
            assert assume.credentials_expired()
            assert assume.credentials_expiration_date() is None
            assert [assume.credentials()['AccessKeyId'][-1] for _ in range(2)] == ['1', '1']
            assert not assume.credentials_expired()
            assert assume.credentials(reset=True)['AccessKeyId'][-1] == '2'
            assert assume.credentials()['AccessKeyId'][-1] == '3'

    def test_a_role_that_was_just_made_is_waited_for(self, assume):
        assume.create_role()
        with Stubber(assume.session.client('sts')) as stub:
            stub.add_client_error('assume_role', 'AccessDenied', 'not yet', 403)
            stub.add_response('assume_role', _answer('ASIA000000000001'))
            assert assume.credentials()['AccessKeyId'] == 'ASIA000000000001'

    def test_a_role_that_was_there_and_may_not_be_assumed_is_said_at_once(self, assume):
        assume.create_role()
        other = IAM_Assume_Role('r', session_kwargs=assume.session)
        with Stubber(assume.session.client('sts')) as stub:
            stub.add_client_error('assume_role', 'AccessDenied', 'never', 403)
            with pytest.raises(Aws__Access_Denied, match=r'sts.AssumeRole of arn:aws:iam::\d+:role/r: AccessDenied'):
                other.credentials()

    def test_a_role_that_is_not_there(self, assume):
        with pytest.raises(Aws__Not_Found):
            assume.session_kwargs()

    def test_a_call_is_waited_for_until_it_is_allowed(self, assume):
        assume.create_role()
        assert assume.wait_for_valid_execution('s3', 'list_buckets')['Buckets'] == []
        client = AWS_Session(assume.session_kwargs()).client('s3')
        with Stubber(client) as stub:
            stub.add_client_error('list_buckets', 'AccessDenied', 'not yet', 403)
            stub.add_response('list_buckets', {'Buckets': []})
            assert assume.wait_for_valid_execution('s3', 'list_buckets') == {'Buckets': []}
            stub.add_client_error('list_buckets', 'AccessDenied', 'never', 403)
            with pytest.raises(Aws__Access_Denied):
                assume.wait_for_valid_execution('s3', 'list_buckets', timeout=0)

    def test_neither_repr_nor_json_shows_the_secrets(self, assume):
        found = assume.create_role().credentials()
        for shown in (repr(assume), str(assume.json()), repr(assume.session_kwargs())):
            assert found['SecretAccessKey'] not in shown
            assert found['SessionToken'] not in shown

    def test_a_with_block_deletes_nothing(self, assume):
        with assume as _:
            _.create_role()
        assert assume.role_exists()

    def test_a_trust_policy_for_others(self, assume):
        document = assume.default_assume_policy(service_name='lambda.amazonaws.com', federated='cognito')
        principal = {'Service': 'lambda.amazonaws.com', 'Federated': 'cognito'}
        assert document['Statement'] == [{'Effect': 'Allow', 'Principal': principal, 'Action': 'sts:AssumeRole'}]
