import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.iam.IAM_Policy import IAM_Policy
from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.errors import Aws__Conflict, Aws__Invalid, Aws__Not_Found

ARN = 'arn:aws:iam::123456789012:policy/p'


@pytest.fixture
def policy():
    policy = IAM_Policy('p').allow('s3:GetObject', 'arn:aws:s3:::b/*')
    policy.create()
    return policy


@pytest.mark.usefixtures('anywhere')
class test_IAM_Policy:
    def test_comes_and_goes(self):
        policy = IAM_Policy('p').allow('s3:*')
        assert (policy.exists(), policy.info(), policy.delete()) == (False, {}, False)
        assert policy.create() == policy.create() == policy.arn() == ARN
        assert policy.exists()
        assert policy.info()['PolicyName'] == 'p'
        assert policy.delete() is True
        assert not policy.exists()

    def test_a_document_is_built(self):
        policy = IAM_Policy('p').allow(('s3:Get*', 's3:Put*'), ['a', 'b']).deny('s3:PutObject', condition={'Bool': {}})
        assert policy.document() == {
            'Version': '2012-10-17',
            'Statement': [
                {'Effect': 'Allow', 'Action': ['s3:Get*', 's3:Put*'], 'Resource': ['a', 'b']},
                {'Effect': 'Deny', 'Action': 's3:PutObject', 'Resource': '*', 'Condition': {'Bool': {}}},
            ],
        }

    def test_a_statement_is_there_once_and_one_of_the_same_sid_is_replaced(self):
        policy = IAM_Policy('p').allow('s3:*').allow('s3:*').allow('sqs:*', sid='Queue').allow('sqs:Send*', sid='Queue')
        assert policy.document()['Statement'] == [
            {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'},
            {'Sid': 'Queue', 'Effect': 'Allow', 'Action': 'sqs:Send*', 'Resource': '*'},
        ]

    @pytest.mark.parametrize('method', ['create', 'update', 'create_or_update'])
    def test_a_policy_without_statements_is_not_sent(self, method):
        with pytest.raises(Aws__Invalid, match=r'policy p has no statement: use allow\(\)'):
            getattr(IAM_Policy('p'), method)()

    def test_a_document_that_iam_refuses_is_invalid(self):
        with pytest.raises(Aws__Invalid, match='MalformedPolicyDocument'):
            IAM_Policy('p').create({'Version': '2012-10-17', 'Statement': 'nonsense'})

    def test_a_policy_that_exists_stays_or_is_a_conflict(self, policy):
        before = policy.policy_document()
        other = IAM_Policy('p').allow('sqs:*')
        assert other.create() == ARN
        assert policy.policy_document() == before == policy.document()
        with pytest.raises(Aws__Conflict, match='EntityAlreadyExists'):
            other.create(skip_if_exists=False)

    def test_update_makes_a_new_default_version_when_something_differs(self, policy):
        assert policy.update().update() is policy
        assert [version['VersionId'] for version in policy.versions()] == ['v1']
        policy.allow('sqs:*').update()
        assert policy.info()['DefaultVersionId'] == 'v2'
        assert policy.policy_document() == policy.document()
        assert len(policy.policy_document('v1')['Statement']) == 1

    def test_of_five_versions_the_oldest_gives_way(self, policy):
        for number in range(6):
            policy.allow(f'sqs:{number}').update()
        versions = policy.versions()
        assert len(versions) == 5
        assert 'v1' not in [version['VersionId'] for version in versions]
        assert len(policy.policy_document()['Statement']) == 7

    def test_create_or_update_makes_it_say_what_is_wanted(self):
        for _ in range(2):
            assert IAM_Policy('p').allow('s3:*').create_or_update() == ARN
        assert IAM_Policy('p').allow('sqs:*').create_or_update() == ARN
        assert IAM_Policy(ARN).policy_document()['Statement'][0]['Action'] == 'sqs:*'

    def test_an_arn_names_a_policy_with_its_path(self):
        made = IAM_Policy('p', path='/a/b/').allow('s3:*')
        arn = made.create()
        found = IAM_Policy(arn)
        assert (found.arn(), found.policy_name, found.path) == (made.arn(), 'p', '/a/b/')
        assert IAM_Policy(policy_arn=ARN).path == '/'
        with pytest.raises(ValueError, match='policy_name or a policy_arn'):
            IAM_Policy()

    def test_a_policy_that_somebody_has_is_deleted_only_when_told_to(self, policy):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com', [policy])
        policy.allow('sqs:*').update()
        assert policy.attached_to() == {'roles': ['r'], 'users': [], 'groups': []}
        with pytest.raises(Aws__Conflict, match=r'attached to roles r; delete\(detach=True\)'):
            policy.delete()
        assert len(policy.versions()) == 2
        assert policy.delete(detach=True) is True
        assert role.policies_attached() == []

    def test_what_is_not_there_is_said(self):
        with pytest.raises(Aws__Not_Found, match=r'iam.GetPolicy of arn:aws:iam::123456789012:policy/p: NoSuchEntity'):
            IAM_Policy('p').policy_document()

    def test_versions_are_read_to_the_last_page(self, policy):
        page = {'VersionId': 'v2', 'IsDefaultVersion': True}
        with Stubber(policy.client()) as stub:
            stub.add_response('list_policy_versions', {'Versions': [page], 'IsTruncated': True, 'Marker': 'm'})
            stub.add_response('list_policy_versions', {'Versions': [{'VersionId': 'v1', 'IsDefaultVersion': False}]})
            assert [version['VersionId'] for version in policy.versions()] == ['v2', 'v1']
