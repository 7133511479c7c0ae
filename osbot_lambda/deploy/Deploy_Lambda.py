import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Optional, Self

from osbot_lambda.aws.Aws__Resource import Any_Session
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.deploy.Deploy_Lambda__Contents import Deploy_Lambda__Contents
from osbot_lambda.deploy.Deploy_Lambda__Function import Deploy_Lambda__Function
from osbot_lambda.deploy.Deploy_Lambda__Setters import Deploy_Lambda__Setters
from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.schemas.Nearest_Name import Nearest_Name

if TYPE_CHECKING:  # what a deploy needs is imported when there is one
    import logging

    from osbot_lambda.deploy.Deploy_Build import Deploy_Build
    from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
    from osbot_lambda.deploy.Deploy_Result import Deploy_Result
    from osbot_lambda.packaging.Lambda_Package import Lambda_Package

ATTRIBUTES = ('session', 'settings')
STATUS = {'create': 'created', 'update': 'updated', 'unchanged': 'unchanged'}


class Deploy_Lambda(Deploy_Lambda__Contents, Deploy_Lambda__Setters, Deploy_Lambda__Function):
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
