from dataclasses import dataclass
from typing import Any, Optional

from osbot_lambda.local.server.lambda_.Function_Code import Function_Code
from osbot_lambda.local.server.lambda_.Layer_Ref import Layer_Ref


@dataclass(frozen=True, slots=True)
class Layer_Version:
    """One version of a layer; never changes.

    Shapes : created is the API's timestamp; runtimes, architectures and license are None when not given, and then
             left out of answers.
    """

    layer: Layer_Ref
    number: int
    code: Function_Code
    created: str
    description: str = ''
    license: Optional[str] = None
    runtimes: Optional[tuple[str, ...]] = None
    architectures: Optional[tuple[str, ...]] = None

    @property
    def arn(self) -> str:
        """The ARN with the number."""
        return f'{self.layer.arn}:{self.number}'

    def fits(self, runtime: Optional[str], architecture: Optional[str]) -> bool:
        """Whether it says to be for this runtime and this architecture; None asks for nothing."""
        wanted = ((runtime, self.runtimes), (architecture, self.architectures))
        return all(one is None or one in (said or ()) for one, said in wanted)

    def listed(self) -> dict[str, Any]:
        """LayerVersionsListItem of the API."""
        return {
            'LayerVersionArn': self.arn,
            'Version': self.number,
            'Description': self.description,
            'CreatedDate': self.created,
            'CompatibleRuntimes': None if self.runtimes is None else list(self.runtimes),
            'CompatibleArchitectures': None if self.architectures is None else list(self.architectures),
            'LicenseInfo': self.license,
        }

    def response(self, endpoint_url: str) -> dict[str, Any]:
        """The answer of Publish… and GetLayerVersion: Content.Location is an address of this cloud."""
        content = {
            'Location': self.code.location(endpoint_url),
            'CodeSha256': self.code.sha_base64,
            'CodeSize': self.code.size,
        }
        return {**self.listed(), 'LayerArn': self.layer.arn, 'Content': content}
