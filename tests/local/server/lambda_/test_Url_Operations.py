import re

import pytest

from tests.local.server.Lambda_Rig import body, error_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT, ENDPOINT

ARN = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:function:fn'
NOTHING = 'ResourceNotFoundException', 'The resource you requested does not exist.', 404
NO_FUNCTION = 'ResourceNotFoundException', 'Function does not exist', 404
CORS = {'AllowOrigins': ['https://example.com'], 'AllowMethods': ['GET'], 'AllowCredentials': True, 'MaxAge': 60}


@pytest.fixture
def client(rig):
    rig.create(Publish=True)
    rig.client.create_alias(FunctionName='fn', Name='live', FunctionVersion='1')
    return rig.client


def create(client, **params):
    return client.create_function_url_config(**{'FunctionName': 'fn', 'AuthType': 'NONE', **params})


class test_Url_Operations:
    @pytest.mark.fidelity(
        'CreateFunctionUrlConfig',
        aws='201, https://<id>.lambda-url.<region>.on.aws/',
        ours='as AWS, with an address of this machine',
        source='S function_url_create_response',
        kind='recorded',
    )
    def test_creating_answers_with_awss_keys_and_an_address_of_this_machine(self, client, rig):
        answer = create(client)
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 201
        found = body(answer)
        url = found.pop('FunctionUrl')
        assert re.fullmatch(re.escape(f'{ENDPOINT}/_osbot_lambda/url/') + r'[a-z0-9]{32}/', url)
        assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z', found.pop('CreationTime'))
        assert found == {'FunctionArn': ARN, 'AuthType': 'NONE'}
        url_id = url.split('/')[-2]
        assert rig.engine.url_function_arn(url_id) == ARN
        assert rig.engine.url_function_arn('0' * 32) is None

    def test_get_has_the_mode_and_the_time_of_the_last_change_too(self, client):
        created = create(client, Cors=CORS)
        found = client.get_function_url_config(FunctionName='fn')
        assert (found['FunctionUrl'], found['Cors']) == (created['FunctionUrl'], CORS)
        assert (found['InvokeMode'], found['LastModifiedTime']) == ('BUFFERED', created['CreationTime'])

    def test_the_mode_is_in_the_answer_when_it_was_given(self, client):
        assert create(client, InvokeMode='RESPONSE_STREAM')['InvokeMode'] == 'RESPONSE_STREAM'
        change = client.update_function_url_config
        assert 'InvokeMode' not in change(FunctionName='fn', AuthType='AWS_IAM')
        assert change(FunctionName='fn', InvokeMode='BUFFERED')['InvokeMode'] == 'BUFFERED'

    def test_an_update_keeps_what_is_not_given_and_the_address(self, client):
        created = create(client, Cors=CORS)
        client.update_function_url_config(FunctionName='fn', AuthType='AWS_IAM')
        found = client.get_function_url_config(FunctionName='fn')
        assert (found['AuthType'], found['Cors']) == ('AWS_IAM', CORS)
        assert found['FunctionUrl'] == created['FunctionUrl']
        assert found['LastModifiedTime'] > found['CreationTime']
        client.update_function_url_config(FunctionName='fn', Cors={'AllowOrigins': ['*']})
        assert client.get_function_url_config(FunctionName='fn')['Cors'] == {'AllowOrigins': ['*']}
        assert 'Cors' not in client.update_function_url_config(FunctionName='fn', Cors={})

    def test_a_function_and_each_alias_may_have_one(self, client):
        first, second = create(client), create(client, Qualifier='live')
        assert second['FunctionArn'] == f'{ARN}:live'
        assert first['FunctionUrl'] != second['FunctionUrl']
        text = (
            f'Failed to create function url config for [functionArn = {ARN}:live]. '
            'Error message:  FunctionUrlConfig exists for this Lambda function'
        )
        assert error_of(create, client=client, Qualifier='live') == ('ResourceConflictException', text, 409)
        pages = client.get_paginator('list_function_url_configs').paginate(FunctionName='fn', MaxItems=1)
        arns = [url['FunctionArn'] for page in pages for url in page['FunctionUrlConfigs']]
        assert arns == [ARN, f'{ARN}:live']

    def test_deleting_leaves_the_permissions(self, client):
        create(client)
        client.add_permission(
            FunctionName='fn',
            StatementId='FunctionURLAllowPublicAccess',
            Action='lambda:InvokeFunctionUrl',
            Principal='*',
            FunctionUrlAuthType='NONE',
        )
        answer = client.delete_function_url_config(FunctionName='fn')
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 204
        assert error_of(client.get_function_url_config, FunctionName='fn') == NOTHING
        assert 'FunctionURLAllowPublicAccess' in client.get_policy(FunctionName='fn')['Policy']
        assert client.list_function_url_configs(FunctionName='fn')['FunctionUrlConfigs'] == []

    def test_what_is_not_there(self, client):
        for name in ('get', 'update', 'delete'):
            assert error_of(getattr(client, f'{name}_function_url_config'), FunctionName='fn') == NOTHING
        assert error_of(create, client=client, FunctionName='other') == NO_FUNCTION
        assert error_of(create, client=client, Qualifier='dev') == NO_FUNCTION
        assert error_of(client.list_function_url_configs, FunctionName='other') == NO_FUNCTION
        assert error_of(client.get_function_url_config, FunctionName='other') == NOTHING

    @pytest.mark.parametrize(
        'params',
        [
            {'Qualifier': '1'},
            {'Qualifier': '$LATEST'},
            {'AuthType': 'OPEN'},
            {'InvokeMode': 'LATER'},
            {'Cors': {'MaxAge': 86401}},
            {'Cors': {'AllowOrigins': ['a'] * 101}},
        ],
        ids=str,
    )
    def test_what_is_refused(self, client, params):
        assert error_of(create, client=client, **params)[::2] == ('ValidationException', 400)

    def test_a_url_goes_with_its_alias(self, client, rig):
        url_id = create(client, Qualifier='live')['FunctionUrl'].split('/')[-2]
        client.delete_alias(FunctionName='fn', Name='live')
        assert rig.engine.url_function_arn(url_id) is None
