import re
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any, Optional, Self, Union

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.errors import Aws__Invalid, Function_Name__Invalid

if TYPE_CHECKING:
    from osbot_lambda.aws.logs.Logs import Logs

LONGEST_NAME = 64
NOT_OF_AN_IMAGE = ('Runtime', 'Handler', 'Layers')


class Lambda__Base(Aws__Resource):
    """One Lambda function, by name: its nouns. The verbs are in the Lambda__* mixins.

        Lambda('my-function', memory=1024).set_timeout(30).set_env_variable('DEBUG', 'true')

    Shapes : name is a name (takes '_' for each '.') or an ARN; role is an ARN; layers are layer version ARNs;
             env_variables and tags map text to text; trace_mode is 'PassThrough' or 'Active' (X-Ray); architecture
             'x86_64' or 'arm64'. The code is the first that is set of: image_uri (a container image), zip_bytes,
             folder_code (a folder, zipped and uploaded), the object s3_key in s3_bucket.
    Units  : memory_size (also called memory) is MiB, 128..10240; timeout is seconds, 1..900; ephemeral_storage (/tmp)
             is MiB, 512..10240.
    Note   : an update sends what was set on this object, and nothing else. Of env_variables, layers and tags it sends
             all there are, so that {} and [] clear them.
    """

    service_name: str = 'lambda'
    name: str
    memory_size: int = 512
    timeout: int = 60
    runtime: str = 'python3.11'
    handler: str
    role: Optional[str] = None
    image_uri: Optional[str] = None
    zip_bytes: Optional[bytes] = None
    folder_code: Optional[str] = None
    s3_bucket: Optional[str] = None
    s3_key: Optional[str] = None
    architecture: str = 'x86_64'
    trace_mode: str = 'PassThrough'
    ephemeral_storage: int = 512
    description: Optional[str] = None
    env_variables: dict[str, str]
    layers: list[str]
    tags: dict[str, str]

    def __init__(
        self,
        name: str = '',
        session_kwargs__lambda: Any_Session = None,
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        **kwargs: Any,
    ):
        session = session_kwargs if session_kwargs__lambda is None else session_kwargs__lambda
        assigned = {'memory_size' if key == 'memory' else key for key in kwargs}
        self.__check_type__('name', name)
        name = _function_name(name)
        super().__init__(session, target, name=name, **{'handler': _default_handler(name), **kwargs})
        self.__dict__['__assigned__'] = assigned  # what an update may send: the rest are only our defaults

    if not TYPE_CHECKING:  # with a __setattr__, type checkers take any name

        def __setattr__(self, key: str, value: Any) -> None:
            assigned = self.__dict__.get('__assigned__')
            if key == 'name' and isinstance(value, str) and assigned is not None:
                value = _function_name(value)
                if 'handler' not in assigned:
                    super().__setattr__('handler', _default_handler(value))
            super().__setattr__(key, value)
            if assigned is not None:
                assigned.add(key)

    def _repr_html_(self) -> str:
        """What was set on this object; of variables the names only. AWS isn't asked."""
        from osbot_lambda.schemas.Html_Table import Html_Table

        facts = {name: getattr(self, name) for name in self.__hints__ if name in self.__dict__['__assigned__']}
        facts |= {name: '\n'.join(getattr(self, name)) for name in ('env_variables', 'layers', 'tags')}
        if self.zip_bytes is not None:
            facts['zip_bytes'] = f'{len(self.zip_bytes):,} bytes'
        return Html_Table.of_facts(repr(self), facts).html()

    @property
    def memory(self) -> int:
        """MiB; the same as memory_size."""
        return self.memory_size

    @memory.setter
    def memory(self, value: int) -> None:
        self.memory_size = value

    def set_handler(self, value: str) -> Self:
        """'module.function'."""
        self.handler = value
        return self

    def set_runtime(self, value: str) -> Self:
        """'python3.11'."""
        self.runtime = value
        return self

    def set_memory(self, value: int) -> Self:
        """MiB, 128..10240."""
        self.memory_size = value
        return self

    def set_timeout(self, value: int) -> Self:
        """Seconds, 1..900."""
        self.timeout = value
        return self

    def set_ephemeral_storage(self, value: int) -> Self:
        """The size of /tmp: MiB, 512..10240."""
        self.ephemeral_storage = value
        return self

    def set_trace_mode(self, value: str) -> Self:
        """'Active' traces with X-Ray, 'PassThrough' (the default) only what the caller traces."""
        self.trace_mode = value
        return self

    def set_architecture(self, value: str) -> Self:
        """'x86_64' or 'arm64'."""
        self.architecture = value
        return self

    def set_role(self, value: str) -> Self:
        """The execution role's ARN."""
        self.role = value
        return self

    def set_description(self, value: str) -> Self:
        """At most 256 characters."""
        self.description = value
        return self

    def set_s3_bucket(self, value: str) -> Self:
        """The bucket that holds the code's zip."""
        self.s3_bucket = value
        return self

    def set_s3_key(self, value: str) -> Self:
        """The key of the code's zip."""
        self.s3_key = value
        return self

    def set_zip_bytes(self, value: bytes) -> Self:
        """The code's zip itself, at most 50 MiB; comes before folder_code and s3_key."""
        self.zip_bytes = value
        return self

    def set_folder_code(self, value: Union[str, PathLike[str]]) -> Self:
        """A folder: create() and update() zip it, and upload it to s3_key in s3_bucket; see upload()."""
        self.folder_code = str(value)
        return self

    def set_image_uri(self, value: str) -> Self:
        """A container image in ECR, '<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>'; comes before all
        other code."""
        self.image_uri = value
        return self

    def set_env_variable(self, key: str, value: str) -> Self:
        """Add one environment variable."""
        return self.set_env_variables({**self.env_variables, key: value})

    def set_env_variables(self, value: Mapping[str, str]) -> Self:
        """Replace all environment variables; {} clears them. ValueError for a value that isn't text."""
        for key, text in value.items():
            if not isinstance(text, str):
                raise ValueError(f'environment variable {key} is {text!r}; Lambda takes text only')
        self.env_variables = dict(value)
        return self

    def add_layer(self, layer_arn: Optional[str] = None) -> Self:
        """Add a layer version; None, and one that is there already, change nothing.

        lambda_func.add_layer('arn:aws:lambda:us-east-1:123456789012:layer:my-layer:1').update()"""
        return self.add_layers([layer_arn] if layer_arn else [])

    def add_layers(self, layers_arn: Iterable[str]) -> Self:
        """Add layer versions, after those that are there.

        lambda_func.add_layers([layer.arn_latest(), other_layer_arn])"""
        return self.set_layers(dict.fromkeys((*self.layers, *layers_arn)))

    def set_layers(self, value: Iterable[str]) -> Self:
        """Replace all layers; [] removes them."""
        self.layers = list(value)
        return self

    def set_tags(self, value: Mapping[str, str]) -> Self:
        """Replace all tags; {} removes them."""
        self.tags = dict(value)
        return self

    def log_group(self) -> 'Logs':
        """The function's log group: lambda_func.log_group().messages()."""
        from osbot_lambda.aws.logs.Logs import Logs

        return Logs(f'/aws/lambda/{self.function_name()}', session_kwargs=self.session)

    def function_name(self) -> str:
        """The name alone, where `name` is an ARN: 'my-function'."""
        return _name_alone(self.name)

    def code_kwargs(self) -> dict[str, Any]:
        """{'ImageUri'}, {'ZipFile'} or {'S3Bucket', 'S3Key'}; {} when none is set."""
        if self.image_uri:
            return {'ImageUri': self.image_uri}
        if self.zip_bytes is not None:
            return {'ZipFile': self.zip_bytes}
        return {'S3Bucket': self.s3_bucket, 'S3Key': self.s3_key} if self.s3_bucket and self.s3_key else {}

    def create_kwargs(self) -> dict[str, Any]:
        """All the attributes, as CreateFunction takes them."""
        kwargs = {
            'FunctionName': self.name,
            'Runtime': self.runtime,
            'Handler': self.handler,
            'Role': self.role,
            'Code': self.code_kwargs(),
            'Architectures': [self.architecture],
            'MemorySize': self.memory_size,
            'Timeout': self.timeout,
            'TracingConfig': {'Mode': self.trace_mode},
            'EphemeralStorage': {'Size': self.ephemeral_storage},
            'Description': self.description,
            'Environment': {'Variables': dict(self.env_variables)} if self.env_variables else None,
            'Layers': list(self.layers) or None,
            'Tags': dict(self.tags) or None,
        }
        return self._fit_for_image({name: value for name, value in kwargs.items() if value is not None})

    def configuration_kwargs(self) -> dict[str, Any]:
        """The attributes that were set on this object, as UpdateFunctionConfiguration takes them."""
        values = {
            'runtime': ('Runtime', self.runtime),
            'handler': ('Handler', self.handler),
            'role': ('Role', self.role),
            'memory_size': ('MemorySize', self.memory_size),
            'timeout': ('Timeout', self.timeout),
            'trace_mode': ('TracingConfig', {'Mode': self.trace_mode}),
            'ephemeral_storage': ('EphemeralStorage', {'Size': self.ephemeral_storage}),
            'description': ('Description', self.description),
            'env_variables': ('Environment', {'Variables': dict(self.env_variables)}),
            'layers': ('Layers', list(self.layers)),
        }
        kwargs = {key: value for name, (key, value) in values.items() if value is not None and self._is_set(name)}
        return _without_what_no_image_has(kwargs) if self.image_uri else kwargs

    def check_name(self) -> Self:
        """Raises Function_Name__Invalid for a name that Lambda would refuse."""
        name = self.function_name()
        if len(name) > LONGEST_NAME:
            raise Function_Name__Invalid(
                f'{name!r} has {len(name)} characters; a function name has at most {LONGEST_NAME}'
            )
        if not re.fullmatch('[a-zA-Z0-9-_]+', name):
            raise Function_Name__Invalid(f'{name!r} is no function name: letters, digits, - and _ only')
        return self

    @staticmethod
    def _fit_for_image(kwargs: dict[str, Any]) -> dict[str, Any]:
        """CreateFunction's parameters; for an image, without what comes from the image."""
        if 'ImageUri' not in kwargs.get('Code', {}):
            return kwargs
        return {**_without_what_no_image_has(kwargs), 'PackageType': 'Image'}

    def _given(self, value: str, what: str, operation: str) -> str:
        """The value; an empty one, which in a path would make another call of it, raises Aws__Invalid."""
        if not value:
            raise Aws__Invalid(f'no {what} is given', service='lambda', operation=operation, resource=self.name)
        return value

    def _is_set(self, name: str) -> bool:
        """Was the attribute set on this object, or a list or dict of it changed in place?"""
        if name in ('env_variables', 'layers', 'tags') and getattr(self, name):
            return True
        return name in self.__dict__['__assigned__']


def _function_name(name: str) -> str:
    return name if ':' in name else name.replace('.', '_')


def _name_alone(name: str) -> str:
    """Of 'my-function', 'my-function:prod', '…:function:my-function' and '…:function:my-function:prod'."""
    return (name.partition(':function:')[2] or name).partition(':')[0]


def _without_what_no_image_has(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kwargs.items() if key not in NOT_OF_AN_IMAGE}


def _default_handler(name: str) -> str:
    return f'{_name_alone(name)}.run'
