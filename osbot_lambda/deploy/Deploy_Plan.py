from dataclasses import dataclass
from typing import Any, Optional, Self

from osbot_lambda.deploy.Deploy_Build import Deploy_Build
from osbot_lambda.deploy.Deploy_Change import Deploy_Change

CREATE_DEFAULTS = {'MemorySize': 512, 'Timeout': 60}


@dataclass(frozen=True, slots=True)
class Deploy_Plan:
    """What a deploy would change: data, made from a build and from what the cloud has. str() is its text.

    Shapes : action is 'create', 'update' or 'unchanged'; code tells whether the code is sent; configuration is what
             is sent of the settings, by AWS's names; role is the name or ARN that is to be set, None for no change.
    """

    name: str
    action: str
    changes: tuple[Deploy_Change, ...]
    code: bool
    configuration: dict[str, Any]
    role: Optional[str]
    code_sha256: str

    @classmethod
    def make(
        cls, build: Deploy_Build, current: Optional[dict[str, Any]], default_role: str, default_runtime: str
    ) -> Self:
        """From what is wanted and GetFunctionConfiguration's answer (None: no such function). Makes no call."""
        if current is None:
            return cls._create(build, default_role, default_runtime)
        return cls._update(build, current)

    def text(self) -> str:
        """A line for the function, and one for each change."""
        head = {'create': f'create {self.name}', 'update': f'update {self.name}'}.get(self.action)
        lines = [head or f'{self.name} is up to date', *(f'  {change}' for change in self.changes)]
        return '\n'.join(lines)

    def __str__(self) -> str:
        return self.text()

    @classmethod
    def _create(cls, build: Deploy_Build, default_role: str, default_runtime: str) -> Self:
        configuration = {'Runtime': default_runtime, **CREATE_DEFAULTS, **build.configuration()}
        role = build.settings.role or default_role
        sha = build.package.code_sha256()
        changes = [
            Deploy_Change('function', '', build.name),
            Deploy_Change('code', '', sha),
            *(Deploy_Change(key, '', cls._text(key, value)) for key, value in configuration.items()),
            Deploy_Change('role', '', role),
        ]
        return cls(build.name, 'create', tuple(changes), True, configuration, role, sha)

    @classmethod
    def _update(cls, build: Deploy_Build, current: dict[str, Any]) -> Self:
        sha, old_sha = build.package.code_sha256(), str(current.get('CodeSha256', ''))
        code = sha != old_sha or 'Failed' in (current.get('State'), current.get('LastUpdateStatus'))
        changes = [Deploy_Change('code', old_sha, sha)] if code else []
        configuration = {}
        for key, value in build.configuration().items():
            old = current.get(key, {'Variables': {}} if key == 'Environment' else '')
            if key == 'Environment':
                old = {'Variables': old.get('Variables', {})}
            if old != value:
                configuration[key] = value
                changes.append(cls._change(key, old, value))
        role, old_role = build.settings.role, str(current.get('Role', ''))
        if role is not None and role in (old_role, old_role.rpartition('/')[2]):
            role = None
        if role is not None:
            changes.append(Deploy_Change('role', old_role, role))
        action = 'update' if changes else 'unchanged'
        return cls(build.name, action, tuple(changes), code, configuration, role, sha)

    @classmethod
    def _change(cls, key: str, old: Any, new: Any) -> Deploy_Change:
        if key != 'Environment':
            return Deploy_Change(key, cls._text(key, old), cls._text(key, new))
        before, after = old['Variables'], new['Variables']
        changed = [f'{name} (changed)' for name in before if name in after and before[name] != after[name]]
        removed = [name for name in before if name not in after]
        added = [name for name in after if name not in before]
        return Deploy_Change(key, ', '.join(sorted([*removed, *changed])), ', '.join(sorted([*added, *changed])))

    @staticmethod
    def _text(key: str, value: Any) -> str:
        return ', '.join(sorted(value['Variables'])) if key == 'Environment' else str(value)
