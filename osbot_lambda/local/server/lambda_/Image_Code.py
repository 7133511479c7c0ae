import hashlib
import re
from dataclasses import dataclass

from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors

_URI = re.compile(
    r'(?P<repository>\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/[a-z0-9._/-]+)'
    r'(?::[\w.-]+)?(?:@sha256:(?P<digest>[0-9a-f]{64}))?'
)


@dataclass(frozen=True, slots=True)
class Image_Code:
    """A container image as a function's code: known by name alone, since there is no registry here.

    Shapes : digest is 64 hex digits; when the URI has none it is made of the URI, so that another tag is another code.
    """

    uri: str
    repository: str
    digest: str

    @staticmethod
    def of(uri: str) -> 'Image_Code':
        """From ImageUri. Raises Api__Error 400 when that is no image in ECR."""
        found = _URI.fullmatch(uri)
        if not found:
            raise Lambda_Errors.invalid(f'Source image {uri} is not valid. Provide a valid source image.')
        digest = found['digest'] or hashlib.sha256(uri.encode()).hexdigest()
        return Image_Code(uri, found['repository'], digest)

    @property
    def size(self) -> int:
        """CodeSize of the API: images have none."""
        return 0

    @property
    def unzipped(self) -> int:
        """Images don't count against the limit of packages."""
        return 0

    @property
    def sha_base64(self) -> str:
        """CodeSha256 of the API, which for images is hex."""
        return self.digest

    def response(self, _endpoint_url: str) -> dict[str, str]:
        """FunctionCodeLocation of the API."""
        return {
            'RepositoryType': 'ECR',
            'ImageUri': self.uri,
            'ResolvedImageUri': f'{self.repository}@sha256:{self.digest}',
        }
