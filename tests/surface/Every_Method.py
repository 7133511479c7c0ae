"""How to make an object of each class of the SDK, what to call its methods with, and which of them make no call."""

import inspect
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from osbot_lambda.aws.iam.IAM_Assume_Role import IAM_Assume_Role
from osbot_lambda.aws.iam.IAM_Policy import IAM_Policy
from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.iam.IAM_Role_With_Policy import IAM_Role_With_Policy
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependencies import Lambda__Dependencies
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency import Lambda__Dependency
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Inside_Lambda import Lambda__Dependency__Inside_Lambda
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Local import Lambda__Dependency__Local
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__S3 import Lambda__Dependency__S3
from osbot_lambda.aws.lambda_.dependencies.Schema__Lambda__Dependency__Local_Install__Data import (
    Schema__Lambda__Dependency__Local_Install__Data,
)
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda__with_temp_role import Lambda__with_temp_role
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.aws.logs.Logs import Logs
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.sqs.SQS import SQS
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.sts.STS import STS
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.shell.Shell_Client import Shell_Client


def handler(event, context):
    """What is deployed."""
    return event


ROLE = 'arn:aws:iam::123456789012:role/r'
POLICY = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]}


def _zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        archive.writestr('python/m.py', '')
    return data.getvalue()


def _kept(session: Any, tmp_path: Path | None) -> dict[str, Any]:
    """For a dependency: its files are in the test's folder."""
    return {'session_kwargs': session, 'temp_folder': str(tmp_path)}


CODE = {'folder_code': str(Path(__file__).parent), 's3_bucket': 'bucket', 's3_key': 'key', 'memory': 256}

FACTORIES = {
    'Lambda': lambda session, _: Lambda('f', session_kwargs=session, role=ROLE, **CODE),
    'Lambda__with_temp_role': lambda session, _: Lambda__with_temp_role('f', session_kwargs=session, role=ROLE, **CODE),
    'Lambda_Layer': lambda session, _: Lambda_Layer('l', ['python3.11'], session_kwargs=session),
    'Shell_Client': lambda session, _: Shell_Client(Lambda('f', session_kwargs=session), auth_key='k'),
    'Lambda__Dependencies': lambda session, _: Lambda__Dependencies(session_kwargs=session),
    'Lambda__Dependency': lambda session, tmp: Lambda__Dependency('requests', **_kept(session, tmp)),
    'Lambda__Dependency__S3': lambda session, tmp: Lambda__Dependency__S3('requests', **_kept(session, tmp)),
    'Lambda__Dependency__Local': lambda session, tmp: Lambda__Dependency__Local('requests', **_kept(session, tmp)),
    'Lambda__Dependency__Inside_Lambda': (
        lambda session, tmp: Lambda__Dependency__Inside_Lambda('requests', **_kept(session, tmp))
    ),
    'S3': lambda session, _: S3(session_kwargs=session),
    'IAM_Role': lambda session, _: IAM_Role('r', session_kwargs=session),
    'IAM_Role_With_Policy': lambda session, _: IAM_Role_With_Policy('r', session_kwargs=session),
    'IAM_Policy': lambda session, _: IAM_Policy('p', session_kwargs=session),
    'IAM_Assume_Role': lambda session, _: IAM_Assume_Role('r', session_kwargs=session),
    'SQS': lambda session, _: SQS(session_kwargs=session),
    'SQS_Queue': lambda session, _: SQS_Queue('q.fifo', fifo_message_group_id='g', session_kwargs=session),
    'Log_Group': lambda session, _: Log_Group('g', session_kwargs=session),
    'Logs': lambda session, _: Logs('g', 's', session_kwargs=session),
    'STS': lambda session, _: STS(session_kwargs=session),
    'Deploy_Lambda': (
        lambda session, _: Deploy_Lambda(handler, 'f', session_kwargs=session, role=ROLE).set_deadline(0.02)
    ),
}

LAMBDA_WITHOUT_A_CALL = (
    'add_layer',
    'add_layers',
    'check_name',
    'code_kwargs',
    'configuration_kwargs',
    'create_kwargs',
    'function_name',
    'log_group',
    's3',
    'set_architecture',
    'set_description',
    'set_env_variable',
    'set_env_variables',
    'set_ephemeral_storage',
    'set_folder_code',
    'set_handler',
    'set_image_uri',
    'set_layers',
    'set_memory',
    'set_role',
    'set_runtime',
    'set_s3_bucket',
    'set_s3_key',
    'set_tags',
    'set_timeout',
    'set_trace_mode',
    'set_zip_bytes',
    'shell',
    'validate_create_kwargs',
)

# What makes no call to AWS, and so can't fail with it.
NO_CALL: dict[str, tuple[str, ...]] = {
    'Lambda': LAMBDA_WITHOUT_A_CALL,
    'Lambda__with_temp_role': ('temp_role',),
    'Lambda_Layer': ('s3', 's3_key', 'runtimes_for_pip', 'zip_from_pip'),
    'Shell_Client': (),
    'Lambda__Dependencies': ('load_dependencies', 'load_dependency'),  # outside Lambda they do nothing
    'Lambda__Dependency': ('same',),
    'Lambda__Dependency__S3': ('folder_name__lambda_dependencies', 'path', 'same'),
    'Lambda__Dependency__Local': (
        'base_folder',
        'delete',
        'exists',
        'files',
        'files__zipped',
        'folder__lambda_dependencies_storage',
        'install',
        'install__data',
        'install__data__delete',
        'install__data__exists',
        'install__data__path',
        'install__data__save',
        'path',
        'same',
        'setup',
    ),
    'Lambda__Dependency__Inside_Lambda': (  # outside Lambda, load() does nothing
        'dependencies_folder',
        'enabled',
        'exists',
        'files',
        'folder',
        'load',
        'same',
        'system_path',
        'system_path__add_folder',
        'system_path__contains_folder',
    ),
    'S3': (
        'bucket_arn',
        'create_pre_signed_url',
        'dont_use_threads',
        'policy_statements__new',
        's3',
        'transfer_config',
    ),
    'IAM_Role_With_Policy': ('policy_template_cloudwatch_allow_all',),
    'IAM_Policy': ('add_statement', 'allow', 'deny', 'document'),
    'IAM_Assume_Role': (
        'add_policy',
        'create_policies',
        'create_policy_document',
        'credentials_expiration_date',
        'credentials_expired',
        'credentials_reset',
        'default_assume_policy',
        'iam_role',
        'sts',
    ),
    'SQS': ('queue',),
    'SQS_Queue': ('fifo', 'name'),
    'Log_Group': ('name',),
    'Logs': ('group',),
    'Deploy_Lambda': (
        'add_file',
        'add_folder',
        'add_layer',
        'add_layers',
        'set_layers',
        'set_packages_using_layer',
        'set_container_image',
        'uses_container_image',
        'lambda_shell',
        'add_file__boto3__lambda',
        'set_ephemeral_storage',
        'add_function_source_code',
        'add_module',
        'add_modules',
        'add_osbot_aws',
        'add_osbot_lambda',
        'add_osbot_utils',
        'build',
        'files',
        'lambda_function',
        'lambda_name',
        'package',
        'set_description',
        'set_env_variable',
        'set_env_variables',
        'set_handler',
        'set_memory_size',
        'set_role',
        'set_runtime',
        'set_timeout',
        'add_packages',
        'add_trigger',
        'check_imports',
        'import_report',
        'refresh_packages',
        'saved',
        'set_architecture',
        'set_dead_letter',
        'set_deadline',
        'set_function_url',
        'set_logging',
        'set_precompile',
        'set_remove_tests',
        'set_requirements',
        'set_reserved_concurrency',
        'set_strip_binaries',
        'set_tags',
        'set_tracing',
        'set_triggers',
        'set_vpc',
        'size_report',
        'skip_packages',
    ),
}

# What a method needs beside the parameters that have no default.
MORE: dict[str, dict[str, Any]] = {
    'alias': {'name': 'prod'},
    'alias_create': {'name': 'prod'},
    'alias_delete': {'name': 'prod'},
    'alias_exists': {'name': 'prod'},
    'alias_update': {'name': 'prod'},
    'bucket_notification_set_lambda_permission': {'bucket': 'bucket'},
    'delete_policy': {'policy_name': 'p'},
    'permission_delete': {'statement_id': 'sid'},
    'IAM_Policy.create': {'document': POLICY},
    'IAM_Policy.create_or_update': {'document': POLICY},
    'IAM_Policy.update': {'document': POLICY},
    'Lambda.permission_add': {'statement_id': 'sid', 'principal': 's3.amazonaws.com'},
    'Lambda__with_temp_role.permission_add': {'statement_id': 'sid', 'principal': 's3.amazonaws.com'},
}

# By method and parameter where the name of the parameter doesn't say enough, else by parameter.
VALUES: dict[str, Any] = {
    'action': 's3:GetObject',
    'actions': ['SendMessage'],
    'arn': ROLE,
    'assume_policy_document': POLICY,
    'aws_account_ids': ['123456789012'],
    'body': 'text',
    'bucket': 'bucket',
    'bucket_destination': 'bucket',
    'bucket_name': 'bucket',
    'bucket_source': 'bucket',
    'code': '1',
    'content_type': 'text/plain',
    'data': {'a': 1},
    'days': 7,
    'dest_bucket': 'bucket',
    'dest_key': 'key-2',
    'document': POLICY,
    'effect': 'Allow',
    'env_variables': {},
    'event_source_arn': 'arn:aws:sqs:us-east-1:123456789012:q',
    'event_source_uuid': '00000000-0000-0000-0000-000000000000',
    'events': ['text'],
    'file_body': b'bytes',
    'file_bytes': b'bytes',
    'file_contents': 'text',
    'filter_pattern': 'ERROR',
    'image_uri': '123456789012.dkr.ecr.us-east-1.amazonaws.com/r:latest',
    'items': [1],
    'key': 'key',
    'key_destination': 'key-2',
    'key_source': 'key',
    'keys': ['key'],
    'label': 'label',
    'lambda_arn': 'arn:aws:lambda:us-east-1:123456789012:function:f',
    'layer_arn': 'arn:aws:lambda:us-east-1:123456789012:layer:l:1',
    'layers_arn': [],
    'message': 'text',
    'metadata': {},
    'method_name': 'get_caller_identity',
    'name': 'name',
    'new_attributes': {'VisibilityTimeout': 1},
    'notification_config': {},
    'object_name': 'key',
    'objects': [{'Key': 'key'}],
    'policies': {'name': POLICY},
    'policy': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    'policy_document': POLICY,
    'policy_name': 'name',
    'queue': 'arn:aws:sqs:us-east-1:123456789012:q',
    'queue_name': 'q',
    'receipt_handle': 'handle',
    'resource': '*',
    'resource_arn': 'arn:aws:s3:::bucket',
    'role_arn': ROLE,
    's3_bucket': 'bucket',
    's3_key': 'key',
    'seconds': 1,
    'service': 'lambda.amazonaws.com',
    'service_name': 'sts',
    'source_arn': 'arn:aws:sns:us-east-1:123456789012:t',
    'src_bucket': 'bucket',
    'src_key': 'key',
    'state': 'Active',
    'statement': {'Effect': 'Allow', 'Action': '*', 'Resource': '*'},
    'statements': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}],
    'text': 'text',
    'target': 'requests',
    'targets': 'requests',
    'local_install_data': Schema__Lambda__Dependency__Local_Install__Data(),
    'texts': ['text'],
    'upload.file_bytes': _zip(),
    'value': 'value',
    'concurrency_set.value': 1,
    'set_ephemeral_storage.value': 512,
    'set_env_variables.value': {},
    'set_folder_code.value': '.',
    'set_layers.value': [],
    'set_memory.value': 256,
    'set_tags.value': {},
    'set_timeout.value': 3,
    'set_zip_bytes.value': b'PK',
    'version': 1,
    'version_delete.version': '1',
    'command': 'ls',
    'executable': 'ls',
    'function': handler,
    'path': '/tmp',
    'modules_names': [],
    'module_names': [],
    'names': [],
    'module_name': 'requests',
    'add_module.name': 'requests',
    'set_env_variable.value': 'value',
    'set_requirements.requirements': [],
    'set_tags.tags': {},
    'invokes': 1,
    'mode': 'Active',
    'architecture': 'x86_64',
    'weight': 0.1,
    'triggers': [],
    'set_memory_size.memory_size': 256,
    'set_handler.handler': 'f.run',
    'handler': 'Every_Method.handler',
    'ephemeral_storage': 512,
    'memory_size': 256,
    'timeout': 3,
    'role': ROLE,
    'runtime': 'python3.12',
    'description': 'text',
    'zip_bytes': _zip(),
    'package_name': 'requests',
    'packages': ['requests'],
    'layers': [],
    'layer_arns': [],
    'version_id': 'v1',
}


def arguments(of: str, method: Callable[..., Any], tmp_path: Path) -> dict[str, Any]:
    """What to call the method with."""
    parameters = inspect.signature(method).parameters.values()
    needed = [each.name for each in parameters if each.default is each.empty and each.kind is not each.VAR_KEYWORD]
    name = method.__name__
    given = {**MORE.get(name, {}), **MORE.get(f'{of}.{name}', {})}
    given = {key: value for key, value in given.items() if key in {each.name for each in parameters}}
    return {key: _argument(name, key, tmp_path) for key in needed} | given


def _argument(method: str, name: str, tmp_path: Path) -> Any:
    """A value for the parameter of this name; files and folders are made."""
    if name == 'target_file':
        return str(tmp_path / 'target')
    if name in ('file', 'zip_file', 'file_path'):
        path = tmp_path / 'a.zip'
        path.write_bytes(_zip())
        return str(path)
    if name in ('folder', 'source_folder', 'source'):
        path = tmp_path / 'folder'
        path.mkdir(exist_ok=True)
        (path / 'm.py').write_text('')
        return str(path)
    return VALUES[f'{method}.{name}' if f'{method}.{name}' in VALUES else name]
