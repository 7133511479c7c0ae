"""Permissions & policies."""

import pytest


@pytest.fixture
def allowed(lambda_func):
    """my-function, which S3 may invoke."""
    lambda_func.permission_add(
        function_arn=lambda_func.function_arn(),
        statement_id='AllowS3Invoke',
        action='lambda:InvokeFunction',
        principal='s3.amazonaws.com',
        source_arn='arn:aws:s3:::my-bucket',
    )
    return lambda_func


class test_permissions_and_policies:
    def test_add_permission(self, lambda_func):
        result = lambda_func.permission_add(
            function_arn=lambda_func.function_arn(),
            statement_id='AllowS3Invoke',
            action='lambda:InvokeFunction',
            principal='s3.amazonaws.com',
            source_arn='arn:aws:s3:::my-bucket',
        )

        assert (result['Sid'], result['Effect']) == ('AllowS3Invoke', 'Allow')
        assert result['Action'] == 'lambda:InvokeFunction'
        assert result['Principal'] == {'Service': 's3.amazonaws.com'}
        assert result['Resource'] == lambda_func.function_arn()
        assert 'arn:aws:s3:::my-bucket' in str(result['Condition'])

    def test_delete_permission(self, allowed):
        lambda_func = allowed

        lambda_func.permission_delete(
            function_name=lambda_func.function_arn(),
            statement_id='AllowS3Invoke',
        )

        assert lambda_func.permissions() == []

    def test_get_policy_and_statements(self, allowed):
        lambda_func = allowed

        policy = lambda_func.policy()  # Full policy document
        statements = lambda_func.permissions()  # List of statements

        # Indexed access
        by_sid = lambda_func.policy_statements(index_by='Sid')

        assert policy['Version'] == '2012-10-17'
        assert policy['Statement'] == statements
        assert by_sid == {'AllowS3Invoke': statements[0]}

    def test_clear_all_permissions(self, allowed):
        lambda_func = allowed
        lambda_func.permission_add(lambda_func.function_arn(), 'Another', 'lambda:InvokeFunction', 'sns.amazonaws.com')
        assert len(lambda_func.permissions()) == 2

        lambda_func.policy_statements_clear()

        assert lambda_func.permissions() == []
        assert lambda_func.policy() == {}
