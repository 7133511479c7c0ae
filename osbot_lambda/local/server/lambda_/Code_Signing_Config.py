import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Code_Signing_Config:
    """A code signing configuration; a change makes a new one.

    Shapes : publishers and policies have the API's keys; modified is the API's timestamp.
    """

    account_id: str
    region: str
    modified: str
    publishers: Mapping[str, Any]
    policies: Mapping[str, str] = field(default_factory=lambda: {'UntrustedArtifactOnDeployment': 'Warn'})
    description: str = ''
    tags: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: f'csc-{uuid.uuid4().hex[:17]}')

    @property
    def arn(self) -> str:
        """The ARN."""
        return f'arn:aws:lambda:{self.region}:{self.account_id}:code-signing-config:{self.id}'

    def updated(self, params: Mapping[str, Any], now: str) -> 'Code_Signing_Config':
        """With what params (of Create… or UpdateCodeSigningConfig) hold; the rest stays."""
        names = {'AllowedPublishers': 'publishers', 'CodeSigningPolicies': 'policies', 'Description': 'description'}
        change: dict[str, Any] = {ours: params[theirs] for theirs, ours in names.items() if theirs in params}
        return replace(self, modified=now, **change)

    def response(self) -> dict[str, Any]:
        """CodeSigningConfig of the API."""
        return {
            'CodeSigningConfigId': self.id,
            'CodeSigningConfigArn': self.arn,
            'Description': self.description,
            'AllowedPublishers': dict(self.publishers),
            'CodeSigningPolicies': dict(self.policies),
            'LastModified': self.modified,
        }
