"""Invoke functions."""


class test_invoke_functions:
    def test_simple_invoke(self, lambda_func):
        result = lambda_func.invoke({'key': 'value'})
        # Returns the Lambda function's return value directly
        assert result == {'received': {'key': 'value'}, 'debug': None}

        # Or: {'error': 'error message'} on failure
        assert lambda_func.invoke({'fail': 'error message'}) == {'error': 'error message'}

    def test_full_invoke_with_metadata(self, lambda_func):
        result = lambda_func.invoke_raw({'key': 'value'})
        # Returns: {
        #     'status': 'ok',
        #     'name': 'my-function',
        #     'data': {...},           # Lambda return value
        #     'response': {...}        # Full boto3 response
        # }
        assert set(result) == {'status', 'name', 'data', 'response'}
        assert (result['status'], result['name']) == ('ok', 'my-function')
        assert result['data'] == {'received': {'key': 'value'}, 'debug': None}
        assert result['response']['StatusCode'] == 200
        assert result['response']['ExecutedVersion'] == '$LATEST'
        assert result['response']['ResponseMetadata']['RequestId']

    def test_invoke_with_execution_logs(self, lambda_func):
        result = lambda_func.invoke_return_logs({'key': 'value'})
        # Returns: {
        #     'status': 'ok',
        #     'name': 'my-function',
        #     'return_value': {...},
        #     'execution_logs': '...',  # CloudWatch logs from execution
        #     'request_id': '...'
        # }
        assert set(result) == {'status', 'name', 'return_value', 'execution_logs', 'request_id'}
        assert (result['status'], result['name']) == ('ok', 'my-function')
        assert result['return_value'] == {'received': {'key': 'value'}, 'debug': None}
        assert "received {'key': 'value'}" in result['execution_logs']
        assert f'START RequestId: {result["request_id"]}' in result['execution_logs']

    def test_asynchronous_invocation(self, lambda_func):
        response = lambda_func.invoke_async({'key': 'value'})
        # Returns immediately, Lambda executes in background
        assert response['StatusCode'] == 202
        assert lambda_func.log_group().wait_for_message("received {'key': 'value'}")

    def test_dry_run(self, lambda_func):
        response = lambda_func.invoke_dry_run({'key': 'value'})
        # Validates permissions without executing
        assert response['StatusCode'] == 204

        assert lambda_func.invoke('after it')['received'] == 'after it'
        assert not any("'key'" in message for message in lambda_func.log_group().messages())

    def test_helper_functions(self, lambda_func):
        from osbot_lambda.aws.lambda_.Lambda import invoke_lambda, invoke_lambda_async

        result = invoke_lambda('my-function', {'key': 'value'})
        invoke_lambda_async('my-function', {'key': 'later'})

        assert result == {'received': {'key': 'value'}, 'debug': None}
        assert lambda_func.log_group().wait_for_message("received {'key': 'later'}")
