import re
from dataclasses import dataclass
from typing import Optional

from osbot_lambda.local.server.Api_Context import Api_Context

_VERSION_ARN = re.compile(r'(?P<layer>arn:[\w-]+:lambda:[\w-]+:\d{12}:layer:[\w-]+):(?P<number>\d+)')


@dataclass(frozen=True, slots=True)
class Layer_Ref:
    """Which layer a caller means."""

    account_id: str
    region: str
    name: str

    @staticmethod
    def of(context: Api_Context, name: str) -> 'Layer_Ref':
        """From LayerName: a name, or a layer's ARN; its form is checked by the service model."""
        if not name.startswith('arn:'):
            return Layer_Ref(context.account_id, context.region, name)
        _, _, _, region, account_id, _, name = name.split(':')
        return Layer_Ref(account_id, region, name)

    @staticmethod
    def of_version(context: Api_Context, arn: str) -> Optional[tuple['Layer_Ref', int]]:
        """The layer and the number that a layer version's ARN names; None when it names AWS's own."""
        found = _VERSION_ARN.fullmatch(arn)
        return (Layer_Ref.of(context, found['layer']), int(found['number'])) if found else None

    @property
    def arn(self) -> str:
        """The ARN without a version."""
        return f'arn:aws:lambda:{self.region}:{self.account_id}:layer:{self.name}'
