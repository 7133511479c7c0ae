"""OSBot-AWS doesn't do all that its briefing says. In each of these places, the briefing holds here."""

import runpy
import sys
import unittest
import zipfile

import pytest

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda__with_temp_role import Lambda__with_temp_role
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.Session__Kwargs__Lambda import Session__Kwargs__Lambda
from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Deploy__Failed

LAMBDA_SETTERS = {
    'set_handler': 'a.b',
    'set_role': 'arn:aws:iam::123456789012:role/r',
    'set_s3_bucket': 'b',
    'set_s3_key': 'k',
    'set_folder_code': '.',
    'set_trace_mode': 'Active',
    'set_layers': [],
    'set_env_variables': {},
    'add_layer': 'arn',
    'add_layers': [],
}
DEPLOY_SETTERS = {
    'add_layer': 'arn:aws:lambda:us-east-1:123456789012:layer:my-layer:1',
    'add_layers': [],
    'add_module': 'json',
    'add_modules': [],
    'set_container_image': '123456789012.dkr.ecr.us-east-1.amazonaws.com/my-repo:latest',
    'set_layers': [],
    'set_env_variables': {},
    'set_handler': 'my_module.run',
    'set_packages_using_layer': ['pandas'],
}


class test_the_briefing_holds:
    def test_01_the_test_class_can_be_imported_from_where_it_is_said_to_be(self):
        from osbot_lambda.testing.TestCase__Lambda__Deploy import TestCase__Lambda__Deploy

        assert issubclass(TestCase__Lambda__Deploy, unittest.TestCase)

    def test_02_a_handler_of_a_script_is_packaged_and_named_after_it(self, tmp_path):
        script = tmp_path / 'hello.py'
        script.write_text(
            'from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda\n'
            'def my_handler(event, context):\n'
            '    return "hello"\n'
            'deploy = Deploy_Lambda(handler=my_handler)\n'
            'found = [deploy.lambda_name(), deploy.files(), deploy.build().handler]\n'
        )
        found = runpy.run_path(str(script), run_name='__main__')['found']
        assert found == ['hello__my_handler', ['hello.py'], 'hello.my_handler']

    def test_03_a_handler_may_have_any_name(self, module):
        orders = module('orders', 'def process_order(event, context):\n    return "done"\n')
        deploy = Deploy_Lambda(handler=orders.process_order)
        assert deploy.build().handler == 'orders.process_order'
        deploy.deploy()
        assert deploy.invoke() == 'done'

    def test_04_a_module_that_is_in_no_package_is_packaged(self, deploy):
        assert deploy.files() == ['my_module.py']

    def test_05_packages_can_be_given_as_a_list(self, deploy, wheels):
        assert deploy.set_packages_using_layer(['pandas']).deploy()
        assert len(deploy.info()['Configuration']['Layers']) == 1

    def test_06_another_list_of_packages_gives_another_layer(self, deploy, wheels):
        layers = []
        for packages in (['pandas'], ['pandas', 'numpy'], ['pandas', 'numpy']):
            deploy.set_packages_using_layer(packages).deploy()
            layers.append([layer['Arn'] for layer in deploy.info()['Configuration']['Layers']])
        assert layers[0] != layers[1] == layers[2]
        assert len(layers[2]) == 1

    def test_07_role_and_bucket_are_made(self, deploy, monkeypatch):
        monkeypatch.setattr(Deploy_Execute, 'DIRECT_MAX', 10)  # so that the code goes over the bucket
        assert S3().buckets() == []
        deploy.deploy()
        assert len(S3().buckets()) == 1
        assert IAM_Role(deploy.info()['Configuration']['Role'].rpartition('/')[2]).exists()

    def test_08_memory_is_the_memory_size(self):
        function = Lambda('f')
        function.memory = 1024
        assert (function.memory_size, function.create_kwargs()['MemorySize']) == (1024, 1024)

    def test_09_an_exception_of_the_handler_is_an_error(self, lambda_func):
        assert lambda_func.invoke({'fail': 'no stock'}) == {'error': 'no stock'}

    @pytest.mark.parametrize('value', ['{}', '[]', '0', 'None', "''", 'False', "{'errorMessage': 'a value'}"])
    def test_10_the_value_comes_back_as_it_is(self, module, value):
        returns = module('returns', f'def run(event, context):\n    return {value}\n')
        deploy = Deploy_Lambda(returns.run)
        deploy.deploy()
        assert repr(deploy.invoke()) == value

    def test_11_error_says_why_a_create_failed(self, role_arn):
        function = Lambda('f', role=role_arn, s3_bucket='no-such-bucket', s3_key='k')
        assert 'bucket' in function.create()['error'].lower()
        assert '64' in Lambda('f' * 65, role=role_arn, zip_bytes=b'PK').create()['error']
        assert 'code' in Lambda('f', role=role_arn).create()['error']

    def test_12_none_and_numbers_are_told_from_an_error(self, module):
        nothing = module('nothing', 'def run(event, context):\n    return None if event else 1 / 0\n')
        deploy = Deploy_Lambda(nothing.run)
        deploy.deploy()
        value, error = deploy.invoke_result({'a': 1}), deploy.invoke_result({})
        assert (value.ok, value.value) == (True, None)
        assert (error.ok, error.value, error.error_type) == (False, None, 'ZeroDivisionError')

    def test_13_an_update_of_the_configuration_sends_all_that_was_set_also_to_clear_it(
        self, lambda_func, role_arn, layer_arn
    ):
        lambda_func.memory, lambda_func.timeout, lambda_func.handler = 256, 7, 'handler.main'
        lambda_func.trace_mode, lambda_func.ephemeral_storage = 'Active', 1024
        lambda_func.set_env_variables({'KEY': 'b'}).add_layer(layer_arn('l'))
        lambda_func.update_lambda_configuration()
        found = lambda_func.configuration()
        assert (found['MemorySize'], found['Timeout'], found['Handler']) == (256, 7, 'handler.main')
        assert (found['TracingConfig'], found['EphemeralStorage']) == ({'Mode': 'Active'}, {'Size': 1024})
        assert (found['Environment']['Variables'], len(found['Layers'])) == ({'KEY': 'b'}, 1)

        lambda_func.set_env_variables({}).set_layers([]).update_lambda_configuration()
        found = lambda_func.configuration()
        assert not found.get('Environment', {}).get('Variables')
        assert not found.get('Layers')

    def test_14_a_function_with_a_temporary_role_can_be_created(self, my_bucket):
        function = Lambda__with_temp_role('f', s3_bucket=my_bucket, s3_key='lambdas/my-function.zip')
        result = function.create()
        assert result['status'] == 'ok', result
        assert IAM_Role(result['data']['Role'].rpartition('/')[2]).exists()

    def test_15_what_is_in_a_layer_can_be_imported(self, wheels, tmp_path):
        (tmp_path / 'contents').mkdir()
        (tmp_path / 'contents' / 'shared.py').write_text('')
        folder, packages = Lambda_Layer('folder'), Lambda_Layer('packages')
        folder.create_from_folder(str(tmp_path / 'contents'))
        packages.create_from_pip('requests')
        for layer in (folder, packages):
            names = zipfile.ZipFile(layer.code_zip()).namelist()
            assert {name.partition('/')[0] for name in names} == {'python'}

    def test_16_all_that_an_object_makes_is_on_the_cloud_of_the_object(self, monkeypatch, my_module):
        monkeypatch.delenv('OSBOT_LAMBDA_TARGET')
        url = 'http://127.0.0.1:4566'
        keys = {'aws_access_key_id': 'a', 'aws_secret_access_key': 'b', 'aws_session_token': 'c'}
        session_kwargs = Session__Kwargs__Lambda(endpoint_url=url, region_name='eu-west-1', **keys)
        function = Lambda('f', session_kwargs__lambda=session_kwargs)
        deploy = Deploy_Lambda(handler=my_module.run, session_kwargs=session_kwargs)
        layer = Lambda_Layer('l', session_kwargs=session_kwargs)
        deployed = deploy.lambda_function()
        for made in (function, function.log_group(), function.s3(), layer, layer.s3(), deployed, deployed.log_group()):
            client = made.client()
            assert (client.meta.endpoint_url, client.meta.region_name) == (url, 'eu-west-1')
            assert client._get_credentials().token == 'c'

    def test_17_a_stage_counts_without_a_name(self, my_module):
        assert Deploy_Lambda(my_module.run, stage='prod').lambda_name() == 'my_module__prod'

    def test_18_waiting_for_an_update_takes_its_time_and_says_that_it_failed(self, monkeypatch):
        assert Lambda.wait_for_function_update_to_complete.__defaults__ == (600, 0.1)  # a minute, not 4 s
        answers = [{'LastUpdateStatus': 'InProgress'}] * 3
        failed = {'LastUpdateStatus': 'Failed', 'LastUpdateStatusReason': 'no such layer'}
        monkeypatch.setattr(Lambda, 'configuration', lambda self: answers.pop() if answers else failed)
        with pytest.raises(Deploy__Failed, match='no such layer'):
            Lambda('f').wait_for_function_update_to_complete()

    @pytest.mark.parametrize('name', LAMBDA_SETTERS)
    def test_19_each_setter_of_a_lambda_chains(self, name):
        function = Lambda('f')
        assert getattr(function, name)(LAMBDA_SETTERS[name]) is function
        assert function.set_env_variable('KEY', 'value') is function

    @pytest.mark.parametrize('name', DEPLOY_SETTERS)
    def test_19_each_setter_of_a_deploy_chains(self, deploy, name):
        assert getattr(deploy, name)(DEPLOY_SETTERS[name]) is deploy
        assert deploy.set_env_variable('KEY', 'value') is deploy

    def test_20_an_event_source_takes_its_settings(self, lambda_func, my_queue):
        mapping = lambda_func.event_source_create(
            event_source_arn=my_queue.arn(),
            function_name='my-function',
            batch_size=5,
            batching_window=0,
            function_response_types=['ReportBatchItemFailures'],
            enabled=False,
        )
        assert (mapping['BatchSize'], mapping['MaximumBatchingWindowInSeconds']) == (5, 0)
        assert mapping['FunctionResponseTypes'] == ['ReportBatchItemFailures']

    def test_21_files_are_listed_before_the_deploy_by_their_path_in_the_zip(self, deploy):
        files = deploy.add_module('requests').files()
        assert 'my_module.py' in files
        assert 'requests/__init__.py' in files
        assert not [path for path in files if path.startswith('/')]

    def test_22_the_python_that_runs_is_the_runtime_of_a_deploy_and_311_stays_valid(self, deployed):
        assert deployed.info()['Configuration']['Runtime'] == f'python3.{sys.version_info.minor}'
        assert Lambda('f').runtime == 'python3.11'
        assert deployed.set_runtime('python3.11').deploy()

    def test_23_event_sources_are_those_of_the_function(self, lambda_func, my_queue, deployed):
        mapping = deployed.lambda_function().event_source_create(my_queue.arn(), enabled=False)
        assert lambda_func.event_sources() == []
        assert [found['UUID'] for found in deployed.lambda_function().event_sources()] == [mapping['UUID']]

    def test_24_a_role_that_is_there_is_given_its_policy(self):
        role = IAM_Role('r')
        role.create_for_service('lambda.amazonaws.com')
        assert role.policies_attached() == []
        role.create_for__lambda()
        assert len(role.policies_attached()) == 1
