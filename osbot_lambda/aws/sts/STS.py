from collections.abc import Mapping
from typing import Any, Optional

from osbot_lambda.aws.Aws__Resource import Aws__Resource
from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs


class STS(Aws__Resource):
    """Who is calling, and how to call as somebody else.

        S3(STS().assume_role('arn:aws:iam::123456789012:role/reader')).buckets()

    Errors : Aws__Credentials when AWS doesn't know the caller.
    """

    service_name: str = 'sts'

    def caller_identity(self) -> dict[str, Any]:
        """{'UserId', 'Account', 'Arn'}."""
        return self.call('get_caller_identity')

    def account_id(self) -> str:
        """The 12 digits of the caller's account."""
        return self.session.account_id()

    def assume_role(
        self,
        role_arn: str,
        session_name: str = 'osbot-lambda',
        duration: Optional[int] = None,
        external_id: Optional[str] = None,
        policy: Optional[Mapping[str, Any]] = None,
    ) -> Session__Kwargs:
        """The role's temporary credentials, as session kwargs for the same cloud and region, to be given to any class.

        duration is in seconds (900..43200; AWS's default is 3600); policy, a document, narrows what the role may do.
        Raises Aws__Access_Denied when the role doesn't trust the caller, is too new (on AWS it takes some seconds
        until it can be assumed), or isn't there."""
        found = self.assume_role_raw(role_arn, session_name, duration, external_id, policy)['Credentials']
        return self.session.kwargs_with(found['AccessKeyId'], found['SecretAccessKey'], found['SessionToken'])

    def assume_role_raw(
        self,
        role_arn: str,
        session_name: str = 'osbot-lambda',
        duration: Optional[int] = None,
        external_id: Optional[str] = None,
        policy: Optional[Mapping[str, Any]] = None,
    ) -> dict[str, Any]:
        """As assume_role(), but AWS's answer: {'Credentials': {'AccessKeyId', 'SecretAccessKey', 'SessionToken',
        'Expiration'}, 'AssumedRoleUser': {'AssumedRoleId', 'Arn'}}."""
        return self.call(
            'assume_role',
            RoleArn=role_arn,
            RoleSessionName=session_name,
            DurationSeconds=duration,
            ExternalId=external_id,
            Policy=None if policy is None else self.to_json(dict(policy), 'AssumeRole', role_arn),
        )
