import json
from collections.abc import Mapping
from typing import Any, Optional, Self

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.errors import Aws__Conflict, Aws__Not_Found

BASIC_EXECUTION = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'


class IAM_Role(Aws__Resource):
    """One IAM role, by name.

    Errors : Aws__Not_Found where the role has to be there; Aws__Access_Denied; Aws__Invalid for a malformed document.
    """

    service_name: str = 'iam'
    role_name: str

    def __init__(self, role_name: str, session_kwargs: Any_Session = None, target: Optional[str] = None):
        super().__init__(session_kwargs, target, role_name=role_name)

    def create_for__lambda(self) -> Self:
        """A role that Lambda can assume, and that may write logs. One that exists keeps its trust policy, and gets the
        logs policy when it lacks it."""
        return self.create_for_service('lambda.amazonaws.com').attach_policy(BASIC_EXECUTION)

    def ensure_for__lambda(self, repair: bool = False) -> str:
        """The ARN of the role, made as by create_for__lambda() when it isn't there.

        One that is there is left alone; repair gives it the logs policy when it lacks it."""
        info = self.info()
        if not info:
            arn = self._create('lambda.amazonaws.com')
            self.attach_policy(BASIC_EXECUTION)
            return arn or self.arn()
        if repair and BASIC_EXECUTION not in self.policies_attached():
            self.attach_policy(BASIC_EXECUTION)
        return str(info['Arn'])

    def create_for_service(self, service: str) -> Self:
        """A role that `service` can assume, when the role isn't there yet."""
        self._create(service)
        return self

    def arn(self) -> str:
        """'arn:aws:iam::<account>:role/<name>'; raises Aws__Not_Found when the role isn't there."""
        return str(self.call('get_role', RoleName=self.role_name)['Role']['Arn'])

    def exists(self) -> bool:
        """Whether the role is there; any other trouble raises."""
        return bool(self.info())

    def info(self) -> dict[str, Any]:
        """{'RoleName', 'Arn', 'CreateDate', 'AssumeRolePolicyDocument', …}; {} when it isn't there."""
        try:
            return dict(self.call('get_role', RoleName=self.role_name)['Role'])
        except Aws__Not_Found:
            return {}

    def attach_policy(self, policy_arn: str) -> Self:
        """Attach a managed policy; one that is attached already stays."""
        self.call('attach_role_policy', RoleName=self.role_name, PolicyArn=policy_arn)
        return self

    def policies_attached(self) -> list[str]:
        """The ARNs of the managed policies that are attached, sorted."""
        found = self.paginate('list_attached_role_policies', 'AttachedPolicies', RoleName=self.role_name)
        return sorted(policy['PolicyArn'] for policy in found)

    def set_inline_policy(self, name: str, document: Mapping[str, Any]) -> Self:
        """Write an inline policy, over one of the same name."""
        self.call(
            'put_role_policy', RoleName=self.role_name, PolicyName=name, PolicyDocument=json.dumps(dict(document))
        )
        return self

    def inline_policies(self) -> list[str]:
        """The names of the inline policies, sorted."""
        return sorted(self.paginate('list_role_policies', 'PolicyNames', RoleName=self.role_name))

    def delete(self) -> bool:
        """Detach and remove its policies, and delete it; False when it wasn't there."""
        try:
            for arn in self.policies_attached():
                self.call('detach_role_policy', RoleName=self.role_name, PolicyArn=arn)
            for name in self.inline_policies():
                self.call('delete_role_policy', RoleName=self.role_name, PolicyName=name)
            self.call('delete_role', RoleName=self.role_name)
        except Aws__Not_Found:
            return False
        return True

    def _create(self, service: str) -> Optional[str]:
        """The new role's ARN; None when there was one already."""
        statement = {'Effect': 'Allow', 'Principal': {'Service': service}, 'Action': 'sts:AssumeRole'}
        trust = json.dumps({'Version': '2012-10-17', 'Statement': [statement]})
        try:
            answer = self.call('create_role', RoleName=self.role_name, AssumeRolePolicyDocument=trust)
        except Aws__Conflict as error:
            if error.code != 'EntityAlreadyExists':
                raise
            return None
        return str(answer['Role']['Arn'])
