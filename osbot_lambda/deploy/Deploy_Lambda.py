import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional, Self

from osbot_lambda.aws.Aws__Resource import Any_Session
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.deploy.Deploy_Build import Deploy_Build
from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
from osbot_lambda.deploy.Deploy_Result import Deploy_Result
from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.errors import File__Not_Found, Setting__Invalid
from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Lambda_Package import Lambda_Package
from osbot_lambda.schemas.Invoke_Result import Invoke_Result

logger = logging.getLogger('osbot_lambda')

STATUS = {'create': 'created', 'update': 'updated', 'unchanged': 'unchanged'}


class Deploy_Lambda:
    """A Python function, packaged and deployed as a Lambda function.

        Deploy_Lambda(handler=my_module.run).deploy()

    Shapes : handler is a function, or 'module.function' (looked for in source_roots, folders that act as the zip's
             root). session_kwargs is a dict, a Session__Kwargs or an AWS_Session; target 'local', 'aws' or a URL.
    Units  : memory_size MiB (512 for a new function), timeout seconds (60 for a new function).
    Errors : those of Handler_Source and Function_Name__Invalid at construction; deploy() and plan() also those of
             Lambda_Package and Deploy_Build, all before the first call, then Aws__Error, Deploy__Failed, Wait__Timeout.

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
    ):
        self.source = Handler_Source(handler, source_roots)
        self._name = (lambda_name or self.source.lambda_name()) + (f'__{stage}' if stage else '')
        Deploy_Build.check_name(self._name)
        self.session = AWS_Session.of(session_kwargs, target)
        self.settings = Deploy_Settings(
            memory_size=memory_size, timeout=timeout, runtime=runtime, role=role, description=description
        )
        if env_variables is not None:
            self.set_env_variables(env_variables)
        self._additions: list[Callable[[Lambda_Package], object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to remove: packages are made in memory."""

    def __repr__(self) -> str:
        return f'Deploy_Lambda({self._name!r}, target={self.session.target!r})'

    # ---- what is packaged

    def add_function_source_code(self) -> Self:
        """Check now that the handler's code can be packaged; it is part of every package anyway."""
        self.source.code()
        return self

    def add_module(self, name: str) -> Self:
        """A module or package by its dotted name, installed or the user's own. Module__Not_Found."""
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

    def package(self) -> Lambda_Package:
        """The package as it would be deployed now: every file is read anew."""
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

    # ---- deploy

    def build(self) -> Deploy_Build:
        """What would be deployed now, packaged and checked; makes no call."""
        return Deploy_Build(self._name, self.package(), self.settings).check()

    def plan(self) -> Deploy_Plan:
        """What deploy() would change now; reads the cloud, changes nothing."""
        return self._plan_for(self.build(), Deploy_Execute(self.lambda_function()).current())

    def deploy(self) -> Deploy_Result:
        """Package, create or update the function, and wait until it can be invoked."""
        start = time.monotonic()
        build = self.build()
        warnings = self._warnings(build)
        if self.session.target == 'aws':
            logger.info(
                'deploying %s to AWS account %s in %s',
                self._name,
                self.session.account_id(),
                self.session.region_name,
            )
        execute = Deploy_Execute(self.lambda_function())
        current = execute.current()
        plan = self._plan_for(build, current)
        after = (current if plan.action == 'unchanged' else None) or execute.run(build, plan)
        return Deploy_Result(
            status=STATUS[plan.action],
            name=self._name,
            arn=str(after.get('FunctionArn', '')),
            code_sha256=plan.code_sha256,
            revision=str(after.get('RevisionId', '')),
            seconds=time.monotonic() - start,
            changes=plan.changes,
            warnings=warnings,
        )

    def update(self) -> Deploy_Result:
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

    def invoke_result(self, payload: Any = None) -> Invoke_Result:
        """The value or the error, with logs and times."""
        return self.lambda_function().invoke_result(payload)

    def delete(self) -> bool:
        """Delete the function and its log group; False when it wasn't there. The role stays."""
        return self.lambda_function().delete()

    def _add(self, addition: Callable[[Lambda_Package], object]) -> Self:
        self._additions.append(addition)
        return self

    @staticmethod
    def _plan_for(build: Deploy_Build, current: Optional[dict[str, Any]]) -> Deploy_Plan:
        runtime = f'python{sys.version_info.major}.{sys.version_info.minor}'
        return Deploy_Plan.make(build, current, Deploy_Execute.DEFAULT_ROLE, runtime)

    def _warnings(self, build: Deploy_Build) -> tuple[str, ...]:
        warnings = tuple(
            f'{missing} is neither in the package nor in the Lambda runtime: add_module({missing.name!r}), '
            f'or the import fails there'
            for missing in build.package.missing()
        )
        for warning in warnings:
            logger.warning('%s: %s', self._name, warning)
        return warnings
