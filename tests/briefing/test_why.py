"""Why osbot-lambda?"""


class test_why:
    def test_deploy_in_3_lines(self, my_module):
        # boto3 native - dozens of lines for packaging, S3 upload, role setup, create_function call...

        # osbot-lambda Deploy_Lambda - just point at your handler
        from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda

        deploy = Deploy_Lambda(handler=my_module.run)
        deploy.deploy()  # Packages, uploads, creates/updates - done

        assert deploy.lambda_name() == 'my_module'
        assert deploy.invoke({'a': 1}) == {'received': {'a': 1}, 'debug': None}

    def test_automatic_packaging(self, deploy):
        # Automatically finds and packages your handler's module
        deploy.add_function_source_code()

        # Add additional modules with one line each
        deploy.add_osbot_utils()
        deploy.add_module('requests')

        files = deploy.files()
        assert 'my_module.py' in files
        assert 'requests/__init__.py' in files
        assert 'osbot_utils/__init__.py' in files
        assert not [file for file in files if file.startswith('/') or file.endswith('.pyc')]

    def test_instant_layer_creation_from_pip_packages(self, deploy, wheels):
        # Auto-create Lambda layer from pip packages
        deploy.set_packages_using_layer(['pandas', 'numpy', 'requests'])

        assert deploy.deploy()
        (layer,) = deploy.info()['Configuration']['Layers']
        assert ':layer:' in layer['Arn']

    def test_simple_invocation_with_logs(self, deployed):
        deploy = deployed

        result = deploy.invoke({'key': 'value'})
        assert result == {'received': {'key': 'value'}, 'debug': None}

        result = deploy.invoke_return_logs({'key': 'value'})  # Includes execution logs
        assert result['return_value'] == {'received': {'key': 'value'}, 'debug': None}
        assert "received {'key': 'value'}" in result['execution_logs']
