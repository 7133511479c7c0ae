"""Function lifecycle."""

from osbot_lambda.aws.lambda_.Lambda import Lambda


class test_function_lifecycle:
    def test_create_from_s3(self, my_bucket, role_arn):
        lambda_func = Lambda('my-function')
        lambda_func.runtime = 'python3.11'
        lambda_func.handler = 'my_function.run'
        lambda_func.memory = 512  # MB (max: 10240)
        lambda_func.timeout = 60  # seconds (max: 900)
        lambda_func.role = role_arn
        lambda_func.s3_bucket = 'my-bucket'
        lambda_func.s3_key = 'lambdas/my-function.zip'
        lambda_func.architecture = 'x86_64'  # or 'arm64'

        result = lambda_func.create()
        # Returns: {'status': 'ok', 'name': 'my-function', 'data': {...}}
        assert (result['status'], result['name']) == ('ok', 'my-function')
        data = result['data']
        assert (data['FunctionName'], data['Handler'], data['Role']) == ('my-function', 'my_function.run', role_arn)
        assert (data['MemorySize'], data['Timeout'], data['Architectures']) == (512, 60, ['x86_64'])

        assert lambda_func.wait_for_state_active()['status'] == 'ok'
        assert lambda_func.invoke({'a': 1})['received'] == {'a': 1}

    def test_create_from_container_image(self, image_uri, role_arn):
        lambda_func = Lambda('my-function')
        lambda_func.image_uri = image_uri
        lambda_func.role = role_arn

        result = lambda_func.create()

        assert result['status'] == 'ok', result
        assert result['data']['PackageType'] == 'Image'
        assert 'Handler' not in result['data']
        assert lambda_func.info()['Code']['ImageUri'] == image_uri

    def test_method_chaining_configuration(self, my_bucket, role_arn, layer_arn):
        my_layer = layer_arn('my-layer')

        result = (
            Lambda('my-function')
            .set_role(role_arn)
            .set_s3_bucket('my-bucket')
            .set_s3_key('lambdas/my-function.zip')
            .set_handler('handler.main')
            .set_trace_mode('Active')  # Enable X-Ray
            .set_env_variable('DEBUG', 'true')
            .add_layer(my_layer)
            .create()
        )

        assert result['status'] == 'ok', result
        data = result['data']
        assert data['TracingConfig'] == {'Mode': 'Active'}
        assert data['Environment']['Variables'] == {'DEBUG': 'true'}
        assert [layer['Arn'] for layer in data['Layers']] == [my_layer]
        Lambda('my-function').wait_for_state_active()
        assert Lambda('my-function').invoke([1]) == {'received': [1], 'debug': 'true'}

    def test_check_existence(self, lambda_func):
        exists = lambda_func.exists()  # True/False
        assert exists is True

        exists = lambda_func.exists('other-function')  # Check specific function
        assert exists is False

    def test_delete_function(self, lambda_func):
        lambda_func.invoke()
        assert lambda_func.log_group().wait_for_message('received')

        deleted = lambda_func.delete(delete_log_group=True)  # Also deletes CloudWatch logs

        assert deleted is True
        assert not lambda_func.exists()
        assert not lambda_func.log_group().exists()
        assert lambda_func.delete() is False
