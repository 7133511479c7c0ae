"""Deploys to the local cloud: what is said to have been deployed runs."""

import json
import linecache
import os
import subprocess
import sys
from pathlib import Path

import pytest

from osbot_lambda.aws.iam.IAM_Role import BASIC_EXECUTION, IAM_Role
from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Aws__Not_Found, Setting__Invalid

RATE = 2
ROOT = Path(__file__).parents[2]


def double(event, context):
    print('doubling', event)
    return {'result': event['input'] * RATE, 'memory': context.memory_limit_in_mb}


class test_Deploy_Lambda__local:
    def test_a_function_of_this_test_module(self, session_kwargs):
        deploy = Deploy_Lambda(double, lambda_name='double', session_kwargs=session_kwargs, memory_size=256)
        assert deploy.exists() is False
        assert deploy.deploy().status == 'created'
        assert deploy.exists() is True
        assert deploy.invoke({'input': 21}) == {'result': 42, 'memory': '256'}
        assert deploy.files() == ['test_Deploy_Lambda__local.py']

    def test_everything_one_does_with_it(self, session_kwargs):
        deploy = Deploy_Lambda(double, 'double', 'dev', session_kwargs=session_kwargs)
        deploy.deploy()
        assert deploy.info()['Configuration']['FunctionName'] == 'double__dev'
        logs = deploy.invoke_return_logs({'input': 1})
        assert (logs['status'], logs['return_value']['result']) == ('ok', 2)
        assert "doubling {'input': 1}" in logs['execution_logs']
        assert deploy.invoke_async({'input': 1})['StatusCode'] == 202
        assert deploy.lambda_invoke({'input': 3})['result'] == 6
        assert deploy.invoke_result({}).error_type == 'KeyError'
        assert 'error' in deploy.invoke({})
        assert (deploy.delete(), deploy.delete(), deploy.exists()) == (True, False, False)
        with pytest.raises(Aws__Not_Found):
            deploy.info()

    def test_the_role_is_made_with_the_first_function(self, session_kwargs):
        result = Deploy_Lambda(double, 'double', session_kwargs=session_kwargs).deploy()
        role = IAM_Role(Deploy_Execute.DEFAULT_ROLE, session_kwargs=session_kwargs)
        assert role.policies_attached() == [BASIC_EXECUTION]
        configuration = Deploy_Lambda(double, 'double', session_kwargs=session_kwargs).info()['Configuration']
        assert configuration['Role'] == role.arn()
        assert (configuration['FunctionArn'], configuration['CodeSha256']) == (result.arn, result.code_sha256)

    def test_an_edit_is_shipped_by_the_next_deploy(self, session_kwargs, tmp_path):
        (tmp_path / 'app').mkdir()
        (tmp_path / 'app' / 'work.py').write_text('VERSION = 1\n')
        (tmp_path / 'task.py').write_text('from app.work import VERSION\ndef run(event, context): return VERSION\n')
        deploy = Deploy_Lambda('task.run', source_roots=[tmp_path], session_kwargs=session_kwargs)
        deploy.deploy()
        assert deploy.invoke() == 1
        (tmp_path / 'app' / 'work.py').write_text('VERSION = 2\n')
        assert deploy.deploy().status == 'updated'
        assert deploy.invoke() == 2

    def test_nothing_to_do_changes_nothing(self, session_kwargs):
        deploy = Deploy_Lambda(double, 'double', session_kwargs=session_kwargs)
        first, second = deploy.deploy(), deploy.deploy()
        assert (second.status, second.changes) == ('unchanged', ())
        assert (first.revision, first.code_sha256) == (second.revision, second.code_sha256)
        assert deploy.info()['Configuration']['RevisionId'] == first.revision

    def test_settings_arrive(self, session_kwargs):
        deploy = Deploy_Lambda(double, 'double', session_kwargs=session_kwargs)
        deploy.set_env_variables({'STAGE': 'test'}).set_timeout(5).set_description('doubles').deploy()
        deploy.set_timeout(6).deploy()
        configuration = deploy.info()['Configuration']
        assert configuration['Environment']['Variables'] == {'STAGE': 'test'}
        assert (configuration['Timeout'], configuration['Description'], configuration['MemorySize']) == (
            6,
            'doubles',
            512,
        )

    def test_room_in_tmp(self, session_kwargs):
        deploy = Deploy_Lambda(double, 'double', session_kwargs=session_kwargs, ephemeral_storage=1024)
        deploy.deploy()
        assert deploy.info()['Configuration']['EphemeralStorage'] == {'Size': 1024}
        assert str(deploy.set_ephemeral_storage(2048).plan()) == 'update double\n  EphemeralStorage: 1024 → 2048'
        assert deploy.deploy().status == 'updated'
        assert deploy.deploy().status == 'unchanged'
        with pytest.raises(Setting__Invalid, match='512 to 10240'):
            deploy.set_ephemeral_storage(1).deploy()

    def test_the_loader_of_dependencies_can_be_shipped_by_itself(self, session_kwargs, tmp_path):
        (tmp_path / 'task.py').write_text('from boto3__lambda import ping\ndef run(event, context): return ping()\n')
        deploy = Deploy_Lambda('task.run', source_roots=[tmp_path], session_kwargs=session_kwargs)
        deploy.add_file__boto3__lambda().deploy()
        assert deploy.files() == ['boto3__lambda.py', 'task.py']
        assert deploy.invoke() == 'pong'

    def test_a_large_package_arrives_through_the_bucket(self, session_kwargs, monkeypatch):
        monkeypatch.setattr(Deploy_Execute, 'DIRECT_MAX', 100)
        deploy = Deploy_Lambda(double, 'double', session_kwargs=session_kwargs)
        deploy.deploy()
        assert deploy.invoke({'input': 4})['result'] == 8

    def test_a_function_typed_into_a_notebook(self, session_kwargs):
        space = {'__name__': '__main__', 'get_ipython': None}
        files = []

        def cell(text):
            files.append(f'/tmp/ipykernel_1/{len(files)}-deploy.py')
            linecache.cache[files[-1]] = (len(text), None, text.splitlines(True), files[-1])
            exec(compile(text, files[-1], 'exec'), space)

        try:
            cell('FACTOR = 3')
            cell('def triple(event, context): return event * FACTOR')
            deploy = Deploy_Lambda(space['triple'], session_kwargs=session_kwargs)
            deploy.deploy()
            assert (deploy.lambda_name(), deploy.invoke(5)) == ('notebook__triple', 15)
            cell('FACTOR = 4')
            cell('def triple(event, context): return event * FACTOR + 1')
            deploy.deploy()
            assert deploy.invoke(5) == 21
        finally:
            for file in files:
                linecache.cache.pop(file, None)

    def test_from_a_script(self, session_kwargs, tmp_path, no_aws_environment):
        (tmp_path / 'helper.py').write_text('def greet(name): return f"hello {name}"\n')
        (tmp_path / 'hello.py').write_text(
            'import json, sys\n'
            'from helper import greet\n'
            'from osbot_lambda import Deploy_Lambda\n'
            '\n'
            'def my_handler(event, context):\n'
            '    return greet(event["name"])\n'
            '\n'
            'with Deploy_Lambda(my_handler, session_kwargs=json.loads(sys.argv[1])) as _:\n'
            '    print(_.deploy().status, _.lambda_name(), list(_.files()), _.invoke({"name": "you"}))\n'
        )
        command = [sys.executable, str(tmp_path / 'hello.py'), json.dumps(session_kwargs)]
        env = {**no_aws_environment, 'PYTHONPATH': str(ROOT), 'PYTHONDONTWRITEBYTECODE': '1'}
        for status in ('created', 'unchanged'):
            done = subprocess.run(command, capture_output=True, text=True, env=env, check=False, cwd=os.sep)
            expected = f"{status} hello__my_handler ['hello.py', 'helper.py'] hello you"
            assert done.stdout.strip() == expected, done.stderr
