import json
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Self, Union

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.errors import Aws__Conflict, Aws__Error, Aws__Invalid, Aws__Not_Found

VERSION = '2012-10-17'  # of the policy language
MOST_VERSIONS = 5  # of one managed policy


class IAM_Policy(Aws__Resource):
    """One managed policy, by name or ARN, and a builder of policy documents.

        policy = IAM_Policy('read-orders').allow('s3:GetObject', 'arn:aws:s3:::orders/*')
        IAM_Role('reader').create_for__lambda(policies=[policy.create()])

    Shapes : a document is {'Version', 'Statement': [{'Effect', 'Action', 'Resource', …}]}; statements are those that
             this object was given, which create() and update() send.
    Errors : Aws__Not_Found where the policy has to be there; Aws__Conflict; Aws__Access_Denied also for AWS's own
             policies, which nobody may change; Aws__Invalid for a malformed document.
    """

    service_name: str = 'iam'
    policy_name: str
    path: str = '/'
    policy_arn: Optional[str] = None
    statements: list[dict]

    def __init__(
        self,
        policy_name: str = '',
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        *,
        policy_arn: Optional[str] = None,
        path: str = '/',
        statements: Sequence[Mapping[str, Any]] = (),
    ):
        if policy_name.startswith('arn:'):
            policy_name, policy_arn = '', policy_name
        if not policy_name and not policy_arn:
            raise ValueError('IAM_Policy needs a policy_name or a policy_arn')
        name = policy_name or str(policy_arn).rpartition('/')[2]
        if policy_arn:
            path = f'/{policy_arn.partition(":policy/")[2]}'.removesuffix(name)
        given = [dict(statement) for statement in statements]
        super().__init__(session_kwargs, target, policy_name=name, policy_arn=policy_arn, path=path, statements=given)

    # ---- the document

    def allow(
        self,
        action: Union[str, Sequence[str]],
        resource: Union[str, Sequence[str]] = '*',
        condition: Optional[Mapping[str, Any]] = None,
        sid: Optional[str] = None,
    ) -> Self:
        """Add a statement that allows: `allow('sqs:*', queue.arn())`."""
        return self.add_statement({'Effect': 'Allow', 'Action': action, 'Resource': resource}, condition, sid)

    def deny(
        self,
        action: Union[str, Sequence[str]],
        resource: Union[str, Sequence[str]] = '*',
        condition: Optional[Mapping[str, Any]] = None,
        sid: Optional[str] = None,
    ) -> Self:
        """Add a statement that denies."""
        return self.add_statement({'Effect': 'Deny', 'Action': action, 'Resource': resource}, condition, sid)

    def add_statement(
        self, statement: Mapping[str, Any], condition: Optional[Mapping[str, Any]] = None, sid: Optional[str] = None
    ) -> Self:
        """Add a statement as it is. One that is there already isn't added again; one with the same Sid is replaced."""
        new = {**({'Sid': sid} if sid else {}), **_plain(statement)}
        if condition:
            new['Condition'] = _plain(condition)
        kept = [old for old in self.statements if old != new and not (new.get('Sid') and old.get('Sid') == new['Sid'])]
        self.statements = [*kept, new]
        return self

    def document(self) -> dict[str, Any]:
        """What was built: {'Version', 'Statement': […]}."""
        return {'Version': VERSION, 'Statement': [dict(statement) for statement in self.statements]}

    # ---- the policy

    def arn(self) -> str:
        """'arn:aws:iam::<account>:policy/<name>', whether the policy is there or not."""
        if self.policy_arn is None:
            region = self.session.region_name
            partition = next((name for start, name in PARTITIONS.items() if region.startswith(start)), 'aws')
            account_id = self.session.account_id()
            self.policy_arn = f'arn:{partition}:iam::{account_id}:policy{self.path}{self.policy_name}'
        return self.policy_arn

    def create(
        self,
        document: Optional[Mapping[str, Any]] = None,
        description: Optional[str] = None,
        skip_if_exists: bool = True,
    ) -> str:
        """The policy's ARN; made with `document` (default: what was built) when it isn't there. One that is there
        stays as it is; without skip_if_exists it raises Aws__Conflict."""
        try:
            answer = self.call(
                'create_policy',
                PolicyName=self.policy_name,
                Path=self.path,
                PolicyDocument=self._text(document, 'CreatePolicy'),
                Description=description,
            )
        except Aws__Conflict as error:
            if error.code != 'EntityAlreadyExists' or not skip_if_exists:
                raise
            return self.arn()
        self.policy_arn = str(answer['Policy']['Arn'])
        return self.policy_arn

    def update(self, document: Optional[Mapping[str, Any]] = None) -> Self:
        """Make `document` (default: what was built) the policy's default version; nothing when it is that already. Of
        five versions, the most that AWS keeps, the oldest gives way."""
        text = self._text(document, 'CreatePolicyVersion')
        if json.loads(text) == self.policy_document():
            return self
        versions = self.versions()
        if len(versions) >= MOST_VERSIONS:
            spare = [version for version in versions if not version['IsDefaultVersion']]
            self.version_delete(min(spare, key=lambda version: version['CreateDate'])['VersionId'])
        self.call('create_policy_version', PolicyArn=self.arn(), PolicyDocument=text, SetAsDefault=True)
        return self

    def create_or_update(self, document: Optional[Mapping[str, Any]] = None) -> str:
        """The policy's ARN; afterwards it says what `document` (default: what was built) says."""
        try:
            return self.create(document, skip_if_exists=False)
        except Aws__Conflict as error:
            if error.code != 'EntityAlreadyExists':
                raise
        return self.update(document).arn()

    def exists(self) -> bool:
        """Whether the policy is there; any other trouble raises."""
        return bool(self.info())

    def info(self) -> dict[str, Any]:
        """{'PolicyName', 'Arn', 'DefaultVersionId', 'AttachmentCount', …}; {} when it isn't there."""
        try:
            return dict(self.call('get_policy', PolicyArn=self.arn())['Policy'])
        except Aws__Not_Found:
            return {}

    def policy_document(self, version_id: Optional[str] = None) -> dict[str, Any]:
        """The document on AWS: that of the default version, or of `version_id` ('v2')."""
        wanted = version_id or self.call('get_policy', PolicyArn=self.arn())['Policy']['DefaultVersionId']
        version = self.call('get_policy_version', PolicyArn=self.arn(), VersionId=wanted)['PolicyVersion']
        return _document(version['Document'])

    def versions(self) -> list[dict[str, Any]]:
        """[{'VersionId', 'IsDefaultVersion', 'CreateDate'}], the newest first."""
        return self.paginate('list_policy_versions', 'Versions', PolicyArn=self.arn())

    def version_delete(self, version_id: str) -> Self:
        """Delete one version; Aws__Conflict for the default one."""
        self.call('delete_policy_version', PolicyArn=self.arn(), VersionId=version_id)
        return self

    def attached_to(self) -> dict[str, list[str]]:
        """Who has it: {'roles': [names], 'users': [names], 'groups': [names]}, each sorted."""
        found = {}
        for kind in ('Role', 'User', 'Group'):
            entities = self.iterate(
                'list_entities_for_policy', f'Policy{kind}s', PolicyArn=self.arn(), EntityFilter=kind
            )
            found[f'{kind.lower()}s'] = sorted(entity[f'{kind}Name'] for entity in entities)
        return found

    def delete(self, detach: bool = False) -> bool:
        """Delete it with all versions; False when it wasn't there. While roles, users or groups have it that is an
        Aws__Conflict, unless detach."""
        try:
            attached = self.attached_to()
            if any(attached.values()) and not detach:
                raise self._in_use(attached)  # before its versions are gone
            self._detach(attached)
            for version in self.versions():
                if not version['IsDefaultVersion']:
                    self.version_delete(version['VersionId'])
            self.call('delete_policy', PolicyArn=self.arn())
        except Aws__Not_Found:
            return False
        return True

    def _detach(self, attached: Mapping[str, list[str]]) -> None:
        for kind in ('role', 'user', 'group'):
            for name in attached[f'{kind}s']:
                self.call(f'detach_{kind}_policy', PolicyArn=self.arn(), **{f'{kind.title()}Name': name})

    def _in_use(self, attached: Mapping[str, list[str]]) -> Aws__Error:
        who = '; '.join(f'{kind} {", ".join(names)}' for kind, names in attached.items() if names)
        text = f'it is attached to {who}; delete(detach=True) detaches it from all of them'
        return Aws__Conflict(text, service='iam', operation='DeletePolicy', resource=self.arn(), code='DeleteConflict')

    def _text(self, document: Optional[Mapping[str, Any]], operation: str) -> str:
        found = self.document() if document is None else dict(document)
        if not found.get('Statement'):
            text = f'policy {self.policy_name} has no statement: use allow(), or give a document'
            raise Aws__Invalid(text, service='iam', operation=operation, resource=self.policy_name)
        return self.to_json(found, operation, self.policy_name)


PARTITIONS = {'cn-': 'aws-cn', 'us-gov-': 'aws-us-gov', 'eusc-': 'aws-eusc'}


def _plain(value: Any) -> Any:
    """Without tuples and the like: as it comes back from JSON."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _document(found: Any) -> dict[str, Any]:
    """A document as a dict: botocore parses it, some endpoints send it in a form that it leaves as text."""
    return dict(json.loads(found) if isinstance(found, str) else found)
