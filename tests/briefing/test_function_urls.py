"""Function URLs."""


class test_function_urls:
    def test_create_function_url(self, lambda_func):
        # Basic URL (requires IAM auth)
        result = lambda_func.function_url_create(
            auth_type='AWS_IAM',  # or 'NONE' for public
            invoke_mode='BUFFERED',  # or 'RESPONSE_STREAM'
        )

        assert result['FunctionUrl'].startswith('http')
        assert result['FunctionUrl'].endswith('/')
        assert (result['AuthType'], result['InvokeMode']) == ('AWS_IAM', 'BUFFERED')
        assert 'ResponseMetadata' not in result

    def test_public_url(self, lambda_func):
        result = lambda_func.function_url_create_with_public_access(invoke_mode='BUFFERED')
        # Creates URL and sets policy for public access

        assert result['function_url_create']['AuthType'] == 'NONE'
        assert result['function_set_policy']['Principal'] == '*'
        actions = {statement['Action'] for statement in lambda_func.permissions()}
        assert 'lambda:InvokeFunctionUrl' in actions

    def test_get_function_url(self, lambda_func):
        assert lambda_func.function_url() is None
        assert lambda_func.function_url_exists() is False
        created = lambda_func.function_url_create()

        url = lambda_func.function_url()  # Just the URL string
        info = lambda_func.function_url_info()  # Full configuration
        exists = lambda_func.function_url_exists()  # True/False

        assert url == created['FunctionUrl']
        assert info['FunctionArn'] == lambda_func.function_arn()
        assert exists is True

    def test_update_function_url(self, lambda_func):
        lambda_func.function_url_create()

        lambda_func.function_url_update(
            auth_type='NONE',
            invoke_mode='RESPONSE_STREAM',
        )

        info = lambda_func.function_url_info()
        assert (info['AuthType'], info['InvokeMode']) == ('NONE', 'RESPONSE_STREAM')

    def test_delete_function_url(self, lambda_func):
        lambda_func.function_url_create()

        lambda_func.function_url_delete()

        assert lambda_func.function_url() is None
