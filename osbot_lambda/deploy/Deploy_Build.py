import re
from dataclasses import dataclass
from typing import Any, Optional, Self

from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.deploy.Settings_Check import Settings_Check
from osbot_lambda.errors import (
    Deploy__Nothing_To_Deploy,
    Function_Name__Invalid,
    Handler__Invalid,
    Handler__Not_Found,
    Module__Not_Found,
    Setting__Invalid,
)
from osbot_lambda.packaging.Lambda_Package import Lambda_Package
from osbot_lambda.packaging.Python_Source import Python_Source

LONGEST_NAME = 64
LONGEST_HANDLER = 128
LAYER_ARN = re.compile(r'arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+:\d+')


@dataclass(frozen=True, slots=True)
class Deploy_Build:
    """What is to be deployed, complete and checked, before any call is made.

    Errors : check() raises Function_Name__Invalid, Deploy__Nothing_To_Deploy, Handler__Invalid, Handler__Not_Found,
             Module__Not_Found, Setting__Invalid, Zip__Too_Large.
    Source : the limits are AWS's "Lambda quotas".
    """

    name: str
    package: Optional[Lambda_Package]  # None for a container image
    settings: Deploy_Settings

    @property
    def handler(self) -> str:
        """Lambda's handler string."""
        code = self.package.handler_code if self.package else None
        return self.settings.handler or (code.handler if code else '')

    @property
    def code_sha256(self) -> str:
        """Of the zip, as AWS says it; '' for a container image."""
        return self.package.code_sha256() if self.package else ''

    def configuration(self) -> dict[str, Any]:
        """The settings that were named, by AWS's names, without role, layers and architecture; the handler always."""
        settings = self.settings
        storage, dead_letter = settings.ephemeral_storage, settings.dead_letter
        vpc = {'SubnetIds': list(settings.subnet_ids), 'SecurityGroupIds': list(settings.security_group_ids)}
        named = {
            'Handler': self.handler or None,
            'Runtime': settings.runtime,
            'MemorySize': settings.memory_size,
            'EphemeralStorage': {'Size': storage} if storage is not None else None,
            'Timeout': settings.timeout,
            'Description': settings.description,
            'Environment': {'Variables': dict(settings.env_variables)} if settings.env_named else None,
            'TracingConfig': {'Mode': settings.tracing} if settings.tracing is not None else None,
            'VpcConfig': vpc if settings.vpc_named else None,
            'DeadLetterConfig': {'TargetArn': dead_letter} if dead_letter is not None else None,
            'LoggingConfig': dict(settings.logging) or None,
        }
        return {key: value for key, value in named.items() if value is not None}

    def check(self) -> Self:
        """Raises what Lambda would refuse."""
        self.check_name(self.name)
        Settings_Check(self.name, self.settings).run()
        if self.package is not None:
            if not self.package.content().paths():
                raise Deploy__Nothing_To_Deploy(f'the package of {self.name} has no files')
            self._check_handler(self.package)
            self.package.check_size()
        return self

    @staticmethod
    def check_layer_arn(arn: object) -> str:
        """The ARN; Setting__Invalid for anything but the ARN of a layer's version."""
        if not isinstance(arn, str) or not LAYER_ARN.fullmatch(arn):
            raise Setting__Invalid(
                f"{arn!r} is not the ARN of a layer's version, "
                f"'arn:aws:lambda:<region>:<account>:layer:<name>:<number>'"
            )
        return arn

    @staticmethod
    def check_name(name: str) -> None:
        """Raises Function_Name__Invalid for a name that Lambda would refuse."""
        if not re.fullmatch(r'[a-zA-Z0-9-_]+', name):
            hint = re.sub(r'[^a-zA-Z0-9-_]+', '_', name).strip('_') or 'my_function'
            raise Function_Name__Invalid(
                f'{name!r} is no name for a Lambda function: letters, digits, - and _ only. {hint!r} would do'
            )
        if len(name) > LONGEST_NAME:
            raise Function_Name__Invalid(
                f'{name!r} has {len(name)} characters, and a Lambda function has at most {LONGEST_NAME}: '
                f'give a shorter lambda_name'
            )

    def _check_handler(self, package: Lambda_Package) -> None:
        """Of a handler string that was set by hand: is it in the package?"""
        handler = self.settings.handler
        if handler is None:
            return
        module, _, function = handler.replace('/', '.').rpartition('.')
        if not module or not function or re.search(r'\s', handler) or len(handler) > LONGEST_HANDLER:
            raise Handler__Invalid(
                f"handler {handler!r} is not of the form 'module.function', without spaces, "
                f'of at most {LONGEST_HANDLER} characters'
            )
        path = module.replace('.', '/')
        entries = package.entries
        entry = entries.get(f'{path}.py') or entries.get(f'{path}/__init__.py')
        if entry is None:
            if package.has_module(module):  # compiled, or of a wheel
                return
            raise Module__Not_Found(
                f'no module {module!r} for handler {handler!r} in the package; add it with add_file'
            )
        bindings = Python_Source.decode(entry.origin, entry.data).bindings()
        if function not in bindings and '*' not in bindings:
            raise Handler__Not_Found(f'{entry.origin} has no function {function!r} at its top level')
