from typing import Any

from osbot_lambda.aws.iam.IAM_Policy import IAM_Policy
from osbot_lambda.aws.iam.IAM_Role import IAM_Role


class IAM_Role_With_Policy(IAM_Role):
    """A role that comes with a managed policy for CloudWatch Logs.

    IAM_Role_With_Policy('api-logs').create_api_gateway__cloudwatch_allow_all('my-project')
    """

    def policy_template_cloudwatch_allow_all(self) -> dict[str, Any]:
        """{'cloud-watch': a document that allows everything in CloudWatch Logs}."""
        return {'cloud-watch': IAM_Policy('cloud-watch', self.session).allow('logs:*').document()}

    def create_cloudwatch_allow_all(self, service: str, project_name: str = '') -> dict[str, Any]:
        """A role that `service` ('states' or 'states.amazonaws.com') can assume, and that may do everything in
        CloudWatch Logs: {'role_arn', 'policies_arns'}."""
        principal = service if '.' in service else f'{service}.amazonaws.com'
        policies = self.policy_template_cloudwatch_allow_all()
        return self.create_for_service_with_policies(principal, policies, project_name)

    def create_api_gateway__cloudwatch_allow_all(self, project_name: str = '') -> dict[str, Any]:
        """The same for API Gateway."""
        return self.create_cloudwatch_allow_all('apigateway.amazonaws.com', project_name)
