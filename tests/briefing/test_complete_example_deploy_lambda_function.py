"""Complete example: deploy Lambda function."""

from tests.briefing.conftest import CODE


class test_complete_example_deploy_lambda_function:
    def test_complete_example_deploy_lambda_function(self, tmp_path, capsys):
        from osbot_utils.utils.Zip import zip_folder

        from osbot_lambda.aws.iam.IAM_Role import IAM_Role
        from osbot_lambda.aws.lambda_.Lambda import Lambda
        from osbot_lambda.aws.s3.S3 import S3

        assert zip_folder
        path_to_lambda_code = tmp_path / 'code'
        path_to_lambda_code.mkdir()
        (path_to_lambda_code / 'handler.py').write_text(CODE)
        S3().bucket_create('my-bucket')

        # 1. Create IAM role
        role = IAM_Role('my-lambda-role')
        role.create_for__lambda()

        # 2. Upload code to S3
        s3 = S3()
        code_folder = str(path_to_lambda_code)
        s3.folder_upload(code_folder, 'my-bucket', 'lambdas/my-function.zip')

        # 3. Create Lambda function
        lambda_func = Lambda('my-function')
        lambda_func.runtime = 'python3.11'
        lambda_func.handler = 'handler.main'
        lambda_func.role = role.arn()
        lambda_func.s3_bucket = 'my-bucket'
        lambda_func.s3_key = 'lambdas/my-function.zip'
        lambda_func.memory = 512
        lambda_func.timeout = 60

        result = lambda_func.create()
        assert result['status'] == 'ok', result

        # 4. Wait for active
        lambda_func.wait_for_state_active()

        # 5. Create public URL
        lambda_func.function_url_create_with_public_access()

        # 6. Test invocation
        response = lambda_func.invoke({'test': 'data'})
        print(f'Response: {response}')
        print(f'URL: {lambda_func.function_url()}')

        said = capsys.readouterr().out.splitlines()
        assert said[0] == "Response: {'received': {'test': 'data'}, 'debug': None}"
        assert said[1].startswith('URL: http')
