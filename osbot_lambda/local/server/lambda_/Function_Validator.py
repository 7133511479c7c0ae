import json
from collections.abc import Callable, Mapping
from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Code_Unpacker import Code_Unpacker
from osbot_lambda.local.server.lambda_.Function_Config import Function_Config
from osbot_lambda.local.server.lambda_.Function_Version import Code
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors

RUNTIMES = frozenset(
    [
        'python3.8',
        'python3.9',
        'python3.10',
        'python3.11',
        'python3.12',
        'python3.13',
        'python3.14',
        'python3.15',
        'nodejs16.x',
        'nodejs18.x',
        'nodejs20.x',
        'nodejs22.x',
        'nodejs24.x',
        'nodejs26.x',
        'java8.al2',
        'java11',
        'java17',
        'java21',
        'java25',
        'java8.al2023',
        'java11.al2023',
        'java17.al2023',
        'dotnet6',
        'dotnet8',
        'dotnet10',
        'ruby3.2',
        'ruby3.3',
        'ruby3.4',
        'ruby4.0',
        'provided.al2',
        'provided.al2023',
    ]
)
REMOVED_RUNTIMES = frozenset(
    [
        'nodejs',
        'nodejs4.3',
        'nodejs4.3-edge',
        'nodejs6.10',
        'nodejs8.10',
        'nodejs10.x',
        'nodejs12.x',
        'nodejs14.x',
        'python2.7',
        'python3.6',
        'python3.7',
        'java8',
        'go1.x',
        'provided',
        'ruby2.5',
        'ruby2.7',
        'dotnetcore1.0',
        'dotnetcore2.0',
        'dotnetcore2.1',
        'dotnetcore3.1',
    ]
)
# AWS developer guide, "Defined runtime environment variables": the reserved ones
RESERVED = frozenset(
    [
        '_HANDLER',
        '_X_AMZN_TRACE_ID',
        'AWS_DEFAULT_REGION',
        'AWS_REGION',
        'AWS_EXECUTION_ENV',
        'AWS_LAMBDA_RUNTIME_API',
        'AWS_LAMBDA_FUNCTION_NAME',
        'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
        'AWS_LAMBDA_FUNCTION_VERSION',
        'AWS_LAMBDA_INITIALIZATION_TYPE',
        'AWS_LAMBDA_LOG_GROUP_NAME',
        'AWS_LAMBDA_LOG_STREAM_NAME',
        'AWS_ACCESS_KEY',
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
        'AWS_SESSION_TOKEN',
        'LAMBDA_TASK_ROOT',
        'LAMBDA_RUNTIME_DIR',
    ]
)
NOT_YET = {
    'FileSystemConfigs': 'file systems (FileSystemConfigs)',
    'TenancyConfig': 'tenancy (TenancyConfig)',
    'CapacityProviderConfig': 'capacity providers (CapacityProviderConfig)',
    'DurableConfig': 'durable functions (DurableConfig)',
    'RuntimeConfig': 'runtime configuration (RuntimeConfig)',
    'AcceleratorConfig': 'accelerators (AcceleratorConfig)',
    'PublishTo': 'LATEST_PUBLISHED versions (PublishTo)',
}
MAX_ENVIRONMENT = 4096
ROLE_REFUSED = 'The role defined for the function cannot be assumed by Lambda.'


class Function_Validator:
    """What Lambda checks of a function's parameters beyond the service model's own constraints.

    role_exists(account_id, role_arn) says True, False, or None when it can't be known (then the role is taken);
    check_signing(context, arn or None) raises when that code signing configuration isn't there.
    Errors : Api__Error with AWS's codes and texts.
    """

    def __init__(
        self,
        role_exists: Callable[[str, str], Optional[bool]],
        check_signing: Callable[[Api_Context, Optional[str]], None],
    ):
        self.role_exists, self.check_signing = role_exists, check_signing

    def check_new(self, context: Api_Context, name: str, params: Mapping[str, Any]) -> None:
        """The parameters of CreateFunction."""
        if len(name) > 64:
            raise Lambda_Errors.constraint(name, 'functionName', 'have length less than or equal to 64')
        package_type = params.get('PackageType', 'Zip')
        self.check_code(package_type, params['Code'], 'creating')
        if package_type == 'Zip' and not (params.get('Runtime') and params.get('Handler')):
            raise Lambda_Errors.invalid(
                'Runtime and Handler are mandatory parameters for functions created with deployment packages.'
            )
        if len(params.get('Tags') or {}) > 50:
            raise Lambda_Errors.invalid('Number of tags exceeds resource tag limit.')
        self.check(context, package_type, params)
        self.check_logging(params)
        self.check_signing(context, params.get('CodeSigningConfigArn'))

    def check_code(self, package_type: str, source: Mapping[str, Any], doing: str) -> None:
        """An image function has its code in ImageUri, and a zip function hasn't; doing: creating or updating."""
        rest = f'ImageUri when {doing} a function with packageType {package_type}.'
        if package_type == 'Zip' and source.get('ImageUri'):
            raise Lambda_Errors.invalid(f"Please don't provide {rest}")
        if package_type == 'Image' and not source.get('ImageUri'):
            raise Lambda_Errors.invalid(f'Please provide {rest}')

    def check_size(self, config: Function_Config, code: Code) -> None:
        """Code and layers have to fit together."""
        size = code.unzipped + sum(layer.code.unzipped for layer in config.layers)
        if size > Code_Unpacker.MAX_UNZIPPED:
            raise Lambda_Errors.invalid(
                f'Function code combined with layers exceeds the maximum allowed size of '
                f'{Code_Unpacker.MAX_UNZIPPED} bytes. The actual size is {size} bytes.'
            )

    def check(self, context: Api_Context, package_type: str, params: Mapping[str, Any]) -> None:
        """What CreateFunction and UpdateFunctionConfiguration have in common."""
        if package_type == 'Image' and any(params.get(key) for key in ('Handler', 'Runtime', 'Layers')):
            raise Lambda_Errors.invalid(
                "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
            )
        if package_type == 'Zip' and params.get('ImageConfig'):
            raise Lambda_Errors.invalid(
                "Please don't provide ImageConfig when the intended function PackageType is Zip."
            )
        for key, what in NOT_YET.items():
            if params.get(key):
                raise Lambda_Errors.not_yet(what)
        variables = (params.get('Environment') or {}).get('Variables') or {}
        if '\0' in ''.join((params.get('Handler') or '', *variables.values())):  # no process can be given it
            raise Lambda_Errors.invalid('Handler and environment variables must not contain the null character.')
        self._check_runtime(params.get('Runtime'))
        self._check_most('memorySize', params.get('MemorySize'), 10_240)
        self._check_most('timeout', params.get('Timeout'), 900)
        self._check_most('ephemeralStorage.size', params.get('EphemeralStorage', {}).get('Size'), 10_240)
        self._check_environment(variables)
        self._check_vpc(params.get('VpcConfig') or {})
        role = params.get('Role')
        if role and not self.may_have_role(context.account_id, role):
            raise Lambda_Errors.invalid(ROLE_REFUSED)

    def check_logging(self, params: Mapping[str, Any], config: Optional[Function_Config] = None) -> None:
        """Levels are for the JSON format alone; config is the function's, where it is there already."""
        given = params.get('LoggingConfig') or {}
        log_format = given.get('LogFormat') or (config.logging['LogFormat'] if config else 'Text')
        if log_format == 'Text' and (given.get('ApplicationLogLevel') or given.get('SystemLogLevel')):
            raise Lambda_Errors.invalid(
                'LogLevel is not supported when LogFormat is set to "Text". '
                'Remove LogLevel from your request or change the LogFormat to "Json" and try again.'
            )

    def may_have_role(self, account_id: str, role: str) -> bool:
        """False when the role is known not to be there."""
        return self.role_exists(account_id, role) is not False

    def _check_vpc(self, vpc: Mapping[str, Any]) -> None:
        if bool(vpc.get('SubnetIds')) != bool(vpc.get('SecurityGroupIds')):
            raise Lambda_Errors.invalid('SubnetIds and SecurityIds must coexist or be both empty list.')

    def _check_runtime(self, runtime: Optional[str]) -> None:
        if runtime in REMOVED_RUNTIMES:
            raise Lambda_Errors.invalid(
                f'The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda '
                f'functions. We recommend you use a supported runtime while creating or updating functions.'
            )
        if runtime is not None and runtime not in RUNTIMES:
            known = ', '.join(sorted(RUNTIMES))
            raise Lambda_Errors.invalid(
                f"Value {runtime} at 'runtime' failed to satisfy constraint: "
                f'Member must satisfy enum value set: [{known}] or be a valid ARN'
            )

    def _check_most(self, member: str, value: Optional[int], most: int) -> None:
        # the service model allows more, which is for capacity providers
        if value is not None and value > most:
            raise Lambda_Errors.constraint(value, member, f'have value less than or equal to {most}')

    def _check_environment(self, variables: Mapping[str, str]) -> None:
        unable = 'Lambda was unable to configure your environment variables because the environment variables '
        reserved = [name for name in variables if name in RESERVED]
        if reserved:
            raise Lambda_Errors.invalid(
                f'{unable}you have provided contains reserved keys that are currently not supported for modification. '
                f'Reserved keys used in this request: {", ".join(reserved)}'
            )
        measured = json.dumps(variables, separators=(',', ':'), ensure_ascii=False)
        if len(measured.encode()) > MAX_ENVIRONMENT:
            raise Lambda_Errors.invalid(
                f'{unable}you have provided exceeded the 4KB limit. String measured: {measured}'
            )
