import json
import re
from dataclasses import dataclass
from typing import Any, Optional, Self

from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
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
LONGEST_DESCRIPTION = 256
LONGEST_HANDLER = 128
LARGEST_ENVIRONMENT = 4096  # bytes of its compact JSON
MOST_LAYERS = 5
LAYER_ARN = re.compile(r'arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+:\d+')
RESERVED = re.compile(
    r'_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|AWS_EXECUTION_ENV|AWS_REGION|AWS_DEFAULT_REGION|'
    r'AWS_ACCESS_KEY(_ID)?|AWS_SECRET_(ACCESS_)?KEY|AWS_SESSION_TOKEN|'
    r'AWS_LAMBDA_(FUNCTION_.*|LOG_(GROUP|STREAM)_NAME|RUNTIME_API|INITIALIZATION_TYPE)'
)


@dataclass(frozen=True, slots=True)
class Deploy_Build:
    """What is to be deployed, complete and checked, before any call is made.

    Errors : check() raises Function_Name__Invalid, Deploy__Nothing_To_Deploy, Handler__Invalid, Handler__Not_Found,
             Module__Not_Found, Setting__Invalid, Zip__Too_Large.
    Source : the limits are AWS's "Lambda quotas" and "Defined runtime environment variables".
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
        """The settings that were named, by AWS's names, without the role; the handler always."""
        settings = self.settings
        storage = settings.ephemeral_storage
        named = {
            'Handler': self.handler or None,
            'Runtime': settings.runtime,
            'MemorySize': settings.memory_size,
            'EphemeralStorage': {'Size': storage} if storage is not None else None,
            'Timeout': settings.timeout,
            'Description': settings.description,
            'Environment': {'Variables': dict(settings.env_variables)} if settings.env_named else None,
        }
        return {key: value for key, value in named.items() if value is not None}

    def check(self) -> Self:
        """Raises what Lambda would refuse; makes the zip."""
        self.check_name(self.name)
        if self.package is None:
            self._check_image()
        else:
            if not self.package.files():
                raise Deploy__Nothing_To_Deploy(f'the package of {self.name} has no files')
            self._check_handler(self.package)
        self._check_settings()
        self._check_layers()
        self._check_environment()
        if self.package is not None:
            self.package.zip_bytes()
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
            if any(file.startswith(f'{path}.') and file.endswith('.so') for file in entries):
                return
            raise Module__Not_Found(
                f'no module {module!r} for handler {handler!r} in the package; add it with add_file'
            )
        bindings = Python_Source.decode(entry.origin, entry.data).bindings()
        if function not in bindings and '*' not in bindings:
            raise Handler__Not_Found(f'{entry.origin} has no function {function!r} at its top level')

    def _check_image(self) -> None:
        settings = self.settings
        named = {'handler': settings.handler, 'runtime': settings.runtime, 'layers': settings.layers_named}
        wrong = [name for name, value in named.items() if value]
        if wrong:
            raise Setting__Invalid(f'{self.name} is a container image, which brings its own: {", ".join(wrong)}')

    def _check_layers(self) -> None:
        settings = self.settings
        count = len(settings.layers) + bool(settings.packages)
        if count > MOST_LAYERS:
            raise Setting__Invalid(f'{self.name} has {count} layers; Lambda takes {MOST_LAYERS}')
        seen: dict[str, str] = {}
        for arn in settings.layers:
            other = seen.setdefault(arn.rpartition(':')[0], arn)
            if other != arn:
                raise Setting__Invalid(f'{other} and {arn} are versions of one layer; a function takes one of them')

    def _check_settings(self) -> None:
        settings = self.settings
        if settings.memory_size is not None and not 128 <= settings.memory_size <= 10240:
            raise Setting__Invalid(f'memory_size is {settings.memory_size} MiB; Lambda takes 128 to 10240')
        storage = settings.ephemeral_storage
        if storage is not None and not 512 <= storage <= 10240:
            raise Setting__Invalid(f'ephemeral_storage is {storage} MiB; Lambda takes 512 to 10240')
        if settings.timeout is not None and not 1 <= settings.timeout <= 900:
            raise Setting__Invalid(f'timeout is {settings.timeout} s; Lambda takes 1 to 900')
        if settings.description is not None and len(settings.description) > LONGEST_DESCRIPTION:
            raise Setting__Invalid(
                f'the description has {len(settings.description)} characters; Lambda takes {LONGEST_DESCRIPTION}'
            )
        if settings.role is not None and not re.fullmatch(
            r'arn:[a-z-]+:iam::\d{12}:role/\S+|[\w+=,.@-]{1,64}', settings.role
        ):
            raise Setting__Invalid(f"role {settings.role!r} is neither a role's name nor its ARN")

    def _check_environment(self) -> None:
        variables = self.settings.env_variables
        for name in variables:
            if not re.fullmatch(r'[a-zA-Z][a-zA-Z0-9_]+', name):
                raise Setting__Invalid(
                    f'environment variable {name!r}: Lambda takes letters, digits and _, at least two, a letter first'
                )
            if RESERVED.fullmatch(name):
                raise Setting__Invalid(f'environment variable {name!r} is reserved: Lambda sets it itself')
        size = len(json.dumps(variables, separators=(',', ':'), ensure_ascii=False).encode())
        if size > LARGEST_ENVIRONMENT:
            raise Setting__Invalid(
                f'the environment variables have {size} bytes as JSON; Lambda takes {LARGEST_ENVIRONMENT}'
            )
