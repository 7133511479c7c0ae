import json

import pytest

from osbot_lambda.errors import Aws__Access_Denied, Aws__Conflict, Aws__Not_Found

ARN = 'arn:aws:lambda:us-east-1:123456789012:function:f'
URL = 'https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws/'
INFO = {'FunctionUrl': URL, 'FunctionArn': ARN, 'AuthType': 'NONE', 'CreationTime': 'now'}
CHANGED = {**INFO, 'LastModifiedTime': 'now'}


class test_Lambda__Function_Url:
    def test_create_as_in_the_briefing(self, function, stub):
        sent = {'FunctionName': 'f', 'AuthType': 'AWS_IAM', 'InvokeMode': 'BUFFERED'}
        for _ in range(2):
            stub.add_response('create_function_url_config', INFO, sent)
        assert function.function_url_create(auth_type='AWS_IAM', invoke_mode='BUFFERED') == INFO
        assert function.function_url_create() == INFO

    def test_create_for_an_alias_with_cors(self, function, stub):
        cors = {'AllowOrigins': ['*'], 'MaxAge': 60}
        sent = {'FunctionName': 'f', 'Qualifier': 'prod', 'AuthType': 'NONE', 'Cors': cors, 'InvokeMode': 'BUFFERED'}
        stub.add_response('create_function_url_config', INFO, sent)
        function.function_url_create('prod', 'NONE', cors)

    def test_a_second_one_is_a_conflict(self, function, stub):
        stub.add_client_error('create_function_url_config', 'ResourceConflictException', 'exists', 409)
        with pytest.raises(Aws__Conflict):
            function.function_url_create()

    @pytest.mark.parametrize('there', [False, True], ids=['new', 'there already'])
    def test_public_access_makes_the_url_and_both_statements(self, function, stub, there):
        sent = {'FunctionName': 'f', 'AuthType': 'NONE', 'InvokeMode': 'RESPONSE_STREAM'}
        if there:
            stub.add_client_error('create_function_url_config', 'ResourceConflictException', 'exists', 409)
            stub.add_response('update_function_url_config', CHANGED, sent)
        else:
            stub.add_response('create_function_url_config', INFO, sent)
        for sid, rest in (
            (
                'FunctionURLAllowPublicAccess',
                {'Action': 'lambda:InvokeFunctionUrl', 'FunctionUrlAuthType': 'NONE'},
            ),
            (
                'FunctionURLInvokeAllowPublicAccess',
                {'Action': 'lambda:InvokeFunction', 'InvokedViaFunctionUrl': True},
            ),
        ):
            request = {'FunctionName': 'f', 'StatementId': sid, 'Principal': '*', **rest}
            stub.add_response('add_permission', {'Statement': json.dumps({'Sid': sid})}, request)
        assert function.function_url_create_with_public_access('RESPONSE_STREAM') == {
            'function_url_create': CHANGED if there else INFO,
            'function_set_policy': {'Sid': 'FunctionURLAllowPublicAccess'},
        }

    def test_it_is_looked_at(self, function, stub):
        for _ in range(3):
            stub.add_response('get_function_url_config', CHANGED, {'FunctionName': 'f', 'Qualifier': 'prod'})
        assert function.function_url('prod') == URL
        assert function.function_url_info('prod') == CHANGED
        assert function.function_url_exists('prod') is True

    def test_none_is_none_and_trouble_is_trouble(self, function, stub):
        for _ in range(3):
            stub.add_client_error('get_function_url_config', 'ResourceNotFoundException', 'no', 404)
        assert (function.function_url(), function.function_url_info()) == (None, {})
        assert function.function_url_exists() is False
        stub.add_client_error('get_function_url_config', 'AccessDeniedException', 'no', 403)
        with pytest.raises(Aws__Access_Denied):
            function.function_url_info()

    def test_an_update_sends_what_was_given(self, function, stub):
        sent = {'FunctionName': 'f', 'AuthType': 'NONE', 'InvokeMode': 'RESPONSE_STREAM'}
        stub.add_response('update_function_url_config', CHANGED, sent)
        assert function.function_url_update(auth_type='NONE', invoke_mode='RESPONSE_STREAM') == CHANGED
        stub.add_response('update_function_url_config', CHANGED, {'FunctionName': 'f', 'Cors': {}})
        function.function_url_update(cors={})

    def test_an_update_of_what_is_not_there_raises(self, function, stub):
        stub.add_client_error('update_function_url_config', 'ResourceNotFoundException', 'no', 404)
        with pytest.raises(Aws__Not_Found):
            function.function_url_update(auth_type='NONE')

    def test_delete(self, function, stub):
        stub.add_response('delete_function_url_config', {}, {'FunctionName': 'f', 'Qualifier': 'prod'})
        assert function.function_url_delete('prod') is True
        stub.add_client_error('delete_function_url_config', 'ResourceNotFoundException', 'no', 404)
        assert function.function_url_delete() is False
