from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Optional, Self, Union

from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.errors import Setting__Invalid

if TYPE_CHECKING:
    from osbot_lambda.deploy.Deploy_Part import Deploy_Part


class Deploy_Lambda__Setters:
    """What Deploy_Lambda is told of the function's settings; they are sent by the next deploy().

    Errors : Setting__Invalid for what isn't of the right kind; the limits are checked by build().
    """

    settings: Deploy_Settings
    _parts: 'dict[str, Deploy_Part]'

    def set_env_variable(self, key: str, value: str) -> Self:
        """Add one environment variable to those named here; together they replace the function's."""
        return self.set_env_variables({**self.settings.env_variables, key: value})

    def set_env_variables(self, env_variables: Mapping[str, str]) -> Self:
        """All environment variables of the function; {} removes them. Setting__Invalid for what isn't text."""
        for key, value in env_variables.items():
            if not isinstance(key, str) or not isinstance(value, str):
                raise Setting__Invalid(f'environment variable {key!r} is {value!r}; Lambda takes text only: use str()')
        self.settings.env_variables = dict(env_variables)
        self.settings.env_named = True
        return self

    def set_handler(self, handler: str) -> Self:
        """Another entry point of the package, 'module.function'."""
        self.settings.handler = handler
        return self

    def set_memory_size(self, memory_size: int) -> Self:
        """MiB, 128..10240."""
        self.settings.memory_size = memory_size
        return self

    def set_ephemeral_storage(self, ephemeral_storage: int) -> Self:
        """MiB of /tmp, 512..10240."""
        self.settings.ephemeral_storage = ephemeral_storage
        return self

    def set_timeout(self, timeout: int) -> Self:
        """Seconds, 1..900."""
        self.settings.timeout = timeout
        return self

    def set_role(self, role: str) -> Self:
        """The execution role: its ARN, or its name; one of that name that isn't there is made, able to write logs."""
        self.settings.role = role
        return self

    def set_runtime(self, runtime: str) -> Self:
        """'python3.12'; without it, a new function takes the running interpreter's version."""
        self.settings.runtime = runtime
        return self

    def set_description(self, description: str) -> Self:
        """At most 256 characters."""
        self.settings.description = description
        return self

    def set_architecture(self, architecture: str) -> Self:
        """'x86_64' or 'arm64'; it goes with the code. Of an existing function, layers by ARN have to fit it, too.

        deploy.set_architecture('arm64')"""
        self.settings.architecture = architecture
        return self

    def set_tracing(self, mode: str) -> Self:
        """'Active' traces with X-Ray, 'PassThrough' only what the caller traces.

        deploy.set_tracing('Active')"""
        self.settings.tracing = mode
        return self

    def set_tags(self, tags: Mapping[str, Optional[str]]) -> Self:
        """Put these tags on the function; None takes one off. Others that it has stay. Setting__Invalid.

        deploy.set_tags({'team': 'shop', 'trial': None})"""
        from osbot_lambda.deploy.Deploy_Tags import Deploy_Tags

        self._parts['tags'] = Deploy_Tags(tags)
        return self

    def set_vpc(self, subnet_ids: Iterable[str] = (), security_group_ids: Iterable[str] = ()) -> Self:
        """Run the function in a VPC; without both, in none.

        deploy.set_vpc(['subnet-0a1b2c3d'], ['sg-0a1b2c3d'])"""
        self.settings.subnet_ids, self.settings.security_group_ids = list(subnet_ids), list(security_group_ids)
        self.settings.vpc_named = True
        return self

    def set_dead_letter(self, arn: Optional[str]) -> Self:
        """Where an event goes that was handed over (not a queue's) and failed to the last: the ARN of a queue or topic;
        None for nowhere.

        deploy.set_dead_letter('arn:aws:sqs:us-east-1:123456789012:failed')"""
        self.settings.dead_letter = arn or ''
        return self

    def set_logging(
        self,
        format: Optional[str] = None,
        application_level: Optional[str] = None,
        system_level: Optional[str] = None,
        group: Optional[str] = None,
    ) -> Self:
        """How and where the function logs; what isn't named stays. format is 'Text' or 'JSON', which alone has levels:
        application_level 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR' or 'FATAL', system_level 'DEBUG', 'INFO' or 'WARN'.
        group is the log group's name.

        deploy.set_logging(format='JSON', application_level='DEBUG')"""
        named = {
            'LogFormat': format,
            'ApplicationLogLevel': application_level,
            'SystemLogLevel': system_level,
            'LogGroup': group,
        }
        self.settings.logging = {key: value for key, value in named.items() if value is not None}
        return self

    def set_reserved_concurrency(self, invokes: Optional[int]) -> Self:
        """Reserve so many concurrent invokes, and allow no more; 0 stops the function, None reserves nothing.
        Setting__Invalid.

        deploy.set_reserved_concurrency(5)"""
        from osbot_lambda.deploy.Deploy_Concurrency import Deploy_Concurrency

        self._parts['concurrency'] = Deploy_Concurrency(invokes)
        return self

    def set_function_url(
        self,
        auth_type: Union[str, Literal[False]] = 'AWS_IAM',
        cors: Optional[Mapping[str, Any]] = None,
        invoke_mode: Optional[str] = None,
    ) -> Self:
        """Give the function a URL: with 'AWS_IAM' callers sign, with 'NONE' it is open to everybody; False removes it.
        cors has AWS's names ('AllowOrigins', …), {} for none; invoke_mode is 'BUFFERED' or 'RESPONSE_STREAM'; of both,
        what isn't named stays. Setting__Invalid.

        deploy.set_function_url('NONE', cors={'AllowOrigins': ['*']}).deploy()
        urllib.request.urlopen(deploy.function_url())"""
        from osbot_lambda.deploy.Deploy_Url import Deploy_Url

        self._parts['url'] = Deploy_Url(auth_type or '', cors, invoke_mode)
        return self

    def set_deadline(self, seconds: float) -> Self:
        """How long a deploy() may wait for AWS, all in all: for the function's states, for a role to become known, for
        calls that are refused for the moment. 300 s at first; then Wait__Timeout.

        deploy.set_deadline(600)"""
        self.settings.deadline = float(seconds)
        return self

    def add_layer(self, layer_arn: str) -> Self:
        """Add one layer version, by its ARN, to those named here; together they replace the function's. One that is
        named already changes nothing. Setting__Invalid for what is no such ARN.

        deploy.add_layer('arn:aws:lambda:us-east-1:123456789012:layer:my-layer:1')"""
        return self.add_layers([layer_arn])

    def add_layers(self, layers_arn: Iterable[str]) -> Self:
        """Several, as add_layer."""
        from osbot_lambda.deploy.Deploy_Build import Deploy_Build

        arns = [Deploy_Build.check_layer_arn(arn) for arn in layers_arn]
        self.settings.layers = list(dict.fromkeys([*self.settings.layers, *arns]))
        self.settings.layers_named = True
        return self

    def set_layers(self, layers: Iterable[str]) -> Self:
        """All layers of the function, by their ARNs, in place of those named before, also by
        set_packages_using_layer(); [] removes them. Setting__Invalid.

        deploy.set_layers([])"""
        self.settings.layers, self.settings.packages = [], []
        return self.add_layers(layers)

    def set_packages_using_layer(self, packages: Iterable[str], skip_layer_creation_if_exists: bool = True) -> Self:
        """Have these packages (as in a requirements file), with what they need, in a layer; it comes after the layers
        that were added.

        The layer is named by the list and the function's runtime and architecture, and made by the first deploy() that
        needs it; then every function with the same list uses it, as it is. Another list is another layer; [] is none.
        skip_layer_creation_if_exists=False makes a new version of it at each deploy(): with newer packages, where the
        list leaves that open.

        deploy.set_packages_using_layer(['pandas', 'numpy==2.2.6', 'pydantic[email]'])"""
        if isinstance(packages, str):
            packages = [packages]
        wanted = list(packages)
        for package in wanted:
            if not isinstance(package, str) or not package.strip():
                raise Setting__Invalid(f"{package!r} is no package: give text such as 'requests' or 'requests>=2.32'")
        self.settings.packages = wanted
        self.settings.reuse_packages_layer = skip_layer_creation_if_exists
        self.settings.layers_named = True
        return self

    def set_container_image(self, image_uri: str) -> Self:
        """Deploy a container image instead of a package: '<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>',
        or with '@sha256:<digest>'. Of a tag, each deploy() asks Lambda for what it stands for by then.

        Deploy_Lambda('my-function').set_container_image(image_uri).deploy()"""
        self.settings.image_uri = image_uri
        return self

    def uses_container_image(self) -> bool:
        """Whether set_container_image() was called."""
        return self.settings.image_uri is not None
