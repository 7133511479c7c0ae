from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Optional, Self, TypeVar, Union

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.aws.iam.IAM_Policy import VERSION
from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs
from osbot_lambda.aws.sts.STS import STS
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import Aws__Access_Denied, Aws__Credentials, Aws__Error

T = TypeVar('T')

NEW_ROLE_SECONDS = 60  # on AWS a new role can't be assumed at once, nor do its policies count at once
SPARE_SECONDS = 60  # credentials this close to their end are asked for anew


class IAM_Assume_Role(Aws__Resource):
    """A role that the caller itself assumes, with the inline policies that are added: to try what a role may do, or to
    work with less rights than one has.

        assume = IAM_Assume_Role('orders-reader').add_policy('s3', 'GetObject', 'arn:aws:s3:::orders/*')
        s3 = S3(assume.create_role().session_kwargs())

    Shapes : add_policy's service and action make 's3:GetObject'; session_kwargs() is a Session__Kwargs.
    Errors : Aws__Access_Denied when the caller may not assume the role; Aws__Not_Found where it has to be there.
    Note   : temporary credentials are kept in this object until they end, nowhere else.
    """

    service_name: str = 'iam'
    role_name: str
    policies_to_add: list[dict]

    def __init__(
        self,
        role_name: str,
        policies_to_add: Sequence[Mapping[str, Any]] = (),
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
    ):
        given = [dict(policy) for policy in policies_to_add]
        super().__init__(session_kwargs, target, role_name=role_name, policies_to_add=given)
        self.__dict__['__credentials__'] = None  # no attribute: json() shows no secrets
        self.__dict__['__is_new__'] = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is deleted; see delete_role()."""

    # ---- the role

    def sts(self) -> STS:
        """The caller's own STS."""
        return STS(self.session)

    def iam_role(self) -> IAM_Role:
        """The role."""
        return IAM_Role(self.role_name, self.session)

    def role_arn(self) -> str:
        """The role's ARN; raises Aws__Not_Found when it isn't there."""
        return self.iam_role().arn()

    def role_exists(self) -> bool:
        """Whether the role is there."""
        return self.iam_role().exists()

    def add_policy(self, service: str, action: Union[str, Sequence[str]], resource: Union[str, Sequence[str]]) -> Self:
        """What the role may do, written by create_role(): `add_policy('s3', '*', '*')`."""
        self.policies_to_add = [*self.policies_to_add, {'service': service, 'action': action, 'resource': resource}]
        return self

    def create_role(self, recreate: bool = False) -> Self:
        """Make the role, which the caller can assume, and write its policies. One that is there keeps its trust
        policy, unless recreate."""
        role = self.iam_role()
        if recreate and role.delete():
            self.credentials_reset()
        if not role.exists():
            role.create(self.assume_policy())
            self.__dict__['__is_new__'] = True
        return self.create_policies()

    def create_policies(self) -> Self:
        """Write the policies that were added, as inline policies 'policy_1', 'policy_2', …"""
        for number, policy in enumerate(self.policies_to_add, start=1):
            self.set_inline_policy(f'policy_{number}', self.create_policy_document(**policy))
        return self

    def set_inline_policy(self, policy_name: str, policy_document: Mapping[str, Any]) -> Self:
        """Write one inline policy of the role."""
        self.iam_role().set_inline_policy(policy_name, policy_document)
        return self

    def policies(self) -> list[str]:
        """The names of the role's inline policies, sorted."""
        return self.iam_role().inline_policies()

    def delete_role(self) -> bool:
        """Delete the role; False when it wasn't there."""
        self.credentials_reset()
        return self.iam_role().delete()

    def assume_policy(self) -> dict[str, Any]:
        """The trust policy that create_role() gives: for the caller, as STS names it."""
        return self.default_assume_policy(user_arn=self.sts().caller_identity()['Arn'])

    def default_assume_policy(
        self,
        user_arn: Optional[str] = None,
        service_name: Optional[str] = None,
        federated: Optional[str] = None,
        canonical_user: Optional[str] = None,
    ) -> dict[str, Any]:
        """A trust policy for those that are given."""
        named = {'AWS': user_arn, 'Service': service_name, 'Federated': federated, 'CanonicalUser': canonical_user}
        principal = {kind: name for kind, name in named.items() if name}
        statement = {'Effect': 'Allow', 'Principal': principal, 'Action': 'sts:AssumeRole'}
        return {'Version': VERSION, 'Statement': [statement]}

    def create_policy_document(
        self,
        service: str,
        action: Union[str, Sequence[str]],
        resource: Union[str, Sequence[str]],
        effect: str = 'Allow',
    ) -> dict[str, Any]:
        """{'Version', 'Statement'} with one statement about `service`:`action`."""
        actions = [action] if isinstance(action, str) else list(action)
        found = [name if ':' in name else f'{service}:{name}' for name in actions]
        resources = resource if isinstance(resource, str) else list(resource)
        statement = {'Effect': effect, 'Action': found[0] if len(found) == 1 else found, 'Resource': resources}
        return {'Version': VERSION, 'Statement': [statement]}

    # ---- being the role

    def session_kwargs(self) -> Session__Kwargs:
        """The role's session kwargs, for the same cloud and region: any class takes them."""
        found = self.credentials()
        return self.session.kwargs_with(found['AccessKeyId'], found['SecretAccessKey'], found['SessionToken'])

    def credentials(self, reset: bool = False) -> dict[str, Any]:
        """{'AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'}; the same until they end, unless reset. A
        role that create_role() has just made is waited for."""
        if reset or self.credentials_expired():
            self.__dict__['__credentials__'] = self.credentials_raw()['Credentials']
        return dict(self.__dict__['__credentials__'])

    def credentials_raw(self, role_session_name: Optional[str] = None) -> dict[str, Any]:
        """A new AssumeRole: {'Credentials', 'AssumedRoleUser', …}."""
        arn, name = self.role_arn(), role_session_name or 'osbot-lambda'
        return self._when_known(lambda: self.sts().assume_role_raw(arn, name))

    def credentials_expired(self) -> bool:
        """Whether there are no credentials, or they end within a minute."""
        end = self.credentials_expiration_date()
        return end is None or end - datetime.now(UTC) < timedelta(seconds=SPARE_SECONDS)

    def credentials_expiration_date(self) -> Optional[datetime]:
        """When the credentials end; None when there are none yet."""
        found = self.__dict__['__credentials__']
        return None if found is None else found['Expiration']

    def credentials_reset(self) -> Self:
        """Forget the credentials."""
        self.__dict__['__credentials__'] = None
        return self

    def boto3_client(self, service_name: str = 'iam', region_name: Optional[str] = None) -> Any:
        """A boto3 client that is the role."""
        kwargs = self.session_kwargs()
        if region_name:
            kwargs.region_name = region_name
        return AWS_Session(kwargs).client(service_name)

    def wait_for_valid_execution(
        self, service_name: str, method_name: str, timeout: float = NEW_ROLE_SECONDS, **parameters: Any
    ) -> dict[str, Any]:
        """The answer of a client's method, called as the role: again and again while it is denied, as on AWS policies
        count some seconds after they were written. After `timeout` seconds the last Aws__Access_Denied is raised."""
        role = Aws__Resource(self.session_kwargs(), service_name=service_name)
        return _when_allowed(lambda: role.call(method_name, **parameters), timeout)

    def _when_known(self, attempt: Callable[[], T]) -> T:
        return _when_allowed(attempt, NEW_ROLE_SECONDS if self.__dict__['__is_new__'] else 0)


def _when_allowed(attempt: Callable[[], T], seconds: float) -> T:
    denied: list[Aws__Error] = []

    def look() -> Optional[T]:
        try:
            return attempt()
        except (Aws__Access_Denied, Aws__Credentials) as error:
            if isinstance(error, Aws__Credentials) and error.code != 'InvalidClientTokenId':  # too new to be known
                raise
            denied.append(error)
            return None

    found = Wait(seconds).until(look)
    if found is None:
        raise denied[-1]
    return found
