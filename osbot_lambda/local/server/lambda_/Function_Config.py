from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from osbot_lambda.local.server.lambda_.Layer_Version import Layer_Version

_ECHOED = ('VpcConfig', 'DeadLetterConfig', 'KMSKeyArn')  # kept as given, answered as given


@dataclass(frozen=True, slots=True)
class Function_Config:
    """What a function is configured to. Compares by content.

    Shapes : environment, logging, image and echoed have the API's keys; environment is None when never given;
             handler and runtime are None for container images.
    Units  : timeout seconds, memory_size and ephemeral_storage MiB.
    """

    role: str
    handler: Optional[str]
    runtime: Optional[str]
    log_group: str
    package_type: str = 'Zip'
    description: str = ''
    timeout: int = 3
    memory_size: int = 128
    environment: Optional[Mapping[str, str]] = None
    architectures: tuple[str, ...] = ('x86_64',)
    ephemeral_storage: int = 512
    tracing: str = 'PassThrough'
    snap_start: str = 'None'
    logging: Mapping[str, str] = field(default_factory=lambda: {'LogFormat': 'Text'})
    layers: tuple[Layer_Version, ...] = ()
    image: Mapping[str, Any] = field(default_factory=dict)
    echoed: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def new(name: str, params: Mapping[str, Any]) -> 'Function_Config':
        """From the parameters of CreateFunction, with Layers looked up."""
        base = Function_Config(
            role=params['Role'],
            handler=params.get('Handler'),
            runtime=params.get('Runtime'),
            log_group=f'/aws/lambda/{name}',
            package_type=params.get('PackageType', 'Zip'),
        )
        return base.updated(params)

    def updated(self, params: Mapping[str, Any]) -> 'Function_Config':
        """With what params (of Create… or UpdateFunction…) hold; the rest stays.

        Environment, Layers (Layer_Versions, not ARNs) and ImageConfig are replaced whole.
        """
        simple = {
            'Role': 'role',
            'Handler': 'handler',
            'Runtime': 'runtime',
            'Description': 'description',
            'Timeout': 'timeout',
            'MemorySize': 'memory_size',
            'Layers': 'layers',
            'ImageConfig': 'image',
        }
        change: dict[str, Any] = {ours: params[theirs] for theirs, ours in simple.items() if theirs in params}
        if 'Environment' in params:
            change['environment'] = dict(params['Environment'].get('Variables') or {})
        if params.get('Architectures'):
            change['architectures'] = tuple(params['Architectures'])
        if 'EphemeralStorage' in params:
            change['ephemeral_storage'] = params['EphemeralStorage']['Size']
        if 'TracingConfig' in params:
            change['tracing'] = params['TracingConfig'].get('Mode', 'PassThrough')
        if 'SnapStart' in params:
            change['snap_start'] = params['SnapStart'].get('ApplyOn', 'None')
        if 'LoggingConfig' in params:
            change.update(self._logging(params['LoggingConfig']))
        change['echoed'] = self._echoed(params)
        return replace(self, **change)

    def response(self) -> dict[str, Any]:
        """The configuration's keys of the API's answers, in the order in which AWS has them."""
        answer: dict[str, Any] = {
            'Runtime': self.runtime,
            'Role': self.role,
            'Handler': self.handler,
            'Description': self.description,
            'Timeout': self.timeout,
            'MemorySize': self.memory_size,
            'TracingConfig': {'Mode': self.tracing},
            'PackageType': self.package_type,
            'Architectures': list(self.architectures),
            'EphemeralStorage': {'Size': self.ephemeral_storage},
            'SnapStart': {'ApplyOn': self.snap_start, 'OptimizationStatus': 'Off'},
            'LoggingConfig': {**self.logging, 'LogGroup': self.log_group},
            **self.echoed,
        }
        if self.layers:
            answer['Layers'] = [{'Arn': layer.arn, 'CodeSize': layer.code.size} for layer in self.layers]
        if self.image:
            answer['ImageConfigResponse'] = {'ImageConfig': dict(self.image)}
        if self.environment is not None:
            answer['Environment'] = {'Variables': dict(self.environment)}
        return answer

    def _logging(self, given: Mapping[str, str]) -> dict[str, Any]:
        merged = {**self.logging, **{key: value for key, value in given.items() if key != 'LogGroup'}}
        if merged['LogFormat'] == 'JSON':
            merged = {'ApplicationLogLevel': 'INFO', 'SystemLogLevel': 'INFO', **merged}
        else:
            merged = {'LogFormat': merged['LogFormat']}  # switching back to Text drops the levels
        return {'logging': merged, 'log_group': given.get('LogGroup', self.log_group)}

    def _echoed(self, params: Mapping[str, Any]) -> dict[str, Any]:
        merged = {**self.echoed, **{key: params[key] for key in _ECHOED if key in params}}
        if 'VpcConfig' in params:
            vpc = {'SubnetIds': [], 'SecurityGroupIds': [], 'VpcId': '', 'Ipv6AllowedForDualStack': False}
            merged['VpcConfig'] = {**vpc, **params['VpcConfig']}
        if not merged.get('DeadLetterConfig', {}).get('TargetArn'):
            merged.pop('DeadLetterConfig', None)  # an empty TargetArn takes it away
        if not merged.get('KMSKeyArn'):
            merged.pop('KMSKeyArn', None)
        return merged
