import pytest

from osbot_lambda.aws.iam.IAM_Role import BASIC_EXECUTION, IAM_Role
from osbot_lambda.errors import Aws__Invalid, Aws__Not_Found

DOCUMENT = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*'}]}
OTHER = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Action': '*', 'Resource': '*'}]}


@pytest.mark.usefixtures('mocked_with_managed_policies')
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
