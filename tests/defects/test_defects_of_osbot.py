"""What goes wrong in OSBot-AWS 2.39.3, and doesn't here: a test for each."""

import ast
import gc
import inspect
import io
import logging
import os
import sys
import tempfile
import tomllib
import weakref
import zipfile
from pathlib import Path

import pytest
from botocore.client import BaseClient

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_ import boto3__lambda
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency import Lambda__Dependency
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Inside_Lambda import Lambda__Dependency__Inside_Lambda
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda__with_temp_role import Lambda__with_temp_role
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS import SQS
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.sts.STS import STS
from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Aws__Connection, Aws__Error, Packaging__Error, Shell__Failed, Shell__Refused
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver
from osbot_lambda.schemas.Invoke_Result import Invoke_Result
from osbot_lambda.shell.Lambda_Shell import Lambda_Shell, lambda_shell
from osbot_lambda.shell.Shell_Client import Shell_Client

ROOT = Path(__file__).parents[2]
NOWHERE = {'endpoint_url': 'http://127.0.0.1:9', 'max_attempts': 1}

QUESTIONS = {
    'Lambda.exists': lambda: Lambda('f', session_kwargs=NOWHERE).exists(),
    'Lambda.policy': lambda: Lambda('f', session_kwargs=NOWHERE).policy(),
    'Lambda.function_url': lambda: Lambda('f', session_kwargs=NOWHERE).function_url(),
    'Lambda.function_url_info': lambda: Lambda('f', session_kwargs=NOWHERE).function_url_info(),
    'Lambda.function_url_exists': lambda: Lambda('f', session_kwargs=NOWHERE).function_url_exists(),
    'S3.bucket_exists': lambda: S3(session_kwargs=NOWHERE).bucket_exists('b'),
    'S3.file_exists': lambda: S3(session_kwargs=NOWHERE).file_exists('b', 'k'),
    'IAM_Role.exists': lambda: IAM_Role('r', session_kwargs=NOWHERE).exists(),
    'IAM_Role.info': lambda: IAM_Role('r', session_kwargs=NOWHERE).info(),
    'SQS_Queue.exists': lambda: SQS_Queue('q', session_kwargs=NOWHERE).exists(),
    'Log_Group.exists': lambda: Log_Group('g', session_kwargs=NOWHERE).exists(),
}

LISTS = {
    'list_aliases': lambda: Lambda('f').aliases(),
    'list_functions': lambda: Lambda('f').functions(),
    'list_event_source_mappings': lambda: Lambda('f').event_sources(),
    'list_versions_by_function': lambda: Lambda('f').versions(),
    'list_layers': lambda: Lambda_Layer('l').layers(),
    'list_layer_versions': lambda: Lambda_Layer('l').versions(),
    'describe_log_groups': lambda: Log_Group('g').info(),
    'describe_log_streams': lambda: Log_Group('g').streams(),
    'filter_log_events': lambda: Log_Group('g').events(),
    'list_queues': lambda: SQS().queues_urls(),
    'list_object_versions': lambda: S3().file_versions('b', 'k'),
    'list_objects_v2': lambda: S3().find_files('b'),
    'list_role_policies': lambda: IAM_Role('r').inline_policies(),
    'list_attached_role_policies': lambda: IAM_Role('r').policies_attached(),
}


class test_defects_of_osbot:
    def test_01_a_second_deploy_ships_the_edit(self, tmp_path):
        package = tmp_path / 'app'
        package.mkdir()
        (package / '__init__.py').write_text('')
        (tmp_path / 'task.py').write_text('from app.work import V\ndef run(event, context): return V\n')
        deploy = Deploy_Lambda('task.run', source_roots=[tmp_path])
        for version in (1, 2):
            (package / 'work.py').write_text(f'V = {version}\n')
            deploy.deploy()
            assert deploy.invoke() == version

    def test_02_two_functions_of_one_module_have_code_of_their_own_in_the_bucket(self, my_module, monkeypatch):
        monkeypatch.setattr(Deploy_Execute, 'DIRECT_MAX', 10)
        for stage in ('dev', 'prod'):
            Deploy_Lambda(my_module.run, stage=stage).deploy()
        (bucket,) = S3().buckets()
        assert len(S3().find_files(bucket)) == 2

    def test_03_the_role_that_is_named_is_the_one_that_is_used(self, my_module):
        deploy = Deploy_Lambda(my_module.run, role='my-own-role')
        deploy.deploy()
        assert deploy.info()['Configuration']['Role'] == IAM_Role('my-own-role').arn()

    def test_04_one_address_holds_for_every_service(self, monkeypatch):
        monkeypatch.delenv('OSBOT_LAMBDA_TARGET')
        monkeypatch.setenv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566/')
        for resource in (Lambda('f'), S3(), IAM_Role('r'), SQS_Queue('q'), Log_Group('g'), STS()):
            assert resource.client().meta.endpoint_url == 'http://127.0.0.1:4566'
        session = AWS_Session()
        for service in ('events', 'secretsmanager', 'dynamodb', 'sns'):
            assert session.client(service).meta.endpoint_url == 'http://127.0.0.1:4566'

    @pytest.mark.parametrize('name', QUESTIONS)
    def test_05_only_what_is_not_found_is_absent(self, name):
        with pytest.raises(Aws__Connection):
            QUESTIONS[name]()

    @pytest.mark.parametrize('payload', [[], 0, '', False], ids=repr)
    def test_06_an_event_that_is_falsy_is_sent(self, lambda_func, payload):
        assert lambda_func.invoke(payload)['received'] == payload

    def test_07_a_package_that_was_not_installed_is_not_called_installed(self, wheels, deploy):
        for _ in range(2):
            with pytest.raises(Packaging__Error, match='not-there'):
                deploy.set_packages_using_layer(['not-there']).deploy()
        wheels.add('not_there')
        assert deploy.set_packages_using_layer(['not-there']).deploy()

    @pytest.mark.parametrize(
        ('runtime', 'architecture', 'tag'),
        [
            ('python3.11', 'x86_64', 'cp311-cp311-manylinux2014_x86_64'),
            ('python3.12', 'x86_64', 'cp312-cp312-manylinux_2_28_x86_64'),
            ('python3.11', 'arm64', 'cp311-cp311-manylinux2014_aarch64'),
            ('python3.11', 'x86_64', 'cp37-abi3-manylinux_2_17_x86_64'),
        ],
    )
    def test_08_wheels_are_taken_for_the_platform_of_the_function(self, wheels, tmp_path, runtime, architecture, tag):
        others = {'cp39-cp39-manylinux1_x86_64', 'cp311-cp311-macosx_11_0_arm64', 'cp311-cp311-win_amd64'}
        for number, other in enumerate(sorted(others)):
            wheels.add('compiled', version=f'2.{number}', tag=other)
        wheels.add('compiled', version='1.0', tag=tag)
        found = Package_Resolver(Lambda_Platform(runtime, architecture)).resolve(Requirement_Set(('compiled',)))
        found.unpack(tmp_path / 'target')
        assert (tmp_path / 'target' / 'compiled' / '__init__.py').read_text() == "__version__ = '1.0'\n"

    def test_09_a_package_that_lambda_has_too_is_kept_when_it_is_named(self, wheels):
        layer = Lambda_Layer('own-boto3')
        layer.create_from_pip('boto3')
        assert 'python/boto3/__init__.py' in zipfile.ZipFile(layer.code_zip()).namelist()

    def test_10_a_module_of_one_file_can_be_added(self, deploy):
        assert 'six.py' in deploy.add_module('six').files()

    def test_11_a_dependency_is_fetched_once_from_the_bucket_that_is_named_and_comes_first(
        self, wheels, monkeypatch, session_kwargs
    ):
        monkeypatch.setattr(sys, 'path', list(sys.path))
        monkeypatch.setenv('OSBOT_LAMBDA_S3_BUCKET', 'my-own-bucket')
        Lambda__Dependency('requests').install_and_upload()
        (key,) = S3().find_files('my-own-bucket')
        monkeypatch.setenv('AWS_REGION', 'us-east-1')
        assert boto3__lambda.load_dependency('requests') is False  # a region doesn't make this a Lambda

        monkeypatch.setenv('AWS_LAMBDA_FUNCTION_NAME', 'f')
        monkeypatch.setenv('AWS_ENDPOINT_URL', session_kwargs['endpoint_url'])
        assert boto3__lambda.load_dependency('requests') is True
        assert Path(sys.path[0], 'requests', '__init__.py').is_file()
        S3().file_delete('my-own-bucket', key)
        assert boto3__lambda.load_dependency('requests') is True
        assert Lambda__Dependency__Inside_Lambda('requests').folder() == sys.path[0]

    def test_12_the_name_of_a_package_is_never_changed_in_silence(self):
        assert Lambda__Dependency('pydantic[email]>=2').package_name == 'pydantic[email]>=2'

    def test_13_log_groups_and_layers_have_the_session_of_their_object(self):
        session = AWS_Session(NOWHERE)
        assert Lambda('f', session_kwargs=session).log_group().session is session
        assert Lambda_Layer('l', session_kwargs=NOWHERE).client().meta.endpoint_url == 'http://127.0.0.1:9'

    @pytest.mark.parametrize('data', [0, {}, [], '', False], ids=repr)
    def test_14_no_message_is_lost(self, my_queue, data):
        my_queue.send_raw('not JSON')
        assert my_queue.pop() == 'not JSON'
        my_queue.push(data)
        assert my_queue.pop() == data

    def test_15_there_may_be_no_queue_at_all_and_a_deleted_one_was_deleted(self):
        assert (SQS().queues(), SQS().queues_urls()) == ([], [])
        queue = SQS_Queue('q')
        assert queue.delete() is False
        queue.create()
        assert queue.delete() is True

    def test_16_a_service_is_given_its_permission_once(self, my_queue):
        for _ in range(2):
            my_queue.permission_add_for_service('arn:aws:sns:us-east-1:123456789012:t', 'sns.amazonaws.com')
        assert len(my_queue.permissions()) == 1

    def test_17_reading_logs_leaves_the_loggers_alone(self):
        before = logging.getLogger().level, list(logging.getLogger().handlers)
        assert Log_Group('g').create().messages() == []
        assert (logging.getLogger().level, list(logging.getLogger().handlers)) == before

    def test_18_the_shell_answers_with_values_and_takes_any_event(self, monkeypatch):
        monkeypatch.setenv('LAMBDA_SHELL__AUTH_KEY', 'key')
        handler = lambda_shell(lambda event, context=None: event)

        class Function:
            name = 'f'

            def invoke_result(self, payload, **_):
                return Invoke_Result(name='f', value=handler(payload), request_id='')

        shell = Shell_Client(Function(), auth_key='key')
        assert shell.ping() == 'pong'
        assert shell.python_exec('a = 40\ndef f(): return a + 2\nresult = f()') == 42
        with pytest.raises(Shell__Failed, match='No such file'):
            shell.ls('; echo hacked #')
        assert [handler(event) for event in ([1], 'text', None, 0)] == [[1], 'text', None, 0]
        with pytest.raises(Shell__Refused):
            Shell_Client(Function(), auth_key='another').ping()
        source = inspect.getsource(Lambda_Shell.valid_shell_request)
        assert 'compare_digest' in source

    def test_19_nothing_is_cached_by_function(self):
        cached = [
            f'{path.name}:{node.lineno}'
            for path in (ROOT / 'osbot_lambda' / 'aws').rglob('*.py')
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.FunctionDef)
            and node.args.args
            and node.args.args[0].arg == 'self'
            and any('cache' in ast.unparse(decorator) for decorator in node.decorator_list)
        ]
        assert cached == []

    def test_19_objects_end_when_nobody_has_them(self):
        made = [Lambda('f'), Lambda__with_temp_role('f'), S3()]
        seen = [weakref.ref(one) for one in made]
        for one in made:
            one.session.client('lambda')
        del made, one
        gc.collect()
        assert [ref() for ref in seen] == [None, None, None]

    def test_20_no_file_stays_behind(self, deploy, wheels, tmp_path):
        before = sorted(os.listdir(tempfile.gettempdir()))
        with deploy:
            deploy.set_packages_using_layer(['pandas']).deploy()
        assert sorted(os.listdir(tempfile.gettempdir())) == before

    def test_21_the_same_files_give_the_same_zip(self, deploy, my_module):
        before = deploy.package().zip_bytes()
        os.utime(my_module.__file__, (0, 0))
        assert deploy.package().zip_bytes() == before
        assert zipfile.ZipFile(io.BytesIO(Zip__Deterministic().add('a', b'').bytes())).namelist() == ['a']

    def test_22_what_we_stand_on_is_bounded(self):
        project = tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']
        (osbot_utils,) = [text for text in project['dependencies'] if text.startswith('osbot-utils')]
        assert '<' in osbot_utils

    @pytest.mark.parametrize('operation', LISTS)
    def test_lists_are_read_to_their_last_page(self, operation, monkeypatch):
        asked = []

        class No_Pages:
            def paginate(self, **_):
                return iter(())

        def get_paginator(self, name):
            asked.append(name)
            return No_Pages()

        monkeypatch.setattr(BaseClient, 'get_paginator', get_paginator)
        LISTS[operation]()
        assert set(asked) == {operation}

    def test_calls_are_tried_again_as_boto3_does(self):
        config = Lambda('f').client().meta.config
        assert config.retries['mode'] == 'standard'
        assert config.retries.get('total_max_attempts', 3) > 1
        assert issubclass(Aws__Connection, Aws__Error)
