import json

import pytest

from osbot_lambda.errors import Aws__Access_Denied, Aws__Conflict, Aws__Invalid

ARN = 'arn:aws:lambda:us-east-1:123456789012:function:f'
S3_INVOKE = {'Sid': 'AllowS3Invoke', 'Action': 'lambda:InvokeFunction', 'Principal': {'Service': 's3.amazonaws.com'}}
URL_OPEN = {'Sid': 'Open', 'Action': 'lambda:InvokeFunctionUrl', 'Principal': '*'}


def _policy(stub, *statements, **sent):
    document = {'Version': '2012-10-17', 'Id': 'default', 'Statement': list(statements)}
    stub.add_response('get_policy', {'Policy': json.dumps(document)}, {'FunctionName': 'f', **sent})


def _added(stub, statement_id, action, **sent):
    statement = {'Sid': statement_id}
    request = {'FunctionName': 'f', 'StatementId': statement_id, 'Action': action, 'Principal': '*', **sent}
    stub.add_response('add_permission', {'Statement': json.dumps(statement)}, request)


class test_Lambda__Permissions:
    def test_add_as_in_the_briefing(self, function, stub):
        sent = {
            'FunctionName': ARN,
            'StatementId': 'AllowS3Invoke',
            'Action': 'lambda:InvokeFunction',
            'Principal': 's3.amazonaws.com',
            'SourceArn': 'arn:aws:s3:::my-bucket',
        }
        stub.add_response('add_permission', {'Statement': json.dumps(S3_INVOKE)}, sent)
        added = function.permission_add(
            function_arn=ARN,
            statement_id='AllowS3Invoke',
            action='lambda:InvokeFunction',
            principal='s3.amazonaws.com',
            source_arn='arn:aws:s3:::my-bucket',
        )
        assert added == S3_INVOKE

    def test_add_for_this_function_with_everything(self, function, stub):
        _added(
            stub,
            'all',
            'lambda:InvokeFunction',
            SourceArn='arn:aws:sns:us-east-1:123456789012:t',
            SourceAccount='123456789012',
            PrincipalOrgID='o-1234567890',
            FunctionUrlAuthType='NONE',
            EventSourceToken='token',
            InvokedViaFunctionUrl=False,
            Qualifier='prod',
        )
        function.permission_add(
            statement_id='all',
            principal='*',
            source_arn='arn:aws:sns:us-east-1:123456789012:t',
            source_account='123456789012',
            principal_org_id='o-1234567890',
            function_url_auth_type='NONE',
            event_source_token='token',
            invoked_via_function_url=False,
            qualifier='prod',
        )

    def test_an_id_that_is_taken_is_a_conflict(self, function, stub):
        taken = 'The statement id (s3) provided already exists.'
        stub.add_client_error('add_permission', 'ResourceConflictException', taken, 409)
        with pytest.raises(Aws__Conflict, match='already exists'):
            function.permission_add(statement_id='s3', principal='*')

    def test_without_an_id_or_a_principal_no_call_is_made(self, function, stub):
        with pytest.raises(Aws__Invalid, match='no statement_id is given'):
            function.permission_add(principal='*')
        with pytest.raises(Aws__Invalid, match='no principal is given'):
            function.permission_add(statement_id='s3')
        with pytest.raises(Aws__Invalid, match='no statement_id is given'):
            function.permission_delete()

    def test_delete(self, function, stub):
        stub.add_response('remove_permission', {}, {'FunctionName': ARN, 'StatementId': 'AllowS3Invoke'})
        assert function.permission_delete(function_name=ARN, statement_id='AllowS3Invoke') is True
        stub.add_client_error('remove_permission', 'ResourceNotFoundException', 'no', 404)
        assert function.permission_delete(statement_id='AllowS3Invoke') is False

    def test_the_policy_is_a_document(self, function, stub):
        _policy(stub, S3_INVOKE)
        assert function.policy() == {'Version': '2012-10-17', 'Id': 'default', 'Statement': [S3_INVOKE]}
        _policy(stub, S3_INVOKE, Qualifier='prod')
        assert function.permissions('prod') == [S3_INVOKE]

    def test_no_policy_is_an_empty_one_and_trouble_is_trouble(self, function, stub):
        for _ in range(3):
            stub.add_client_error('get_policy', 'ResourceNotFoundException', 'no', 404)
        assert (function.policy(), function.permissions(), function.policy_statements()) == ({}, [], [])
        stub.add_client_error('get_policy', 'AccessDeniedException', 'no', 403)
        with pytest.raises(Aws__Access_Denied):
            function.policy()

    def test_statements_can_be_indexed_and_grouped(self, function, stub):
        for _ in range(3):
            _policy(stub, S3_INVOKE, URL_OPEN)
        assert function.policy_statements() == [S3_INVOKE, URL_OPEN]
        assert function.policy_statements(index_by='Sid')['Open'] == URL_OPEN
        assert function.policy_statements(group_by='Action')['lambda:InvokeFunction'] == [S3_INVOKE]

    def test_all_statements_are_taken_out(self, function, stub):
        _policy(stub, S3_INVOKE, URL_OPEN)
        for sid in ('AllowS3Invoke', 'Open'):
            stub.add_response('remove_permission', {}, {'FunctionName': 'f', 'StatementId': sid})
        assert function.policy_statements_clear() is function

    def test_public_access_takes_two_statements(self, function, stub):
        _added(stub, 'FunctionURLAllowPublicAccess', 'lambda:InvokeFunctionUrl', FunctionUrlAuthType='NONE')
        _added(stub, 'FunctionURLInvokeAllowPublicAccess', 'lambda:InvokeFunction', InvokedViaFunctionUrl=True)
        found = function.function_set_policy_to_allow_public_access()
        assert found == {'Sid': 'FunctionURLAllowPublicAccess'}

    def test_public_access_can_be_given_again(self, function, stub):
        for sid, action, sent in (
            ('FunctionURLAllowPublicAccess', 'lambda:InvokeFunctionUrl', {'FunctionUrlAuthType': 'NONE'}),
            ('FunctionURLInvokeAllowPublicAccess', 'lambda:InvokeFunction', {'InvokedViaFunctionUrl': True}),
        ):
            stub.add_client_error('add_permission', 'ResourceConflictException', 'already exists', 409)
            removed = {'FunctionName': 'f', 'StatementId': sid, 'Qualifier': 'prod'}
            stub.add_response('remove_permission', {}, removed)
            _added(stub, sid, action, Qualifier='prod', **sent)
        function.function_set_policy_to_allow_public_access('prod')
