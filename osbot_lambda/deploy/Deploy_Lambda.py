import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Optional, Self

from osbot_lambda.aws.Aws__Resource import Any_Session
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.errors import File__Not_Found, Handler__Invalid, Setting__Invalid
from osbot_lambda.schemas.Nearest_Name import Nearest_Name

if TYPE_CHECKING:  # what a deploy needs is imported when there is one
    import logging

    from osbot_lambda.deploy.Deploy_Build import Deploy_Build
    from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
    from osbot_lambda.deploy.Deploy_Result import Deploy_Result
    from osbot_lambda.packaging.Handler_Source import Handler_Source
    from osbot_lambda.packaging.Lambda_Package import Lambda_Package
    from osbot_lambda.schemas.Invoke_Result import Invoke_Result
    from osbot_lambda.shell.Shell_Client import Shell_Client

ATTRIBUTES = ('session', 'settings')
STATUS = {'create': 'created', 'update': 'updated', 'unchanged': 'unchanged'}


class Deploy_Lambda:
    """A Python function, packaged and deployed as a Lambda function.

        Deploy_Lambda(handler=my_module.run).deploy()

    Shapes : handler is a function, or 'module.function' (looked for in source_roots, folders that act as the zip's
             root); of a container image, a name for the function will do. session_kwargs is a dict, a Session__Kwargs
             or an AWS_Session; target 'local', 'aws' or a URL.
    Units  : memory_size and ephemeral_storage MiB (512 for a new function), timeout seconds (60 for a new function).
    Errors : those of Handler_Source and Function_Name__Invalid at construction; deploy() and plan() also those of
             Lambda_Package and Deploy_Build, all before the first call; then Aws__Error, Deploy__Failed, Wait__Timeout,
             and, before anything is changed, Packaging__No_Wheel and Packaging__Install_Failed.

    A setting that was never named is left as it is on a function that is there. The code is read anew at each
    deploy() and plan(). The end of a `with` block removes nothing that was deployed.
    """

    def __init__(
        self,
        handler: Callable[..., Any] | str,
        lambda_name: Optional[str] = None,
        stage: Optional[str] = None,
        source_roots: Optional[Sequence[str | Path]] = None,
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        memory_size: Optional[int] = None,
        timeout: Optional[int] = None,
        runtime: Optional[str] = None,
        role: Optional[str] = None,
        description: Optional[str] = None,
        env_variables: Optional[Mapping[str, str]] = None,
        ephemeral_storage: Optional[int] = None,
        **unknown: Never,
    ):
        from osbot_lambda.deploy.Deploy_Build import Deploy_Build
        from osbot_lambda.packaging.Handler_Source import Handler_Source

        for name in unknown:
            known = Deploy_Lambda.__init__.__annotations__.keys() - {'unknown'}
            raise TypeError(f'Deploy_Lambda has no argument {name!r}; {Nearest_Name.advice(name, known)}')
        self._source: Optional[Handler_Source] = None
        self._only_a_name = handler if isinstance(handler, str) and not set('./') & set(handler) else ''
        if not self._only_a_name:
            self._source = Handler_Source(handler, source_roots)
        self._name = (lambda_name or self._only_a_name or self.source.lambda_name()) + (f'__{stage}' if stage else '')
        Deploy_Build.check_name(self._name)
        self.session = AWS_Session.of(session_kwargs, target)
        self.settings = Deploy_Settings(
            memory_size=memory_size,
            ephemeral_storage=ephemeral_storage,
            timeout=timeout,
            runtime=runtime,
            role=role,
            description=description,
        )
        if env_variables is not None:
            self.set_env_variables(env_variables)
        self._additions: list[Callable[[Lambda_Package], object]] = []

    if not TYPE_CHECKING:  # with a __setattr__, type checkers take any name

        def __setattr__(self, name: str, value: Any) -> None:
            if type(self) is Deploy_Lambda and not name.startswith('_') and name not in ATTRIBUTES:
                setters = [setter for setter in dir(self) if setter.startswith('set_')]
                near = Nearest_Name.advice(f'set_{name}', setters)
                advice = f'say set_{name}(…)' if f'set_{name}' in setters else near
                raise AttributeError(f'Deploy_Lambda has no attribute {name!r} that can be set; {advice}')
            super().__setattr__(name, value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to remove: packages are made in memory."""

    def __repr__(self) -> str:
        return f'Deploy_Lambda({self._name!r}, target={self.session.target!r})'

    # ---- what is packaged

    @property
    def source(self) -> 'Handler_Source':
        """Where the handler comes from. Handler__Invalid when only a name was given."""
        if self._source is None:
            raise Handler__Invalid(
                f"handler {self._only_a_name!r} is not of the form 'module.function', and set_container_image() was "
                f'not called'
            )
        return self._source

    def add_function_source_code(self) -> Self:
        """Check now that the handler's code can be packaged; it is part of every package anyway."""
        self.source.code()
        return self

    def add_module(self, name: str) -> Self:
        """A module or package by its dotted name, installed or the user's own. Module__Not_Found."""
        from osbot_lambda.packaging.Lambda_Package import Lambda_Package

        Lambda_Package(self.source.roots()).find_module(name)
        return self._add(lambda package: package.add_module(name))

    def add_modules(self, names: Iterable[str]) -> Self:
        """Several, as add_module."""
        for name in names:
            self.add_module(name)
        return self

    def add_file(self, file_path: str | Path, folder: Optional[str] = None) -> Self:
        """One file, at the package's root or in `folder` of it. File__Not_Found."""
        path = os.path.abspath(file_path)
        if not os.path.isfile(path):
            raise File__Not_Found(f'{path} is not a file')
        return self._add(lambda package: package.add_file(path, folder))

    def add_folder(self, source: str | Path, ignore: Optional[Sequence[str]] = None) -> Self:
        """A folder, under its own name; ignore: fnmatch patterns of what to leave out. File__Not_Found."""
        path = os.path.abspath(source)
        if not os.path.isdir(path):
            raise File__Not_Found(f'{path} is not a folder')
        return self._add(lambda package: package.add_folder(path, ignore))

    def add_osbot_utils(self) -> Self:
        """The installed osbot_utils."""
        return self.add_module('osbot_utils')

    def add_osbot_lambda(self) -> Self:
        """This package, and osbot_utils, which it needs."""
        return self.add_module('osbot_lambda').add_osbot_utils()

    def add_osbot_aws(self) -> Self:
        """As add_osbot_lambda, by the name that OSBot-AWS has for it."""
        return self.add_osbot_lambda()

    def add_file__boto3__lambda(self) -> Self:
        """boto3__lambda.py at the package's root, by itself: `from boto3__lambda import load_dependency`."""
        return self.add_file(Path(__file__).parents[1] / 'aws' / 'lambda_' / 'boto3__lambda.py')

    def package(self) -> 'Lambda_Package':
        """The package as it would be deployed now: every file is read anew."""
        from osbot_lambda.packaging.Lambda_Package import Lambda_Package

        package = Lambda_Package().add_handler(self.source)
        for addition in self._additions:
            addition(package)
        return package

    def files(self) -> list[str]:
        """The paths in the package, sorted."""
        return self.package().files()

    # ---- settings

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

    # ---- deploy

    def build(self) -> 'Deploy_Build':
        """What would be deployed now, packaged and checked; makes no call."""
        from osbot_lambda.deploy.Deploy_Build import Deploy_Build

        package = None if self.uses_container_image() else self.package()
        return Deploy_Build(self._name, package, self.settings).check()

    def plan(self) -> 'Deploy_Plan':
        """What deploy() would change now; reads the cloud, changes nothing."""
        from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute

        build = self.build()
        return self._plan_for(build, Deploy_Execute(self.lambda_function()).current())

    def deploy(self) -> 'Deploy_Result':
        """Package, create or update the function, and wait until it can be invoked."""
        from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
        from osbot_lambda.deploy.Deploy_Result import Deploy_Result

        start = time.monotonic()
        build = self.build()
        if self.session.target == 'aws':
            _logger().info(
                'deploying %s to AWS account %s in %s',
                self._name,
                self.session.account_id(),
                self.session.region_name,
            )
        execute = Deploy_Execute(self.lambda_function())
        current = execute.current()
        plan = self._plan_for(build, current)
        warnings = self._warnings(build, plan, current)
        after = (current if plan.action == 'unchanged' else None) or execute.run(build, plan)
        status, changes = STATUS[plan.action], plan.changes
        if self._is_same_image(build, plan, current, after):
            status, changes = STATUS['unchanged'], ()
        return Deploy_Result(
            status=status,
            name=self._name,
            arn=str(after.get('FunctionArn', '')),
            code_sha256=plan.code_sha256 or str(after.get('CodeSha256', '')),
            revision=str(after.get('RevisionId', '')),
            seconds=time.monotonic() - start,
            changes=changes,
            warnings=warnings,
        )

    def update(self) -> 'Deploy_Result':
        """As deploy()."""
        return self.deploy()

    # ---- the deployed function

    def lambda_name(self) -> str:
        """The function's name, with the stage."""
        return self._name

    def lambda_function(self) -> Lambda:
        """The function as osbot_lambda.aws has it, on the same cloud."""
        return Lambda(self._name, session_kwargs=self.session)

    def exists(self) -> bool:
        """Whether the function is there."""
        return self.lambda_function().exists()

    def info(self) -> dict[str, Any]:
        """{'Configuration', 'Code', …}; Aws__Not_Found when it isn't there."""
        return self.lambda_function().info()

    def invoke(self, payload: Any = None) -> Any:
        """What the handler returned; {'error': message} when it failed."""
        return self.lambda_function().invoke(payload)

    def lambda_invoke(self, payload: Any = None) -> Any:
        """As invoke()."""
        return self.invoke(payload)

    def invoke_async(self, payload: Any = None) -> dict[str, Any]:
        """Hand the event over, to be run in the background; {'StatusCode': 202, …}."""
        return self.lambda_function().invoke_async(payload)

    def invoke_return_logs(self, payload: Any = None) -> dict[str, Any]:
        """{'status', 'name', 'return_value', 'execution_logs', 'request_id'}, and 'error' when it failed."""
        return self.lambda_function().invoke_return_logs(payload)

    def invoke_result(self, payload: Any = None) -> 'Invoke_Result':
        """The value or the error, with logs and times."""
        return self.lambda_function().invoke_result(payload)

    def function_url(self) -> Optional[str]:
        """The function's URL, ending in '/'; None when it has none. Aws__Error.

        deploy.lambda_function().function_url_create_with_public_access()
        urllib.request.urlopen(deploy.function_url())"""
        return self.lambda_function().function_url()

    def lambda_shell(self) -> 'Shell_Client':
        """A shell in the function, whose handler is decorated with @lambda_shell.

        deploy.lambda_shell().ping()"""
        return self.lambda_function().shell()

    def delete(self) -> bool:
        """Delete the function and its log group; False when it wasn't there. The role stays."""
        return self.lambda_function().delete()

    def _add(self, addition: Callable[['Lambda_Package'], object]) -> Self:
        self._additions.append(addition)
        return self

    def _plan_for(self, build: 'Deploy_Build', current: Optional[dict[str, Any]]) -> 'Deploy_Plan':
        from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
        from osbot_lambda.deploy.Deploy_Layers import Deploy_Layers
        from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan

        runtime = f'python{sys.version_info.major}.{sys.version_info.minor}'
        layers = Deploy_Layers.resolve(self.settings, current, runtime, self.session)
        return Deploy_Plan.make(build, current, Deploy_Execute.DEFAULT_ROLE, runtime, layers)

    @staticmethod
    def _is_same_image(
        build: 'Deploy_Build', plan: 'Deploy_Plan', before: Optional[dict[str, Any]], after: dict[str, Any]
    ) -> bool:
        """Was only the image sent, and its tag still stands for the one that the function had?"""
        if build.package is not None or before is None or [change.what for change in plan.changes] != ['code']:
            return False
        return bool(before.get('CodeSha256')) and before['CodeSha256'] == after.get('CodeSha256')

    def _warnings(
        self, build: 'Deploy_Build', plan: 'Deploy_Plan', current: Optional[dict[str, Any]]
    ) -> tuple[str, ...]:
        layers = plan.layers.names if plan.layers.arns is not None else (current or {}).get('Layers')
        if build.package is None:
            added = 'what was added is not deployed: a container image has its own files'
            return self._warn((added,) if self._additions else ())
        if layers:  # what is in a layer isn't known
            return ()
        missing = tuple(
            f'{missing} is neither in the package nor in the Lambda runtime: add_module({missing.name!r}), '
            f'or the import fails there'
            for missing in build.package.missing()
        )
        return self._warn(missing)

    def _warn(self, warnings: tuple[str, ...]) -> tuple[str, ...]:
        for warning in warnings:
            _logger().warning('%s: %s', self._name, warning)
        return warnings


def _logger() -> 'logging.Logger':
    import logging

    return logging.getLogger('osbot_lambda')
