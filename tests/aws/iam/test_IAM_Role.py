import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.iam.IAM_Policy import IAM_Policy
from osbot_lambda.aws.iam.IAM_Role import BASIC_EXECUTION, SQS_EXECUTION, XRAY_WRITE, IAM_Role
from osbot_lambda.errors import Aws__Conflict, Aws__Invalid, Aws__Not_Found, Wait__Timeout

DOCUMENT = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*'}]}
OTHER = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Action': '*', 'Resource': '*'}]}


@pytest.mark.usefixtures('anywhere')
class test_IAM_Role:
    def test_a_role_for_lambda_can_be_assumed_and_may_log(self):
        role = IAM_Role('r').create_for__lambda()
        assert role.arn() == 'arn:aws:iam::123456789012:role/r'
        assert role.info()['AssumeRolePolicyDocument']['Statement'] == [
            {'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}
        ]
        assert role.policies_attached() == [BASIC_EXECUTION]

    def test_a_role_that_exists_gets_the_policy_it_lacks(self):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com')
        assert role.policies_attached() == []
        assert role.create_for__lambda().create_for__lambda().policies_attached() == [BASIC_EXECUTION]

    def test_a_role_that_is_not_there(self):
        role = IAM_Role('r')
        assert (role.exists(), role.info(), role.delete()) == (False, {}, False)
        with pytest.raises(Aws__Not_Found, match=r'iam.GetRole of r: NoSuchEntity'):
            role.arn()

    def test_inline_policies_are_written_over(self):
        role = IAM_Role('r').create_for__lambda()
        role.set_inline_policy('p', OTHER).set_inline_policy('p', DOCUMENT)
        assert role.inline_policies() == ['p']
        assert role.call('get_role_policy', RoleName='r', PolicyName='p')['PolicyDocument'] == DOCUMENT

    def test_delete_takes_its_policies_along(self):
        role = IAM_Role('r').create_for__lambda().set_inline_policy('p', DOCUMENT)
        assert role.exists()
        assert role.delete() is True
        assert not role.exists()

    def test_a_document_that_iam_refuses_is_invalid(self):
        with pytest.raises(Aws__Invalid, match='MalformedPolicyDocument'):
            IAM_Role('r').create_for__lambda().set_inline_policy('p', {'Statement': 'nonsense'})

    def test_ensure_makes_the_role_that_is_missing(self):
        assert IAM_Role('r').ensure_for__lambda() == 'arn:aws:iam::123456789012:role/r'
        assert IAM_Role('r').policies_attached() == [BASIC_EXECUTION]

    def test_ensure_leaves_a_role_that_exists_alone_unless_it_is_to_be_repaired(self):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com')
        assert role.ensure_for__lambda() == role.arn()
        assert role.policies_attached() == []
        assert role.ensure_for__lambda(repair=True) == role.arn()
        assert role.policies_attached() == [BASIC_EXECUTION]

    def test_a_role_for_lambda_may_have_more_policies_than_logs(self):
        own = IAM_Policy('own').allow('s3:GetObject')
        own.create()
        for _ in range(2):
            role = IAM_Role('r').create_for__lambda([SQS_EXECUTION, XRAY_WRITE, own], {'inline': DOCUMENT})
            assert role.policies_attached() == sorted([BASIC_EXECUTION, SQS_EXECUTION, XRAY_WRITE, own.arn()])
            assert role.inline_policies() == ['inline']

    def test_an_arn_names_a_role_too(self):
        assert IAM_Role('arn:aws:iam::123456789012:role/a/path/r').role_name == 'r'
        assert IAM_Role(role_arn='arn:aws:iam::123456789012:role/r').role_name == 'r'

    def test_a_role_without_a_name_has_one_of_its_own(self):
        one, two = IAM_Role(), IAM_Role()
        assert one.role_name.startswith('osbot_temp_role_')
        assert one.role_name != two.role_name

    def test_create_takes_a_trust_policy_and_leaves_a_role_that_exists(self):
        role = IAM_Role('r').create(_trust('states'))
        assert role.create(_trust('lambda')).assume_policy() == _trust('states')
        with pytest.raises(Aws__Conflict, match='EntityAlreadyExists'):
            role.create(_trust('lambda'), skip_if_exists=False)
        assert role.set_assume_policy(_trust('lambda')).assume_policy() == _trust('lambda')

    def test_create_from_statements(self):
        statement = _trust('states')['Statement'][0]
        assert IAM_Role('one').create_from_statement(statement).assume_policy() == _trust('states')
        two = IAM_Role('two').create_from_statements([statement, statement])
        assert two.assume_policy()['Statement'] == [statement, statement]

    def test_a_new_role_is_waited_for_until_iam_shows_it(self):
        role, looks = IAM_Role('r'), []
        info = IAM_Role.info

        def late(self):
            looks.append(1)
            return info(self) if len(looks) > 2 else {}

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(IAM_Role, 'info', late)
            role.create(_trust('lambda'))
        assert len(looks) == 3

    def test_a_role_that_does_not_come_is_a_timeout(self):
        with pytest.raises(Wait__Timeout, match='role r was not there after 0 s'):
            IAM_Role('r').wait_until_exists(timeout=0)

    def test_a_policy_can_be_made_and_attached_in_one(self):
        role = IAM_Role('r').create_for__lambda()
        role.attach_policy('own', OTHER).attach_policy('own', DOCUMENT)
        assert [policy.policy_name for policy in role.policies()] == ['AWSLambdaBasicExecutionRole', 'own']
        assert role.policies_statements()['own'] == DOCUMENT['Statement']
        assert role.delete_policy(policy_name='own') is True
        assert role.delete_policy(policy_name='own') is False
        assert role.policies_attached() == [BASIC_EXECUTION]

    def test_detach_says_whether_it_was_attached(self):
        role = IAM_Role('r').create_for__lambda()
        assert role.add_policy_for__lambda() == BASIC_EXECUTION
        assert role.detach_policy(BASIC_EXECUTION) is True
        assert role.detach_policy(BASIC_EXECUTION) is False

    def test_inline_policies_can_be_read_and_deleted(self):
        role = IAM_Role('r').create_for__lambda().set_inline_policy('p', DOCUMENT)
        assert role.inline_policy('p') == DOCUMENT
        assert role.policies_statements()['p'] == DOCUMENT['Statement']
        assert role.inline_policy_delete('p') is True
        assert role.inline_policy_delete('p') is False

    def test_a_role_with_policies_of_a_project(self):
        role = IAM_Role('r')
        made = role.create_for_service_with_policies('states.amazonaws.com', {'p': OTHER}, 'project')
        arn = 'arn:aws:iam::123456789012:policy/project_p'
        assert made == {'role_arn': role.arn(), 'policies_arns': [arn]}
        role.create_for_service_with_policies('states.amazonaws.com', {'p': DOCUMENT}, 'project')
        assert IAM_Policy(arn).policy_document() == OTHER
        role.create_for_service_with_policies('states.amazonaws.com', {'p': DOCUMENT}, 'project', recreate_policy=True)
        assert IAM_Policy(arn).policy_document() == DOCUMENT

    def test_policies_are_read_to_the_last_page(self):
        role = IAM_Role('r')
        first = {'AttachedPolicies': [{'PolicyArn': BASIC_EXECUTION}], 'IsTruncated': True, 'Marker': 'm'}
        with Stubber(role.client()) as stub:
            stub.add_response('list_attached_role_policies', first)
            stub.add_response('list_attached_role_policies', {'AttachedPolicies': [{'PolicyArn': XRAY_WRITE}]})
            stub.add_response('list_role_policies', {'PolicyNames': ['y'], 'IsTruncated': True, 'Marker': 'm'})
            stub.add_response('list_role_policies', {'PolicyNames': ['x']})
            assert role.policies_attached() == [XRAY_WRITE, BASIC_EXECUTION]
            assert role.inline_policies() == ['x', 'y']


def _trust(service: str) -> dict:
    statement = {'Effect': 'Allow', 'Principal': {'Service': f'{service}.amazonaws.com'}, 'Action': 'sts:AssumeRole'}
    return {'Version': '2012-10-17', 'Statement': [statement]}
