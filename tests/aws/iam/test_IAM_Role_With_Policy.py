import pytest

from osbot_lambda.aws.iam.IAM_Policy import IAM_Policy
from osbot_lambda.aws.iam.IAM_Role_With_Policy import IAM_Role_With_Policy


@pytest.mark.usefixtures('anywhere')
class test_IAM_Role_With_Policy:
    def test_a_service_may_do_everything_in_cloudwatch_logs(self):
        role = IAM_Role_With_Policy('r')
        made = role.create_cloudwatch_allow_all('states', 'project')
        arn = 'arn:aws:iam::123456789012:policy/project_cloud-watch'
        assert made == {'role_arn': role.arn(), 'policies_arns': [arn]}
        assert role.assume_policy()['Statement'][0]['Principal'] == {'Service': 'states.amazonaws.com'}
        assert IAM_Policy(arn).policy_document()['Statement'] == [
            {'Effect': 'Allow', 'Action': 'logs:*', 'Resource': '*'}
        ]
        assert role.policies_attached() == [arn]

    def test_a_role_for_api_gateway(self):
        role = IAM_Role_With_Policy('r')
        assert role.create_api_gateway__cloudwatch_allow_all()['role_arn'] == role.arn()
        assert role.assume_policy()['Statement'][0]['Principal'] == {'Service': 'apigateway.amazonaws.com'}
