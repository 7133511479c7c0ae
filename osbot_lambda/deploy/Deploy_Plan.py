from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Optional, Self

from osbot_lambda.deploy.Deploy_Build import Deploy_Build
from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Layers import Deploy_Layers
from osbot_lambda.deploy.Setting_Value import Setting_Value
from osbot_lambda.errors import Setting__Invalid
from osbot_lambda.schemas.Html_Table import Html_Table

CREATE_DEFAULTS = {'MemorySize': 512, 'Timeout': 60}


@dataclass(frozen=True, slots=True)
class Deploy_Plan:
    """What a deploy would change: data, made from a build and from what the cloud has. str() is its text.

    Shapes : action is 'create', 'update' or 'unchanged'; code tells whether the code is sent; configuration is what
             is sent of the settings, by AWS's names (in Layers, one still to be made is there by its name);
             architectures is what is sent with the code, None for no change of it; role is the name or ARN that is to
             be set, None for no change; layers are those that the function is to have. code_sha256 is '' for a
             container image. changes has them all, and those of versions, aliases, tags, URL and others, in the order
             in which they are made.
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
    architectures: Optional[list[str]] = None

    @classmethod
    def make(
        cls,
        build: Deploy_Build,
        current: Optional[dict[str, Any]],
        role: Optional[str],
        default_runtime: str,
        layers: Deploy_Layers,
    ) -> Self:
        """From what is wanted and GetFunctionConfiguration's answer (None: no such function). role is the name or ARN
        of the one that it is to have, None for the one that it has. Makes no call."""
        if current is None:
            return cls._create(build, str(role), default_runtime, layers)
        cls._check_kind(build, current)
        return cls._update(build, current, role, layers)

    def with_changes(self, changes: Sequence[Deploy_Change]) -> Self:
        """With more of them, of what isn't code or configuration."""
        action = 'update' if changes and self.action == 'unchanged' else self.action
        return replace(self, action=action, changes=(*self.changes, *changes))

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
    def _create(cls, build: Deploy_Build, role: str, default_runtime: str, layers: Deploy_Layers) -> Self:
        wanted = {**CREATE_DEFAULTS, **build.configuration()}
        if build.package is not None:
            wanted = {'Runtime': default_runtime, **wanted}
        values = [value for key, named in wanted.items() if (value := Setting_Value.of(key, named, {})).differs]
        configuration = {value.key: value.wanted for value in values}
        architecture, sha = build.settings.architecture, build.code_sha256
        changes = [
            Deploy_Change('function', '', build.name),
            Deploy_Change('code', '', sha or str(build.settings.image_uri)),
            *(Deploy_Change(value.key, '', value.texts()[1]) for value in values),
        ]
        if architecture is not None:
            changes.append(Deploy_Change('Architectures', '', architecture))
        if layers.names:
            configuration['Layers'] = layers.names
            changes.append(Deploy_Change('Layers', '', ', '.join(layers.names)))
        changes.append(Deploy_Change('role', '', role))
        architectures = None if architecture is None else [architecture]
        return cls(build.name, 'create', tuple(changes), True, configuration, role, sha, layers, architectures)

    @classmethod
    def _update(cls, build: Deploy_Build, current: dict[str, Any], role: Optional[str], layers: Deploy_Layers) -> Self:
        old_sha, image = str(current.get('CodeSha256', '')), build.settings.image_uri or ''
        sha = build.code_sha256 or image.partition('@sha256:')[2]  # a tag may have moved: that is sent again
        code = sha != old_sha or 'Failed' in (current.get('State'), current.get('LastUpdateStatus'))
        changes = [Deploy_Change('code', old_sha, image or sha)] if code else []
        architectures = cls._architectures(build, current)
        if architectures is not None:
            changes.append(cls._change(architectures))
        values = [Setting_Value.of(key, named, current) for key, named in build.configuration().items()]
        configuration = {value.key: value.wanted for value in values if value.differs}
        changes += [cls._change(value) for value in values if value.differs]
        attached = [str(layer['Arn']) for layer in current.get('Layers') or ()]
        if layers.arns is not None and layers.names != attached:
            configuration['Layers'] = layers.names
            changes.append(Deploy_Change('Layers', ', '.join(attached), ', '.join(layers.names)))
        old_role = str(current.get('Role', ''))
        if role is not None and role in (old_role, old_role.rpartition('/')[2]):
            role = None
        if role is not None:
            changes.append(Deploy_Change('role', old_role, role))
        return cls(
            name=build.name,
            action='update' if changes else 'unchanged',
            changes=tuple(changes),
            code=code or architectures is not None,
            configuration=configuration,
            role=role,
            code_sha256=build.code_sha256,
            layers=layers,
            architectures=None if architectures is None else architectures.wanted,
        )

    @staticmethod
    def _architectures(build: Deploy_Build, current: dict[str, Any]) -> Optional[Setting_Value]:
        if build.settings.architecture is None:
            return None
        value = Setting_Value.of('Architectures', [build.settings.architecture], current)
        return value if value.differs else None

    @staticmethod
    def _change(value: Setting_Value) -> Deploy_Change:
        return Deploy_Change(value.key, *value.texts())

    @staticmethod
    def _check_kind(build: Deploy_Build, current: dict[str, Any]) -> None:
        wanted, there = 'Zip' if build.package else 'Image', current.get('PackageType', 'Zip')
        if wanted != there:
            raise Setting__Invalid(
                f'{build.name} is there with package type {there}, and Lambda can not make it {wanted}: '
                f'delete it first, or deploy under another name'
            )
