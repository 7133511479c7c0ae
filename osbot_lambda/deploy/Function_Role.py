from collections.abc import Callable, Iterable
from typing import Any, Optional

from osbot_lambda.aws.Deadline import Deadline
from osbot_lambda.aws.iam.IAM_Policy import VERSION
from osbot_lambda.aws.iam.IAM_Role import BASIC_EXECUTION, IAM_Role
from osbot_lambda.aws.iam.IAM_Statements import IAM_Statements
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Part import Deploy_Part
from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.deploy.Deploy_Shared import Deploy_Shared
from osbot_lambda.deploy.Deploy_Triggers import Deploy_Triggers
from osbot_lambda.deploy.Role_Needs import OF_CONFIGURATION, OF_SOURCES, Role_Needs
from osbot_lambda.errors import Aws__Access_Denied, Aws__Not_Found, Role__Lacks_Permission

LONGEST_ROLE_NAME = 64
NEW_FUNCTION_TIMEOUT = 60


class Function_Role:
    """The execution role that a deploy gives a function, with the least that it needs.

    A function that needs no more than its logs shares one role with others like it. One with triggers, a dead-letter
    target, a VPC or tracing has a role of its own, 'osbot-lambda-role-<function>', whose one inline policy of a region
    names its log group and its queues. A role that the user named, or that the function got elsewhere, is left as it
    is: what it lacks of what this deploy adds is an error. A named role that isn't there is made, able to write logs,
    and then is this function's to change.

    prepare() adds what is needed, before anything needs it; narrow() takes away what isn't any more, after all else:
    until a queue is let go, Lambda deletes messages of batches under way, and its network interfaces, by this role.
    What a deploy that was cut off left to take away, the next one finds by read().

    Shapes : settings are what was named; current is GetFunctionConfiguration's answer, None for a new function; parts
             are all of the deploy's, read.
    Errors : Role__Lacks_Permission, and those of Deploy_Triggers.prepare(), before anything is changed; Aws__Error.
    """

    SHARED = 'osbot-lambda-execution-role'

    def __init__(
        self,
        function: Lambda,
        settings: Deploy_Settings,
        current: Optional[dict[str, Any]],
        parts: Iterable[Deploy_Part] = (),
    ):
        self.function, self.settings, self.current = function, settings, current
        self.triggers = next((part for part in parts if isinstance(part, Deploy_Triggers)), None)
        self._left_over: list[dict[str, Any]] = []
        self._ours: Optional[tuple[IAM_Role, str]] = None

    @staticmethod
    def own_name(function_name: str) -> str:
        """Of the role that only this function has."""
        name = f'osbot-lambda-role-{function_name}'
        if len(name) <= LONGEST_ROLE_NAME:
            return name
        from hashlib import sha256

        return f'{name[: LONGEST_ROLE_NAME - 9]}-{sha256(function_name.encode()).hexdigest()[:8]}'

    # ---- for a plan: no call is made

    def unnamed(self) -> Optional[str]:
        """The name of the role that the function is to get when the user names none; None when it stays with the one
        that it has."""
        if self._comes_to_need() and (self.current is None or self._is(self.SHARED)):
            return self.own_name(self.function.name)
        return self.SHARED if self.current is None else None

    def read(self) -> None:
        """See what a deploy before left to take away, with one call; none when this one writes the policy anyway, or
        names nothing that may have been taken away."""
        if not self._keeps_its_own() or not self._may_have_lost():
            return
        if not self._comes_to_need() and not self._lost(self._role, leaving=False):
            allowed = self._allowed_by(self._iam_role(self._role_name))
            known = OF_CONFIGURATION | (OF_SOURCES if self.triggers else set())
            lost = IAM_Statements(self._needs().policy(self._role, self._region)).missing(allowed)
            self._left_over = [each for each in lost if known.issuperset(each['Action'])]

    def changes(self) -> tuple[Deploy_Change, ...]:
        """What read() found."""
        actions = sorted({action for statement in self._left_over for action in statement['Action']})
        return (Deploy_Change('permissions', ', '.join(actions), ''),) if actions else ()

    # ---- for its execution

    def prepare(self) -> Optional[str]:
        """Make the role, or have it allow what is needed; the ARN that the function is to get, None when it keeps the
        one that it has. Checks the triggers' sources first."""
        self._check_sources()
        named = self.settings.role
        if named and not (self.current and named in (self._role, self._role_name)):
            return self._named(named)
        unnamed = None if named else self.unnamed()
        if unnamed == self.SHARED:
            return self._once(self.SHARED, lambda: self._iam_role(self.SHARED).ensure_for__lambda(repair=True))
        if unnamed is not None:
            if self.current is not None:
                self._check_shared_has_no_more()
            return self._own()
        if self._keeps_its_own():
            self._ours = self._iam_role(self._role_name), self._role
            if self._comes_to_need() or self._logs_elsewhere():
                self._widen(*self._ours)
        elif added := self._comes_to_need():
            self._extend(self._iam_role(self._role_name), self._role, added)
        return None

    def narrow(self) -> None:
        """Take away what the function needs no more, once it is as it was named. Only from a role that is its own, or
        that prepare() wrote to. Wait__Timeout when a trigger isn't gone in time."""
        if self._ours is None or not self._lost(self._ours[1]):
            return
        self._read_triggers()
        if self.triggers is not None:
            self.triggers.wait_until_gone(self.function)
        self._write(*self._ours)

    # ---- what it needs

    @property
    def _role(self) -> str:
        return str((self.current or {}).get('Role', ''))

    @property
    def _role_name(self) -> str:
        return self._role.rpartition('/')[2]

    def _is(self, name: str) -> bool:
        return self._role_name == name

    @property
    def _region(self) -> str:
        return str(self.function.session.region_name)

    def _keeps_its_own(self) -> bool:
        named = self.settings.role or self._role
        return self._is(self.own_name(self.function.name)) and named in (self._role, self._role_name)

    def _configured(self, current: Optional[dict[str, Any]], sources: tuple[str, ...] = ()) -> Role_Needs:
        """With what was named in place of what is there."""
        settings, has = self.settings, dict(current or {})
        if settings.dead_letter is not None:
            has['DeadLetterConfig'] = {'TargetArn': settings.dead_letter}
        if settings.tracing is not None:
            has['TracingConfig'] = {'Mode': settings.tracing}
        if settings.vpc_named:
            has['VpcConfig'] = {'SubnetIds': list(settings.subnet_ids)}
        if settings.logging:
            has['LoggingConfig'] = {**(has.get('LoggingConfig') or {}), **settings.logging}
        return Role_Needs.of(self.function.name, has, sources)

    def _needs(self) -> Role_Needs:
        """All that it needs once this deploy is through, also what was made elsewhere; of sources, those that were
        read."""
        return self._configured(self.current, tuple(self.triggers.source_arns() if self.triggers else ()))

    def _lost(self, role: str, leaving: bool = True) -> list[dict[str, Any]]:
        """The statements, or parts of them, that it then needs no more."""
        if self.current is None:
            return []
        sources = self.triggers.source_arns_before(leaving) if self.triggers else ()
        before = Role_Needs.of(self.function.name, self.current, tuple(sources)).policy(role, self._region)
        return [*IAM_Statements(self._needs().policy(role, self._region)).missing(before), *self._left_over]

    def _logs_elsewhere(self) -> bool:
        return self._configured(self.current).log_group != Role_Needs.of(self.function.name, self.current).log_group

    def _may_have_lost(self) -> bool:
        """Whether what is named may have taken something away, in a deploy before."""
        settings = self.settings
        return bool(
            (self.triggers and self.triggers.only)
            or settings.dead_letter is not None
            or settings.tracing == 'PassThrough'
            or (settings.vpc_named and not settings.subnet_ids)
            or 'LogGroup' in settings.logging
        )

    def _comes_to_need(self) -> list[dict[str, Any]]:
        """The statements that this deploy adds; of a queue without an ARN yet, by its name."""
        missing = self.triggers.missing() if self.triggers else []
        sources = tuple(trigger.arn or f'arn:aws:{trigger.service}:::{trigger.name}' for trigger in missing)
        before = Role_Needs.of(self.function.name, self.current).statements()
        return [each for each in self._configured(self.current, sources).statements() if each not in before]

    def _read_triggers(self) -> None:
        """Also when none were named: what they need has to stay."""
        if self.triggers is None and self.current is not None:
            self.triggers = Deploy_Triggers()
            self.triggers.read(self.function)

    def _check_sources(self) -> None:
        if self.triggers is not None:
            has = int((self.current or {}).get('Timeout', NEW_FUNCTION_TIMEOUT))
            timeout = self.settings.timeout or has
            self.triggers.prepare(self.function, timeout, self.current is not None and timeout > has)

    # ---- roles

    def _own(self) -> str:
        iam_role = self._iam_role(self.own_name(self.function.name))
        return self._widen(iam_role, str(iam_role.obtain_for__lambda(self._made_by_us)['Arn']))

    def _named(self, role: str) -> str:
        """One that is there is looked at only when the function needs more than its logs."""
        iam_role, arn = self._iam_role(role), role
        if not role.startswith('arn:'):
            arn = self._once(role, lambda: self._ensure(iam_role))
        sources = tuple(self.triggers.source_arns()) if self.triggers else ()
        if needed := self._configured(self.current, sources).statements():
            self._extend(iam_role, arn, needed)
        return arn

    def _ensure(self, iam_role: IAM_Role) -> str:
        info = iam_role.info() or iam_role.obtain_for__lambda(self._made_by_us)
        if info.get('Description') == self._made_by_us or iam_role.role_name == self.SHARED:
            iam_role.attach_policy(BASIC_EXECUTION)  # also when its making was cut off
        return str(info['Arn'])

    def _extend(self, iam_role: IAM_Role, arn: str, needed: list[dict[str, Any]]) -> None:
        """Have it allow what is needed if we made it for this function; else see whether it does."""
        try:
            info = iam_role.info()
            if info.get('Arn') != arn:
                return
            if info.get('Description') == self._made_by_us:
                self._widen(iam_role, arn)
                return
            has = [each for statements in iam_role.policies_statements().values() for each in statements]
        except Aws__Access_Denied:  # not ours to look at: AWS will say
            return
        missing = IAM_Statements(has).missing(needed)
        if missing:
            raise Role__Lacks_Permission(arn, missing)

    def _widen(self, iam_role: IAM_Role, arn: str) -> str:
        self._ours = iam_role, arn
        self._read_triggers()
        return self._write(iam_role, arn, self._lost(arn))

    def _write(self, iam_role: IAM_Role, arn: str, more: Iterable[dict[str, Any]] = ()) -> str:
        document = {'Version': VERSION, 'Statement': [*self._needs().policy(arn, self._region), *more]}
        iam_role.set_inline_policy(self._policy_name, document)
        Deadline.role_changed()
        return arn

    def _allowed_by(self, iam_role: IAM_Role) -> list[dict[str, Any]]:
        """By the policy that a deploy writes; [] when that can't be seen."""
        try:
            found = iam_role.inline_policy(self._policy_name)['Statement']
        except (Aws__Not_Found, Aws__Access_Denied):  # the latter: it stays as it is
            return []
        statements = [found] if isinstance(found, dict) else found  # somebody may have written it anew
        return [each for each in statements if each.get('Effect') == 'Allow' and {'Action', 'Resource'} <= set(each)]

    @property
    def _policy_name(self) -> str:
        return f'osbot-lambda-{self._region}'

    def _check_shared_has_no_more(self) -> None:
        """A function that is moved to a role of its own must not lose what somebody gave the shared one."""
        shared = self._iam_role(self.SHARED)
        more = [*(arn for arn in shared.policies_attached() if arn != BASIC_EXECUTION), *shared.inline_policies()]
        if more:
            self._read_triggers()
            raise Role__Lacks_Permission(
                self.SHARED,
                self._needs().statements(),
                f' was given more than logs ({", ".join(more)}), so function {self.function.name} is not moved to a '
                f'role of its own; name one with set_role(), {self.SHARED!r} to stay with it. It',
            )

    def _once(self, name: str, make: Callable[[], str]) -> str:
        return Deploy_Shared.once('role', name, self.function.session, make)

    @property
    def _made_by_us(self) -> str:
        return f'made by osbot-lambda for function {self.function.name}'

    def _iam_role(self, name: str) -> IAM_Role:
        return IAM_Role(name, session_kwargs=self.function.session)
