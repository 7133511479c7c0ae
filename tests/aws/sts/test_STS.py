import pytest

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs
from osbot_lambda.aws.sts.STS import STS

ROLE = 'arn:aws:iam::123456789012:role/r'


class test_STS:
    @pytest.mark.usefixtures('mocked')
    def test_says_who_is_calling(self):
        sts = STS()
        assert sts.account_id() == '123456789012'
        assert sts.caller_identity().keys() == {'UserId', 'Account', 'Arn'}

    @pytest.mark.usefixtures('mocked')
    def test_a_role_is_assumed_under_a_mock_too(self):
        kwargs = STS().assume_role(ROLE, 'me', duration=900)
        assert kwargs.target is None
        assert STS(kwargs).caller_identity()['Arn'] == 'arn:aws:sts::123456789012:assumed-role/r/me'

    def test_a_role_of_the_local_cloud_is_used_by_any_class(self, session_kwargs, account):
        session = AWS_Session({**session_kwargs, 'read_timeout': 50, 'region_name': 'eu-west-1'})
        role = IAM_Role('r', session).create_for__lambda()
        S3(session).bucket_create('bucket')
        kwargs = STS(session).assume_role(role.arn(), policy={'Version': '2012-10-17', 'Statement': []})
        assert isinstance(kwargs, Session__Kwargs)
        assert (kwargs.region_name, kwargs.read_timeout) == ('eu-west-1', 50)
        for given in (kwargs, kwargs.kwargs(), AWS_Session(kwargs)):
            assert S3(given).buckets() == ['bucket']
            assert STS(given).account_id() == account
            assert ':assumed-role/r/osbot-lambda' in STS(given).caller_identity()['Arn']

    def test_the_answer_itself_says_when_the_credentials_end(self, session_kwargs):
        found = STS(session_kwargs).assume_role_raw(IAM_Role('r', session_kwargs).create_for__lambda().arn())
        assert found['Credentials'].keys() == {'AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'}
