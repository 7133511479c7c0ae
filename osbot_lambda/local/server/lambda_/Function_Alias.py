import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Function_Alias:
    """A name for a version of a function; a change makes a new one.

    Shapes : version is '$LATEST' or a number; weights has at most one other number, with the share (0..1) of the
             invokes that go there.
    """

    function_arn: str
    name: str
    version: str
    description: str = ''
    weights: Mapping[str, float] = field(default_factory=dict)
    revision_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def arn(self) -> str:
        """The function's ARN, qualified by the alias."""
        return f'{self.function_arn}:{self.name}'

    def updated(self, params: Mapping[str, Any]) -> 'Function_Alias':
        """With what params (of UpdateAlias) hold; the rest stays. An empty RoutingConfig clears the weights."""
        names = {'FunctionVersion': 'version', 'Description': 'description'}
        change: dict[str, Any] = {ours: params[theirs] for theirs, ours in names.items() if theirs in params}
        if 'RoutingConfig' in params:
            change['weights'] = dict(params['RoutingConfig'].get('AdditionalVersionWeights') or {})
        return replace(self.retouched(), **change)

    def retouched(self) -> 'Function_Alias':
        """The same with a new RevisionId."""
        return replace(self, revision_id=str(uuid.uuid4()))

    def choose(self) -> str:
        """The version for one invoke: each with its share."""
        for version, weight in self.weights.items():
            if random.random() < weight:
                return version
        return self.version

    def response(self) -> dict[str, Any]:
        """AliasConfiguration of the API."""
        return {
            'AliasArn': self.arn,
            'Name': self.name,
            'FunctionVersion': self.version,
            'Description': self.description,
            'RoutingConfig': {'AdditionalVersionWeights': dict(self.weights)} if self.weights else None,
            'RevisionId': self.revision_id,
        }
