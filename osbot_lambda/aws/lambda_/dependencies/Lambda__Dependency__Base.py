import sys
from typing import Any, Optional

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.aws.lambda_ import boto3__lambda

RUNTIME = f'python{sys.version_info.major}.{sys.version_info.minor}'


class Lambda__Dependency__Base(Aws__Resource):
    """A package by its requirement: what its local, its S3 and its loading side have in common.

    Shapes : package_name as in a requirements file ('requests', 'pydantic[email]>=2'), kept as it is written.
             temp_folder is where it is installed locally (default: this user's own, in the system's temporary one).
             runtime ('python3.12', default: the running interpreter's) and architecture ('x86_64', 'arm64') are those
             of the functions that will load it.
    Errors : Dependency__Invalid for what is no requirement.
    """

    service_name: str = 's3'
    package_name: str
    temp_folder: Optional[str] = None
    runtime: str = RUNTIME
    architecture: str = 'x86_64'

    def __init__(
        self,
        package_name: str = '',
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        **kwargs: Any,
    ):
        super().__init__(session_kwargs, target, package_name=package_name, **kwargs)
        boto3__lambda.dependency_name(package_name)

    def same(self) -> dict[str, Any]:
        """The arguments for another side of the same package, on the same cloud."""
        names = ('package_name', 'temp_folder', 'runtime', 'architecture')
        return {'session_kwargs': self.session, **{name: getattr(self, name) for name in names}}
