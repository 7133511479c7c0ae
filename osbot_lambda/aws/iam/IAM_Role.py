import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional, Self, Union

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.aws.Deadline import Deadline
from osbot_lambda.aws.iam.IAM_Policy import VERSION, IAM_Policy
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import Aws__Conflict, Aws__Not_Found, Wait__Timeout

LAMBDA = 'lambda.amazonaws.com'
BASIC_EXECUTION = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'  # logs
SQS_EXECUTION = 'arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole'  # logs, and a queue as trigger
XRAY_WRITE = 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess'  # trace_mode 'Active'

Policies = Sequence[Union[str, IAM_Policy]]


class IAM_Role(Aws__Resource):
    """One IAM role, by name or ARN; without either a name is made up ('osbot_temp_role_…').

        role = IAM_Role('my-lambda-role').create_for__lambda(policies=[SQS_EXECUTION])
        Lambda('my-function').set_role(role.arn())

    Shapes : policies are ARNs or IAM_Policy objects, of managed policies; inline_policies maps names to documents,
             {'Version', 'Statement': […]}.
    Errors : Aws__Not_Found where the role has to be there; Aws__Access_Denied; Aws__Invalid for a malformed document.
    Note   : IAM answers for a new role some seconds before Lambda and STS know it. What makes a role here waits until
             IAM shows it; Lambda.create() and IAM_Assume_Role wait for the rest, where it shows.
    """

    service_name: str = 'iam'
    role_name: str

    def __init__(
        self,
        role_name: Optional[str] = None,
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        *,
        role_arn: Optional[str] = None,
    ):
        arn = role_arn or role_name or ''
        super().__init__(session_kwargs, target, role_name=arn.rpartition('/')[2] or _made_up_name())

    # ---- making it

    def create_for__lambda(
        self, policies: Policies = (), inline_policies: Optional[Mapping[str, Mapping[str, Any]]] = None
    ) -> Self:
        """A role that Lambda can assume, and that may write logs; with more policies when they are given. One that
        exists keeps its trust policy and all that it has, and gets the policies that it lacks."""
        return self.create_for_service(LAMBDA, [BASIC_EXECUTION, *policies], inline_policies)

    def ensure_for__lambda(self, repair: bool = False) -> str:
        """The ARN of the role, made as by create_for__lambda() when it isn't there.

        One that is there is left alone; repair gives it the logs policy when it lacks it."""
        info = self.info()
        if not info:
            arn = self._create(json.dumps(_trust({'Service': LAMBDA})))
            self.attach_policy(BASIC_EXECUTION)
            Deadline.role_changed()
            return arn or self.arn()
        if repair and BASIC_EXECUTION not in self.policies_attached():
            self.attach_policy(BASIC_EXECUTION)
        return str(info['Arn'])

    def obtain_for__lambda(self, description: str) -> dict[str, Any]:
        """As info(), of the role, which is made when it isn't there: Lambda can assume it, and it may do nothing."""
        made = self._create(json.dumps(_trust({'Service': LAMBDA})), Description=description)
        Deadline.role_changed()
        return self.info() if made is None else {'RoleName': self.role_name, 'Arn': made, 'Description': description}

    def create_for_service(
        self,
        service: str,
        policies: Policies = (),
        inline_policies: Optional[Mapping[str, Mapping[str, Any]]] = None,
    ) -> Self:
        """A role that `service` ('lambda.amazonaws.com') can assume, when the role isn't there yet; in any case it then
        has the policies."""
        self.create(_trust({'Service': service}))
        for policy in policies:
            self.attach_policy(policy)
        for name, document in (inline_policies or {}).items():
            self.set_inline_policy(name, document)
        return self

    def create_for_service__assume_role(self, service: str) -> Self:
        """The same as create_for_service(service)."""
        return self.create_for_service(service)

    def create_for_service_with_policies(
        self,
        service: str,
        policies: Mapping[str, Mapping[str, Any]],
        project_name: str = '',
        recreate_policy: bool = False,
    ) -> dict[str, Any]:
        """A role that `service` can assume, with a managed policy for each {name: document}, whose name begins with
        '<project_name>_' when one is given: {'role_arn', 'policies_arns'}. A policy that exists stays as it is, with
        recreate_policy it gets the document as its new version."""
        self.create_for_service(service)
        arns = []
        for name, document in policies.items():
            policy = self._policy(f'{project_name}_{name}' if project_name else name)
            arns.append(policy.create_or_update(document) if recreate_policy else policy.create(document))
            self.attach_policy(arns[-1])
        return {'role_arn': self.arn(), 'policies_arns': arns}

    def create_from_statement(self, statement: Mapping[str, Any]) -> Self:
        """A role that whom the statement names can assume."""
        return self.create_from_statements([statement])

    def create_from_statements(self, statements: Sequence[Mapping[str, Any]]) -> Self:
        """A role whose trust policy has these statements, when the role isn't there yet."""
        return self.create({'Version': VERSION, 'Statement': [dict(statement) for statement in statements]})

    def create(
        self,
        assume_policy_document: Mapping[str, Any],
        skip_if_exists: bool = True,
        description: Optional[str] = None,
        max_session_duration: Optional[int] = None,
    ) -> Self:
        """A role with this trust policy. One that is there stays as it is; without skip_if_exists it raises
        Aws__Conflict. max_session_duration is in seconds, 3600..43200."""
        document = self.to_json(dict(assume_policy_document), 'CreateRole', self.role_name)
        if self._create(document, skip_if_exists, Description=description, MaxSessionDuration=max_session_duration):
            self.wait_until_exists()
        return self

    def wait_until_exists(self, timeout: float = 20) -> Self:
        """As soon as IAM shows the role; raises Wait__Timeout."""
        if Wait(timeout).until(lambda: self.info() or None) is None:
            raise Wait__Timeout(f'role {self.role_name}', 'there', 'absent', timeout)
        return self

    # ---- what it is

    def arn(self) -> str:
        """'arn:aws:iam::<account>:role/<name>'; raises Aws__Not_Found when the role isn't there."""
        return str(self.call('get_role', RoleName=self.role_name)['Role']['Arn'])

    def exists(self) -> bool:
        """Whether the role is there; any other trouble raises."""
        return bool(self.info())

    def not_exists(self) -> bool:
        """Whether the role isn't there; any other trouble raises."""
        return not self.exists()

    def info(self) -> dict[str, Any]:
        """{'RoleName', 'Arn', 'CreateDate', 'AssumeRolePolicyDocument', …}; {} when it isn't there."""
        try:
            return dict(self.call('get_role', RoleName=self.role_name)['Role'])
        except Aws__Not_Found:
            return {}

    def assume_policy(self) -> dict[str, Any]:
        """The trust policy: who may assume the role."""
        return dict(self.call('get_role', RoleName=self.role_name)['Role']['AssumeRolePolicyDocument'])

    def set_assume_policy(self, document: Mapping[str, Any]) -> Self:
        """Replace the trust policy."""
        text = self.to_json(dict(document), 'UpdateAssumeRolePolicy', self.role_name)
        self.call('update_assume_role_policy', RoleName=self.role_name, PolicyDocument=text)
        return self

    # ---- managed policies

    def add_policy_for__lambda(self) -> str:
        """Let it write logs, as every function's role has to; the ARN of AWS's policy for that."""
        self.attach_policy(BASIC_EXECUTION)
        return BASIC_EXECUTION

    def attach_policy(
        self, policy: Union[str, IAM_Policy], policy_document: Optional[Mapping[str, Any]] = None
    ) -> Self:
        """Attach a managed policy, by ARN; one that is attached already stays. With a document, `policy` is a name:
        the policy is made, or gets the document as its new version."""
        if policy_document is not None:
            policy = policy if isinstance(policy, IAM_Policy) else self._policy(policy)
            arn = policy.create_or_update(policy_document)
        else:
            arn = _arn(policy)
        self.call('attach_role_policy', RoleName=self.role_name, PolicyArn=arn)
        return self

    def detach_policy(self, policy: Union[str, IAM_Policy]) -> bool:
        """Detach a managed policy, by ARN; False when it wasn't attached."""
        try:
            self.call('detach_role_policy', RoleName=self.role_name, PolicyArn=_arn(policy))
        except Aws__Not_Found:
            return False
        return True

    def delete_policy(self, policy_arn: Optional[str] = None, policy_name: Optional[str] = None) -> bool:
        """Detach a managed policy and delete it; False when it wasn't there. Aws__Conflict while others have it."""
        policy = self._policy(policy_arn or policy_name or '')
        self.detach_policy(policy)
        return policy.delete()

    def policies_attached(self) -> list[str]:
        """The ARNs of the managed policies that are attached, sorted."""
        found = self.iterate('list_attached_role_policies', 'AttachedPolicies', RoleName=self.role_name)
        return sorted(policy['PolicyArn'] for policy in found)

    def policies(self) -> Iterator[IAM_Policy]:
        """The managed policies that are attached, as they are asked for."""
        for found in self.iterate('list_attached_role_policies', 'AttachedPolicies', RoleName=self.role_name):
            yield self._policy(found['PolicyArn'])

    def policies_statements(self) -> dict[str, list[dict[str, Any]]]:
        """All that it may do: {policy's name: its statements}, of managed and inline policies."""
        documents = {policy.policy_name: policy.policy_document() for policy in self.policies()}
        documents |= {name: self.inline_policy(name) for name in self.inline_policies()}
        return {name: _statements(document) for name, document in documents.items()}

    # ---- inline policies

    def set_inline_policy(self, name: str, document: Mapping[str, Any]) -> Self:
        """Write an inline policy, over one of the same name."""
        text = self.to_json(dict(document), 'PutRolePolicy', self.role_name)
        self.call('put_role_policy', RoleName=self.role_name, PolicyName=name, PolicyDocument=text)
        return self

    def inline_policies(self) -> list[str]:
        """The names of the inline policies, sorted."""
        return sorted(self.paginate('list_role_policies', 'PolicyNames', RoleName=self.role_name))

    def inline_policy(self, name: str) -> dict[str, Any]:
        """The document of an inline policy."""
        found = self.call('get_role_policy', RoleName=self.role_name, PolicyName=name)['PolicyDocument']
        return dict(json.loads(found) if isinstance(found, str) else found)

    def inline_policy_delete(self, name: str) -> bool:
        """Delete an inline policy; False when it wasn't there."""
        try:
            self.call('delete_role_policy', RoleName=self.role_name, PolicyName=name)
        except Aws__Not_Found:
            return False
        return True

    def delete(self) -> bool:
        """Detach its managed policies (which stay), remove its inline ones, and delete it; False when it wasn't
        there."""
        try:
            for arn in self.policies_attached():
                self.detach_policy(arn)
            for name in self.inline_policies():
                self.inline_policy_delete(name)
            self.call('delete_role', RoleName=self.role_name)
        except Aws__Not_Found:
            return False
        return True

    def _policy(self, name_or_arn: str) -> IAM_Policy:
        return IAM_Policy(name_or_arn, session_kwargs=self.session)

    def _create(self, trust: str, skip_if_exists: bool = True, **parameters: Any) -> Optional[str]:
        """The new role's ARN; None when there was one already."""
        try:
            answer = self.call('create_role', RoleName=self.role_name, AssumeRolePolicyDocument=trust, **parameters)
        except Aws__Conflict as error:
            if error.code != 'EntityAlreadyExists' or not skip_if_exists:
                raise
            return None
        return str(answer['Role']['Arn'])


def _trust(principal: Mapping[str, Any]) -> dict[str, Any]:
    statement = {'Effect': 'Allow', 'Principal': dict(principal), 'Action': 'sts:AssumeRole'}
    return {'Version': VERSION, 'Statement': [statement]}


def _arn(policy: Union[str, IAM_Policy]) -> str:
    return policy.arn() if isinstance(policy, IAM_Policy) else policy


def _statements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = document.get('Statement', [])
    return [dict(found)] if isinstance(found, Mapping) else [dict(statement) for statement in found]


def _made_up_name() -> str:
    from secrets import token_hex

    return f'osbot_temp_role_{token_hex(6)}'
