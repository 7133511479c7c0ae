import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Optional, Self, Union

from osbot_lambda.aws.Aws__Resource import Any_Session
from osbot_lambda.aws.Deadline import Deadline
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.deploy.Deploy_Lambda__Contents import Deploy_Lambda__Contents
from osbot_lambda.deploy.Deploy_Lambda__Function import Deploy_Lambda__Function
from osbot_lambda.deploy.Deploy_Lambda__Policy import Deploy_Lambda__Policy
from osbot_lambda.deploy.Deploy_Lambda__Reports import Deploy_Lambda__Reports
from osbot_lambda.deploy.Deploy_Lambda__Setters import Deploy_Lambda__Setters
from osbot_lambda.deploy.Deploy_Lambda__Triggers import Deploy_Lambda__Triggers
from osbot_lambda.deploy.Deploy_Lambda__Versions import Deploy_Lambda__Versions
from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.schemas.Nearest_Name import Nearest_Name

if TYPE_CHECKING:  # what a deploy needs is imported when there is one
    import logging

    from osbot_lambda.aws.lambda_.Lambda import Lambda
    from osbot_lambda.deploy.Deploy_Build import Deploy_Build
    from osbot_lambda.deploy.Deploy_Part import Deploy_Part
    from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
    from osbot_lambda.deploy.Deploy_Prepared import Deploy_Prepared
    from osbot_lambda.deploy.Deploy_Result import Deploy_Result
    from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
    from osbot_lambda.schemas.Progress import Progress

ATTRIBUTES = ('session', 'settings')
GO_ON = 'deploy() again goes on from there, and set_deadline(seconds) gives it longer'
STATUS = {'create': 'created', 'update': 'updated', 'unchanged': 'unchanged'}


class Deploy_Lambda(
    Deploy_Lambda__Contents,
    Deploy_Lambda__Setters,
    Deploy_Lambda__Triggers,
    Deploy_Lambda__Function,
    Deploy_Lambda__Versions,
    Deploy_Lambda__Reports,
    Deploy_Lambda__Policy,
):
    """A Python function, packaged and deployed as a Lambda function.

        Deploy_Lambda(handler=my_module.run).deploy()

    Shapes : handler is a function, or 'module.function' (looked for in source_roots, folders that act as the zip's
             root); of a container image, a name for the function will do. session_kwargs is a dict, a Session__Kwargs
             or an AWS_Session; target 'local', 'aws' or a URL.
    Units  : memory_size and ephemeral_storage MiB (512 for a new function), timeout seconds (60 for a new function).
    Errors : those of Handler_Source and Function_Name__Invalid at construction; deploy() and plan() also those of
             Lambda_Package and Deploy_Build before the first call; before anything is changed, those of packages
             (Packaging__No_Wheel, Packaging__Install_Failed), triggers and roles, and Import_Check__Failed; then
             Aws__Error, Deploy__Failed and Wait__Timeout. Stopped anywhere, the next deploy() does the rest.

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
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        **unknown: Never,
    ):
        from osbot_lambda.deploy.Deploy_Build import Deploy_Build
        from osbot_lambda.packaging.Handler_Source import Handler_Source
        from osbot_lambda.packaging.Package_Recipe import Package_Recipe

        for name in unknown:
            known = Deploy_Lambda.__init__.__annotations__.keys() - {'unknown'}
            raise TypeError(f'Deploy_Lambda has no argument {name!r}; {Nearest_Name.advice(name, known)}')
        self._recipe: Optional[Package_Recipe] = None
        self._only_a_name = handler if isinstance(handler, str) and not set('./') & set(handler) else ''
        if not self._only_a_name:
            self._recipe = Package_Recipe(Handler_Source(handler, source_roots))
            self._recipe.include, self._recipe.exclude = tuple(include), tuple(exclude)
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
        self._parts: dict[str, Deploy_Part] = {}
        self._kept_function: Optional[Lambda] = None

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
        """What would be deployed now, packaged and checked; makes no call. What depends on the runtime and isn't named
        is as for a new function.

        deploy.build().code_sha256"""
        from osbot_lambda.schemas.Progress import Progress

        return self._build(lambda: None, Progress())

    def plan(self, publish: bool = False, alias: Optional[str] = None) -> 'Deploy_Plan':
        """What deploy() would change now; reads the cloud, changes nothing.

        print(deploy.plan())"""
        from osbot_lambda.schemas.Progress import Progress

        with self._deadline():
            return self._prepare(publish, alias, Progress()).plan

    def deploy(
        self,
        publish: bool = False,
        alias: Optional[str] = None,
        check: Optional[bool] = None,
        progress: 'Union[bool, Progress, None]' = None,
    ) -> 'Deploy_Result':
        """Package, create or update the function, and wait until it can be invoked; then make the rest as it was named.

        publish makes it a version, when something changed since the last one, and alias (which publishes, too) points
        to that. check imports the package first as Lambda would: True always, False never, None when code goes to AWS,
        or was typed into a notebook or REPL.
        progress shows bars: True always, False never, None in a terminal or notebook; or takes whom to tell.

        deploy.deploy(publish=True, alias='live').version"""
        from osbot_lambda.deploy.Deploy_Progress import Deploy_Progress
        from osbot_lambda.errors import Aws__Conflict

        start = time.monotonic()
        with self._deadline(), Deploy_Progress.shown(progress) as shown:
            try:
                return self._deploy(start, publish, alias, check, shown)
            except Aws__Conflict as error:
                if error.operation != 'CreateFunction':
                    raise
            # by now it is there: made by this call, whose answer was lost, or by another deploy at the same moment
            return self._deploy(start, publish, alias, check, shown)

    def update(self) -> 'Deploy_Result':
        """As deploy()."""
        return self.deploy()

    def _deploy(
        self, start: float, publish: bool, alias: Optional[str], check: Optional[bool], progress: 'Progress'
    ) -> 'Deploy_Result':
        from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
        from osbot_lambda.deploy.Deploy_Result import Deploy_Result
        from osbot_lambda.deploy.Deploy_Warnings import Deploy_Warnings

        prepared = self._prepare(publish, alias, progress)
        build, plan, current = prepared.build, prepared.plan, prepared.current
        self._say_where()
        added = self._recipe is not None and self._recipe.has_additions
        warnings = (*self._warn(Deploy_Warnings.of(build, plan, current, added)), *self._checked(check, prepared))
        after = current or {}
        if plan.action != 'unchanged':
            after = Deploy_Execute(self._function_to_deploy(), progress).run(prepared) or after
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
            version=prepared.publish.version if prepared.publish else '',
        )

    def _build(self, current: 'Callable[[], Optional[dict[str, Any]]]', progress: 'Progress') -> 'Deploy_Build':
        """current is asked only when the package depends on the runtime, after what can be known to be wrong without
        a call."""
        from osbot_lambda.deploy.Deploy_Build import Deploy_Build
        from osbot_lambda.deploy.Settings_Check import Settings_Check

        Settings_Check(self._name, self.settings).run()
        if self.uses_container_image():
            return Deploy_Build(self._name, None, self.settings).check()
        package = self._package(lambda: self._platform(current()), progress)
        return Deploy_Build(self._name, package, self.settings).check()

    def _prepare(self, publish: bool, alias: Optional[str], progress: 'Progress') -> 'Deploy_Prepared':
        from copy import copy

        from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
        from osbot_lambda.deploy.Deploy_Layers import Deploy_Layers
        from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
        from osbot_lambda.deploy.Deploy_Prepared import Deploy_Prepared
        from osbot_lambda.deploy.Deploy_Publish import Deploy_Publish
        from osbot_lambda.deploy.Function_Role import Function_Role

        function = self._function_to_deploy()
        publishing = Deploy_Publish(alias) if publish or alias is not None else None
        looks: list[Optional[dict[str, Any]]] = []

        def look() -> Optional[dict[str, Any]]:
            if not looks:
                looks.append(Deploy_Execute(function).current())
            return looks[0]

        build = self._build(look, progress)
        current, runtime = look(), _runtime_here()
        layers = Deploy_Layers.resolve(self.settings, current, runtime, self.session)
        parts = [copy(part) for part in sorted(self._parts.values(), key=lambda part: part.order)]
        if current is not None:
            if publishing is not None:
                publishing.read(function, current)
            for part in parts:
                part.read(function)
        role = Function_Role(function, self.settings, current, parts)
        plan = Deploy_Plan.make(build, current, self.settings.role or role.unnamed(), runtime, layers)
        more = list(publishing.changes(plan.action != 'unchanged')) if publishing is not None else []
        changing = tuple(part for part in parts if part.changes())
        more += [change for part in changing for change in part.changes()]
        role.read()
        more += role.changes()
        return Deploy_Prepared(build, current, plan.with_changes(more), role, changing, publishing)

    def _platform(self, current: Optional[dict[str, Any]]) -> 'Lambda_Platform':
        """What is packaged for: as named, else as the function that is there has it, else this Python on x86_64."""
        from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform

        has = current or {}
        runtime = self.settings.runtime or has.get('Runtime') or _runtime_here()
        return Lambda_Platform(runtime, self.settings.architecture or (has.get('Architectures') or ['x86_64'])[0])

    def _checked(self, check: Optional[bool], prepared: 'Deploy_Prepared') -> tuple[str, ...]:
        """The warnings of an import check, if there is to be one; Import_Check__Failed."""
        typed_in = self._recipe is not None and self._recipe.source.file is None  # written out: does it stand alone?
        wanted = prepared.plan.code and (self.session.target == 'aws' or typed_in) if check is None else check
        if prepared.build.package is None or not wanted:
            return ()
        result = self._import_check(prepared.build, self._platform(prepared.current)).run().check()
        return self._warn((result.warning,) if result.warning else ())

    def _function_to_deploy(self) -> 'Lambda':
        """Kept, as making it takes as long as a call; nothing is set on it."""
        if self._kept_function is None or self._kept_function.session is not self.session:
            self._kept_function = self.lambda_function()
        return self._kept_function

    def _deadline(self) -> Deadline:
        return Deadline(self.settings.deadline, GO_ON)

    def _say_where(self) -> None:
        if self.session.target == 'aws':
            _logger().info(
                'deploying %s to AWS account %s in %s',
                self._name,
                self.session.account_id(),
                self.session.region_name,
            )

    @staticmethod
    def _is_same_image(
        build: 'Deploy_Build', plan: 'Deploy_Plan', before: Optional[dict[str, Any]], after: dict[str, Any]
    ) -> bool:
        """Was only the image sent, and its tag still stands for the one that the function had?"""
        if build.package is not None or before is None or [change.what for change in plan.changes] != ['code']:
            return False
        return bool(before.get('CodeSha256')) and before['CodeSha256'] == after.get('CodeSha256')

    def _warn(self, warnings: tuple[str, ...]) -> tuple[str, ...]:
        for warning in warnings:
            _logger().warning('%s: %s', self._name, warning)
        return warnings


def _runtime_here() -> str:
    return f'python{sys.version_info.major}.{sys.version_info.minor}'


def _logger() -> 'logging.Logger':
    import logging

    return logging.getLogger('osbot_lambda')
