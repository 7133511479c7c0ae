"""Deploy_Lambda: the easy way."""

import pytest

from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Aws__Not_Found
from osbot_lambda.testing.TestCase__Lambda__Deploy import TestCase__Lambda__Deploy


# Point at your handler function
def my_handler(event, context):
    return {'statusCode': 200, 'body': 'Hello!'}


# Your Lambda handler
def process_order(event, context):
    order_id = event.get('order_id')
    # Process order...
    return {'processed': order_id}


def my_doubling_handler(event, context):
    return {'result': event.get('input', 0) * 2}


class test_deploy_lambda:
    def test_basic_usage(self):
        deploy = Deploy_Lambda(handler=my_handler)
        deploy.deploy()  # Creates or updates the function

        assert deploy.invoke() == {'statusCode': 200, 'body': 'Hello!'}
        assert deploy.deploy().status == 'unchanged'

    def test_with_custom_name_and_stage(self):
        deploy = Deploy_Lambda(
            handler=my_handler,
            lambda_name='my-api-function',
            stage='prod',  # Results in: my-api-function__prod
        )

        assert deploy.lambda_name() == 'my-api-function__prod'
        assert deploy.deploy()
        assert deploy.info()['Configuration']['FunctionName'] == 'my-api-function__prod'

    def test_adding_source_code(self, module, tmp_path):
        for name in ('my_utils', 'module1', 'module2'):
            module(name, '')
        config_json = tmp_path / 'config.json'
        config_json.write_text('{}')
        lib = tmp_path / 'lib'
        (lib / '__pycache__').mkdir(parents=True)
        for name in ('a.py', 'a.pyc', '__pycache__/a.cpython-311.pyc'):
            (lib / name).write_text('')

        deploy = Deploy_Lambda(handler=my_handler)

        # Automatically adds handler's module
        deploy.add_function_source_code()

        # Add specific modules
        deploy.add_module('my_utils')
        deploy.add_modules(['module1', 'module2'])

        # Add OSBot packages (commonly needed)
        deploy.add_osbot_utils()
        deploy.add_osbot_aws()

        # Add files/folders directly
        deploy.add_file(config_json, folder='config')
        deploy.add_folder(lib, ignore=['*.pyc', '__pycache__'])

        files = deploy.files()
        for path in ('my_utils.py', 'module1.py', 'module2.py', 'config/config.json', 'lib/a.py'):
            assert path in files
        assert 'osbot_utils/__init__.py' in files
        assert 'osbot_lambda/deploy/Deploy_Lambda.py' in files
        assert [path for path in files if path.startswith('lib/')] == ['lib/a.py']
        assert [path for path in files if path.startswith('test_')] == ['test_deploy_lambda.py']

    def test_adding_layers(self, wheels, layer_arn):
        deploy = Deploy_Lambda(handler=my_handler)
        my_layer, layer_arn_1, layer_arn_2 = layer_arn('my-layer'), layer_arn('one'), layer_arn('two')

        # Add existing layer ARN
        deploy.add_layer(my_layer)
        deploy.add_layers([layer_arn_1, layer_arn_2])

        # Or auto-create layer from pip packages (creates once, reuses)
        deploy.set_packages_using_layer(
            packages=['pandas', 'numpy', 'requests'],
            skip_layer_creation_if_exists=True,
        )

        assert deploy.deploy()
        arns = [layer['Arn'] for layer in deploy.info()['Configuration']['Layers']]
        assert arns[:3] == [my_layer, layer_arn_1, layer_arn_2]
        assert len(arns) == 4
        assert deploy.deploy().status == 'unchanged'

    def test_environment_variables(self, deployed):
        deploy = deployed

        deploy.set_env_variable('API_KEY', 'secret-value')
        deploy.set_env_variables(
            {
                'DEBUG': 'true',
                'DATABASE_URL': 'postgresql://...',
            }
        )

        assert deploy.deploy().status == 'updated'
        variables = deploy.info()['Configuration']['Environment']['Variables']
        assert variables == {'DEBUG': 'true', 'DATABASE_URL': 'postgresql://...'}
        assert deploy.invoke()['debug'] == 'true'

    def test_invocation(self, deployed):
        deploy = deployed

        # Simple invoke
        result = deploy.invoke({'user_id': '123'})
        assert result['received'] == {'user_id': '123'}

        # Async invoke (returns immediately)
        deploy.invoke_async({'user_id': '1234'})
        assert deploy.lambda_function().log_group().wait_for_message("'user_id': '1234'")

        # Invoke with execution logs
        result = deploy.invoke_return_logs({'user_id': '123'})
        # Returns: {'status': 'ok', 'return_value': {...}, 'execution_logs': '...'}
        assert result['status'] == 'ok'
        assert result['return_value']['received'] == {'user_id': '123'}
        assert "received {'user_id': '123'}" in result['execution_logs']

    def test_lifecycle_methods(self, deployed):
        deploy = deployed

        assert deploy.exists() is True  # True if function exists
        assert deploy.info()['Configuration']['FunctionName'] == 'my_module'  # Function configuration
        assert deploy.function_url() is None  # Get function URL if configured
        url = deploy.lambda_function().function_url_create()['FunctionUrl']
        assert deploy.function_url() == url
        assert deploy.files() == ['my_module.py']  # List files in deployment package
        assert deploy.delete() is True  # Delete function
        assert deploy.exists() is False
        with pytest.raises(Aws__Not_Found):
            deploy.info()

    def test_context_manager_support(self):
        with Deploy_Lambda(handler=my_handler) as deploy:
            deploy.add_osbot_utils()
            deploy.deploy()
            result = deploy.invoke({'test': True})

        assert result == {'statusCode': 200, 'body': 'Hello!'}
        assert deploy.exists()

    def test_container_image_deployment(self, image_uri):
        deploy = Deploy_Lambda(handler='my-function')
        deploy.set_container_image(image_uri)
        deploy.deploy()

        info = deploy.info()
        assert info['Configuration']['FunctionName'] == 'my-function'
        assert info['Configuration']['PackageType'] == 'Image'
        assert info['Code']['ImageUri'] == image_uri

    def test_complete_example(self, module, wheels, capsys):
        module('my_order_lib', '')

        # Deploy with all options
        with Deploy_Lambda(handler=process_order, lambda_name='order-processor') as deploy:
            # Add dependencies
            deploy.add_osbot_utils()
            deploy.add_module('my_order_lib')

            # Add heavy packages as a layer
            deploy.set_packages_using_layer(['pandas', 'boto3'])

            # Configure environment
            deploy.set_env_variables(
                {
                    'STAGE': 'production',
                    'LOG_LEVEL': 'INFO',
                }
            )

            # Deploy and test
            success = deploy.deploy()

            if success:
                result = deploy.invoke({'order_id': 'ORD-12345'})
                print(f'Result: {result}')

        assert capsys.readouterr().out == "Result: {'processed': 'ORD-12345'}\n"
        configuration = deploy.info()['Configuration']
        assert configuration['Environment']['Variables'] == {'STAGE': 'production', 'LOG_LEVEL': 'INFO'}
        assert len(configuration['Layers']) == 1


class Test_My_Lambda(TestCase__Lambda__Deploy):
    handler = my_doubling_handler  # Set your handler

    def test_testing_base_class(self):
        self.deploy()  # Deploys the function
        result = self.invoke({'input': 21})
        assert result['result'] == 42
