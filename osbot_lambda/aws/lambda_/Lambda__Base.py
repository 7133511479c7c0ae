import re
from collections.abc import Mapping
from typing import Any, Optional, Self

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.errors import Function_Name__Invalid

LONGEST_NAME = 64


class Lambda__Base(Aws__Resource):
    """One Lambda function, by name: its nouns. The verbs are in the Lambda__* mixins.

    Shapes : name takes '_' for each '.'; role is an ARN; layers are layer version ARNs; env_variables and tags map
             text to text. The code is zip_bytes, or the object s3_key in s3_bucket.
    Units  : memory_size (also called memory) is MiB, 128..10240; timeout is seconds, 1..900.
    """

    service_name: str = 'lambda'
    name: str
    memory_size: int = 512
    timeout: int = 60
    runtime: str = 'python3.11'
    handler: str
    role: Optional[str] = None
    s3_bucket: Optional[str] = None
    s3_key: Optional[str] = None
    zip_bytes: Optional[bytes] = None
    architecture: str = 'x86_64'
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
        if not name.startswith('arn:'):
            name = name.replace('.', '_')
        session = session_kwargs if session_kwargs__lambda is None else session_kwargs__lambda
        assigned = {'memory_size' if key == 'memory' else key for key in kwargs}
        super().__init__(session, target, name=name, **{'handler': f'{name}.run', **kwargs})
        self.__dict__['__assigned__'] = assigned  # what an update may send: the rest are only our defaults

    def __setattr__(self, key: str, value: Any) -> None:
        super().__setattr__(key, value)
        if '__assigned__' in self.__dict__:
            self.__dict__['__assigned__'].add(key)

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
        """The code's zip itself, at most 50 MiB; comes before s3_bucket and s3_key."""
        self.zip_bytes = value
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

    def add_layer(self, layer_arn: Optional[str]) -> Self:
        """Add a layer version; None, and one that is there already, change nothing."""
        return self.add_layers([layer_arn] if layer_arn else [])

    def add_layers(self, layers_arn: list[str]) -> Self:
        """Add layer versions, after those that are there."""
        return self.set_layers([*self.layers, *(arn for arn in layers_arn if arn not in self.layers)])

    def set_layers(self, value: list[str]) -> Self:
        """Replace all layers; [] removes them."""
        self.layers = list(value)
        return self

    def set_tags(self, value: Mapping[str, str]) -> Self:
        """Replace the tags that are sent."""
        self.tags = dict(value)
        return self

    def log_group(self) -> Log_Group:
        """The function's log group."""
        return Log_Group(f'/aws/lambda/{self.name}', session_kwargs=self.session)

    def code_kwargs(self) -> dict[str, Any]:
        """{'ZipFile'} or {'S3Bucket', 'S3Key'}; {} when neither is set."""
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
            'Description': self.description,
            'Environment': {'Variables': dict(self.env_variables)} if self.env_variables else None,
            'Layers': list(self.layers) or None,
            'Tags': dict(self.tags) or None,
        }
        return {name: value for name, value in kwargs.items() if value is not None}

    def configuration_kwargs(self) -> dict[str, Any]:
        """The attributes that were set on this object, as UpdateFunctionConfiguration takes them."""
        values = {
            'runtime': ('Runtime', self.runtime),
            'handler': ('Handler', self.handler),
            'role': ('Role', self.role),
            'memory_size': ('MemorySize', self.memory_size),
            'timeout': ('Timeout', self.timeout),
            'description': ('Description', self.description),
            'env_variables': ('Environment', {'Variables': dict(self.env_variables)}),
            'layers': ('Layers', list(self.layers)),
        }
        assigned = set(self.__dict__['__assigned__'])
        assigned |= {name for name in ('env_variables', 'layers') if getattr(self, name)}  # changed in place
        return {key: value for name, (key, value) in values.items() if name in assigned and value is not None}

    def check_name(self) -> Self:
        """Raises Function_Name__Invalid for a name that Lambda would refuse."""
        if len(self.name) > LONGEST_NAME:
            raise Function_Name__Invalid(
                f'{self.name!r} has {len(self.name)} characters; a function name has at most {LONGEST_NAME}'
            )
        if not re.fullmatch('[a-zA-Z0-9-_]+', self.name):
            raise Function_Name__Invalid(f'{self.name!r} is no function name: letters, digits, - and _ only')
        return self
