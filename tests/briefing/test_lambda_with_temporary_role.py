"""Lambda with temporary role."""

from osbot_lambda.aws.iam.IAM_Role import IAM_Role


class test_lambda_with_temporary_role:
    def test_lambda_with_temporary_role(self):
        from osbot_lambda.aws.lambda_.Lambda__with_temp_role import Lambda__with_temp_role

        # Automatically creates IAM role with Lambda and S3 permissions
        lambda_func = Lambda__with_temp_role('my-test-function')
        result = lambda_func.create()
        assert result['status'] == 'ok', result

        assert lambda_func.wait_for_state_active()['status'] == 'ok'
        assert lambda_func.invoke({'a': 1}) == {'a': 1}
        assert IAM_Role(result['data']['Role'].rpartition('/')[2]).exists()

        # Reset credentials if needed
        lambda_func.temp_role__iam_reset_credentials()
        assert lambda_func.exists()
