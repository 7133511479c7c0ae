"""Core Lambda class."""


class test_core_lambda_class:
    def test_import_and_initialization(self, my_bucket, role_arn):
        from osbot_lambda.aws.lambda_.Lambda import Lambda

        # Initialize with function name
        lambda_func = Lambda('my-function')
        assert lambda_func.name == 'my-function'

        # Or with full configuration
        lambda_func = Lambda(name='my-function')
        lambda_func.set_role(role_arn)
        lambda_func.set_s3_bucket('my-bucket')
        lambda_func.set_s3_key('lambdas/my-function.zip')

        assert (lambda_func.role, lambda_func.s3_bucket) == (role_arn, my_bucket)
        assert lambda_func.create()['status'] == 'ok'

    def test_custom_session(self, local_cloud, monkeypatch):
        monkeypatch.delenv('OSBOT_LAMBDA_TARGET')  # only the block says which cloud
        http_localhost_4566 = local_cloud.endpoint_url.replace('127.0.0.1', 'localhost')
        from osbot_lambda.aws.lambda_.Lambda import Lambda
        from osbot_lambda.aws.session.Session__Kwargs__Lambda import Session__Kwargs__Lambda

        session_kwargs = Session__Kwargs__Lambda(
            endpoint_url=http_localhost_4566,
            region_name='us-east-1',
        )
        lambda_func = Lambda('my-function', session_kwargs__lambda=session_kwargs)

        assert lambda_func.exists() is False
        assert lambda_func.client().meta.endpoint_url == http_localhost_4566
        assert lambda_func.client().meta.region_name == 'us-east-1'
        assert lambda_func.log_group().client().meta.endpoint_url == http_localhost_4566
