import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

from osbot_lambda.aws.session.Address import Address
from osbot_lambda.config.Project_Config import Project_Config
from osbot_lambda.errors import Config__Error, Target__Aws_Not_Named, Target__Unknown


@dataclass(frozen=True, slots=True)
class Target:
    """Which cloud is meant, and what said so.

    Shapes : kind is 'local', 'aws', 'url', 'lambda' (plain clients, inside a Lambda) or 'moto' (plain clients, under
             an active mock_aws). endpoint_url is set for 'url', and for the others when the caller gave one.
    Errors : Target__Unknown; Target__Aws_Not_Named for an address of AWS where the name 'aws' wasn't said;
             Config__Error for arguments that contradict each other.
    """

    kind: str
    came_from: str
    endpoint_url: Optional[str] = None

    @classmethod
    def resolve(
        cls,
        target: Optional[str] = None,
        endpoint_url: Optional[str] = None,
        environ: Optional[Mapping[str, str]] = None,
    ) -> 'Target':
        """The first that is given: arguments, OSBOT_LAMBDA_TARGET, the project's configuration, AWS_ENDPOINT_URL,
        inside a Lambda, an active mock_aws, and 'local' when nothing is said."""
        env = os.environ if environ is None else environ
        if endpoint_url:
            return cls._of_endpoint_argument(endpoint_url, target, env)
        if target:
            return cls._of(target, 'the argument target')
        return (
            cls._of_environment_or_project(env)
            or cls._of_aws_endpoint_url(env)
            or cls._of_lambda(env)
            or cls._of_moto()
            or cls('local', 'the default')
        )

    @property
    def name(self) -> str:
        """'local', 'aws', 'moto', or the URL."""
        if self.kind == 'url':
            return self.endpoint_url or ''
        return 'aws' if self.kind == 'lambda' else self.kind

    @property
    def is_on_this_machine(self) -> bool:
        """Whether nothing may leave this machine."""
        return self.kind == 'local' or (self.kind == 'url' and Address(self.endpoint_url or '').is_loopback())

    @property
    def is_plain_boto3(self) -> bool:
        """Whether boto3's own rules find endpoint, region and credentials."""
        return self.kind in ('aws', 'lambda', 'moto')

    @classmethod
    def _of(cls, value: str, came_from: str) -> 'Target':
        if value in ('local', 'aws'):
            return cls(value, came_from)
        address = Address(value)
        if not address.is_url():
            raise Target__Unknown(value, came_from)
        if address.is_aws():
            raise Target__Aws_Not_Named(value, came_from)
        return cls('url', came_from, value.rstrip('/'))

    @classmethod
    def _of_endpoint_argument(cls, endpoint_url: str, target: Optional[str], env: Mapping[str, str]) -> 'Target':
        came_from = 'the argument endpoint_url'
        if not Address(endpoint_url).is_url():
            raise Target__Unknown(endpoint_url, came_from)
        named = cls._of(target, 'the argument target') if target else None
        if Address(endpoint_url).is_aws():
            named = named or cls._of_environment_or_project(env) or cls._of_lambda(env)
            if named is None or named.kind not in ('aws', 'lambda'):
                raise Target__Aws_Not_Named(endpoint_url, came_from)
            return cls(named.kind, named.came_from, endpoint_url)
        if named is not None and named.kind == 'local':
            return cls('local', named.came_from, endpoint_url.rstrip('/'))
        if named is not None and named.endpoint_url != endpoint_url.rstrip('/'):
            raise Config__Error(f'target={target!r} and endpoint_url={endpoint_url!r} contradict each other')
        return cls('url', came_from, endpoint_url.rstrip('/'))

    @classmethod
    def _of_environment_or_project(cls, env: Mapping[str, str]) -> Optional['Target']:
        if value := env.get('OSBOT_LAMBDA_TARGET'):
            return cls._of(value, 'OSBOT_LAMBDA_TARGET')
        project = Project_Config.load()
        return cls._of(project.target, project.came_from('target')) if project.target else None

    @classmethod
    def _of_aws_endpoint_url(cls, env: Mapping[str, str]) -> Optional['Target']:
        value = env.get('AWS_ENDPOINT_URL')
        if not value:
            return None
        if Address(value).is_aws() and cls._of_lambda(env):  # a real Lambda may use a VPC endpoint
            return None
        if not Address(value).is_url():  # 'aws' here is a mistake, not the name of a target
            raise Target__Unknown(value, 'AWS_ENDPOINT_URL')
        return cls._of(value, 'AWS_ENDPOINT_URL')

    @classmethod
    def _of_lambda(cls, env: Mapping[str, str]) -> Optional['Target']:
        inside = env.get('AWS_LAMBDA_FUNCTION_NAME') and env.get('AWS_LAMBDA_RUNTIME_API')
        return cls('lambda', 'running inside a Lambda') if inside else None

    @classmethod
    def _of_moto(cls) -> Optional['Target']:
        models = sys.modules.get('moto.core.models')  # not imported: then no mock can be active
        active = getattr(getattr(models, 'botocore_stubber', None), 'enabled', False)
        return cls('moto', 'an active mock_aws') if active else None
