from dataclasses import dataclass, field
from typing import Any, Optional, Self

from osbot_lambda.deploy.Deploy_Build import Deploy_Build
from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Layers import Deploy_Layers
from osbot_lambda.errors import Setting__Invalid
from osbot_lambda.schemas.Html_Table import Html_Table

CREATE_DEFAULTS = {'MemorySize': 512, 'Timeout': 60}


@dataclass(frozen=True, slots=True)
class Deploy_Plan:
    """What a deploy would change: data, made from a build and from what the cloud has. str() is its text.

    Shapes : action is 'create', 'update' or 'unchanged'; code tells whether the code is sent; configuration is what
             is sent of the settings, by AWS's names (in Layers, one still to be made is there by its name); role is
             the name or ARN that is to be set, None for no change; layers are those that the function is to have.
             code_sha256 is '' for a container image.
    Errors : make() raises Setting__Invalid where a zip would have to become a container image, or the reverse.
    """

    name: str
    action: str
    changes: tuple[Deploy_Change, ...]
    code: bool
    configuration: dict[str, Any]
    role: Optional[str]
    code_sha256: str
    layers: Deploy_Layers = field(default_factory=Deploy_Layers)

    @classmethod
    def make(
        cls,
        build: Deploy_Build,
        current: Optional[dict[str, Any]],
        default_role: str,
        default_runtime: str,
        layers: Deploy_Layers,
    ) -> Self:
        """From what is wanted and GetFunctionConfiguration's answer (None: no such function). Makes no call."""
        if current is None:
            return cls._create(build, default_role, default_runtime, layers)
        cls._check_kind(build, current)
        return cls._update(build, current, layers)

    def text(self) -> str:
        """A line for the function, and one for each change."""
        head = {'create': f'create {self.name}', 'update': f'update {self.name}'}.get(self.action)
        lines = [head or f'{self.name} is up to date', *(f'  {change}' for change in self.changes)]
        return '\n'.join(lines)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        changes = ', '.join(str(change) for change in self.changes) if self.action == 'update' else ''
        return f'<Deploy_Plan {self.text().splitlines()[0]}{": " if changes else ""}{changes}>'

    def _repr_html_(self) -> str:
        table = Html_Table(self.text().splitlines()[0], ['what', 'now', 'then'] if self.changes else [])
        for change in self.changes:
            table.add(change.what, change.old, change.new)
        return table.html()

    @classmethod
    def _create(cls, build: Deploy_Build, default_role: str, default_runtime: str, layers: Deploy_Layers) -> Self:
        configuration = {**CREATE_DEFAULTS, **build.configuration()}
        if build.package is not None:
            configuration = {'Runtime': default_runtime, **configuration}
        if layers.names:
            configuration['Layers'] = layers.names
        role = build.settings.role or default_role
        sha = build.code_sha256
        changes = [
            Deploy_Change('function', '', build.name),
            Deploy_Change('code', '', sha or str(build.settings.image_uri)),
            *(Deploy_Change(key, '', cls._text(key, value)) for key, value in configuration.items()),
            Deploy_Change('role', '', role),
        ]
        return cls(build.name, 'create', tuple(changes), True, configuration, role, sha, layers)

    @classmethod
    def _update(cls, build: Deploy_Build, current: dict[str, Any], layers: Deploy_Layers) -> Self:
        old_sha, image = str(current.get('CodeSha256', '')), build.settings.image_uri or ''
        sha = build.code_sha256 or image.partition('@sha256:')[2]  # a tag may have moved: that is sent again
        code = sha != old_sha or 'Failed' in (current.get('State'), current.get('LastUpdateStatus'))
        changes = [Deploy_Change('code', old_sha, image or sha)] if code else []
        configuration = {}
        for key, value in build.configuration().items():
            old = current.get(key, {'Variables': {}} if key == 'Environment' else '')
            if key == 'Environment':
                old = {'Variables': old.get('Variables', {})}
            if old != value:
                configuration[key] = value
                changes.append(cls._change(key, old, value))
        attached = [str(layer['Arn']) for layer in current.get('Layers') or ()]
        if layers.arns is not None and layers.names != attached:
            configuration['Layers'] = layers.names
            changes.append(cls._change('Layers', attached, layers.names))
        role, old_role = build.settings.role, str(current.get('Role', ''))
        if role is not None and role in (old_role, old_role.rpartition('/')[2]):
            role = None
        if role is not None:
            changes.append(Deploy_Change('role', old_role, role))
        action = 'update' if changes else 'unchanged'
        return cls(build.name, action, tuple(changes), code, configuration, role, build.code_sha256, layers)

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
        if key == 'Layers':
            return ', '.join(value)
        if key == 'EphemeralStorage' and value:
            return str(value['Size'])
        return ', '.join(sorted(value['Variables'])) if key == 'Environment' else str(value)

    @staticmethod
    def _check_kind(build: Deploy_Build, current: dict[str, Any]) -> None:
        wanted, there = 'Zip' if build.package else 'Image', current.get('PackageType', 'Zip')
        if wanted != there:
            raise Setting__Invalid(
                f'{build.name} is there with package type {there}, and Lambda can not make it {wanted}: '
                f'delete it first, or deploy under another name'
            )
