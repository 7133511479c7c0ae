import json

import pytest

from tests.local.server.Lambda_Rig import error_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT

ARN = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:function:fn'
NOTHING = 'ResourceNotFoundException', 'The resource you requested does not exist.', 404
WRONG = 'InvalidParameterValueException'


@pytest.fixture
def client(rig):
    rig.create(Publish=True)
    rig.client.create_alias(FunctionName='fn', Name='live', FunctionVersion='1')
    return rig.client


def add(client, sid='s3', principal='s3.amazonaws.com', **params):
    params = {'FunctionName': 'fn', 'Action': 'lambda:InvokeFunction', **params}
    return json.loads(client.add_permission(StatementId=sid, Principal=principal, **params)['Statement'])


def statements(client, **params):
    return json.loads(client.get_policy(FunctionName='fn', **params)['Policy'])['Statement']


class test_Permission_Operations:
    def test_the_policy_is_awss(self, client):
        statement = add(client, SourceArn='arn:aws:s3:::my-bucket')
        assert statement == {
            'Sid': 's3',
            'Effect': 'Allow',
            'Principal': {'Service': 's3.amazonaws.com'},
            'Action': 'lambda:InvokeFunction',
            'Resource': ARN,
            'Condition': {'ArnLike': {'AWS:SourceArn': 'arn:aws:s3:::my-bucket'}},
        }
        found = json.loads(client.get_policy(FunctionName='fn')['Policy'])
        assert found == {'Version': '2012-10-17', 'Id': 'default', 'Statement': [statement]}

    @pytest.mark.parametrize(
        ('principal', 'written'),
        [
            ('*', '*'),
            ('999999999999', {'AWS': 'arn:aws:iam::999999999999:root'}),
            ('arn:aws:iam::999999999999:user/alice', {'AWS': 'arn:aws:iam::999999999999:user/alice'}),
            ('events.amazonaws.com', {'Service': 'events.amazonaws.com'}),
            ('alexa-appkit.amazon.com', {'Service': 'alexa-appkit.amazon.com'}),
        ],
    )
    def test_who_is_meant(self, client, principal, written):
        statement = add(client, principal=principal)
        assert statement['Principal'] == written
        assert 'Condition' not in statement

    @pytest.mark.parametrize(
        ('params', 'condition'),
        [
            ({'SourceAccount': ACCOUNT}, {'StringEquals': {'AWS:SourceAccount': ACCOUNT}}),
            ({'PrincipalOrgID': 'o-abcdefghij'}, {'StringEquals': {'aws:PrincipalOrgID': 'o-abcdefghij'}}),
            ({'EventSourceToken': 'token'}, {'StringEquals': {'lambda:EventSourceToken': 'token'}}),
            ({'InvokedViaFunctionUrl': True}, {'Bool': {'lambda:InvokedViaFunctionUrl': 'true'}}),
            (
                {'Action': 'lambda:InvokeFunctionUrl', 'FunctionUrlAuthType': 'NONE'},
                {'StringEquals': {'lambda:FunctionUrlAuthType': 'NONE'}},
            ),
            (
                {'SourceArn': 'arn:aws:s3:::b', 'SourceAccount': ACCOUNT},
                {'StringEquals': {'AWS:SourceAccount': ACCOUNT}, 'ArnLike': {'AWS:SourceArn': 'arn:aws:s3:::b'}},
            ),
        ],
    )
    @pytest.mark.fidelity(
        'Statements of AddPermission',
        aws='SourceArn ArnLike, SourceAccount StringEquals, PrincipalOrgID StringEquals',
        ours='as AWS',
        source='S policy_document',
        kind='recorded',
    )
    def test_conditions(self, client, params, condition):
        assert add(client, **params)['Condition'] == condition

    def test_function_version_and_alias_have_policies_of_their_own(self, client):
        for qualifier in ('1', 'live'):
            statement = add(client, qualifier, Qualifier=qualifier)
            assert statement['Resource'] == f'{ARN}:{qualifier}'
            assert [each['Sid'] for each in statements(client, Qualifier=qualifier)] == [qualifier]
        assert error_of(client.get_policy, FunctionName='fn') == NOTHING
        add(client)
        assert [each['Sid'] for each in statements(client)] == ['s3']

    def test_statements_are_removed_one_by_one(self, client):
        add(client, 'one')
        add(client, 'two')
        answer = client.remove_permission(FunctionName='fn', StatementId='one')
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 204
        assert [each['Sid'] for each in statements(client)] == ['two']
        found = error_of(client.remove_permission, FunctionName='fn', StatementId='one')
        assert found == ('ResourceNotFoundException', 'Statement one is not found in resource policy.', 404)
        client.remove_permission(FunctionName='fn', StatementId='two')
        assert error_of(client.get_policy, FunctionName='fn') == NOTHING
        found = error_of(client.remove_permission, FunctionName='fn', StatementId='two')
        assert found[1] == 'No policy is associated with the given resource.'

    @pytest.mark.parametrize(
        ('params', 'code', 'text'),
        [
            ({'Qualifier': '$LATEST'}, WRONG, 'We currently do not support adding policies for $LATEST.'),
            ({'Qualifier': '7'}, 'ResourceNotFoundException', f'Function not found: {ARN}:7'),
            ({'Qualifier': 'dev'}, 'ResourceNotFoundException', f'Cannot find alias arn: {ARN}:dev'),
            ({'FunctionName': 'no'}, 'ResourceNotFoundException', f'Function not found: {ARN[:-2]}no'),
            (
                {'principal': 'somebody'},
                WRONG,
                'The provided principal was invalid. Please check the principal and try again.',
            ),
            (
                {'FunctionUrlAuthType': 'NONE'},
                WRONG,
                'FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action',
            ),
            (
                {'InvokedViaFunctionUrl': True, 'Action': 'lambda:InvokeFunctionUrl'},
                WRONG,
                'InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action',
            ),
        ],
    )
    def test_what_is_refused(self, client, params, code, text):
        assert error_of(add, client=client, **params)[:2] == (code, text)
        assert error_of(client.get_policy, FunctionName='fn') == NOTHING

    def test_a_sid_is_there_once(self, client):
        add(client)
        text = (
            'The statement id (s3) provided already exists. '
            'Please provide a new statement id, or remove the existing statement.'
        )
        assert error_of(add, client=client) == ('ResourceConflictException', text, 409)

    def test_a_function_that_is_not_there_has_no_policy(self, client):
        assert error_of(client.get_policy, FunctionName='no') == NOTHING
        found = error_of(client.remove_permission, FunctionName='no', StatementId='x')
        assert found == ('ResourceNotFoundException', f'No policy found for: {ARN[:-2]}no', 404)

    def test_a_policy_of_more_than_20_kb_is_refused(self, client):
        source = 'arn:aws:s3:::' + 'b' * 9_000
        add(client, 'one', SourceArn=source)
        add(client, 'two', SourceArn=source)
        code, text, status = error_of(add, client=client, sid='three', SourceArn=source)
        assert (code, status) == ('PolicyLengthExceededException', 400)
        assert text.endswith('is bigger than the limit (20480).')

    @pytest.mark.parametrize('qualifier', [None, '1', 'live'])
    def test_the_revision_is_that_of_what_the_policy_is_for(self, client, qualifier):
        where = {'Qualifier': qualifier} if qualifier else {}

        def revision():
            if qualifier == 'live':
                return client.get_alias(FunctionName='fn', Name='live')['RevisionId']
            return client.get_function_configuration(FunctionName='fn', **where)['RevisionId']

        before = revision()
        add(client, RevisionId=before, **where)
        after = revision()
        assert after != before
        assert client.get_policy(FunctionName='fn', **where)['RevisionId'] == after
        text = (
            'The Revision Id provided does not match the latest Revision Id. '
            'Call the GetPolicy API to retrieve the latest Revision Id'
        )
        expected = 'PreconditionFailedException', text, 412
        assert error_of(add, client=client, sid='x', RevisionId=before, **where) == expected
        remove = client.remove_permission
        assert error_of(remove, FunctionName='fn', StatementId='s3', RevisionId=before, **where) == expected
        remove(FunctionName='fn', StatementId='s3', RevisionId=after, **where)

    @pytest.mark.fidelity(
        'resource policies as a whole',
        aws='PutResourcePolicy replaces what AddPermission made; one that makes the function public may be refused.',
        ours='as AWS; none is refused for being public.',
        source='B PutResourcePolicy',
        kind='documented',
    )
    def test_a_policy_is_put_read_and_deleted_as_a_whole(self, client):
        add(client)
        mine = {'Sid': 'mine', 'Effect': 'Allow', 'Principal': '*', 'Action': 'lambda:InvokeFunction', 'Resource': ARN}
        answer = client.put_resource_policy(ResourceArn=ARN, Policy=json.dumps({'Statement': mine}))
        assert json.loads(answer['Policy']) == {'Version': '2012-10-17', 'Id': 'default', 'Statement': [mine]}
        assert statements(client) == [mine]
        found = client.get_resource_policy(ResourceArn=ARN)
        assert {key: found[key] for key in ('Policy', 'RevisionId')} == {
            key: answer[key] for key in ('Policy', 'RevisionId')
        }
        client.remove_permission(FunctionName='fn', StatementId='mine')
        client.put_resource_policy(ResourceArn=f'{ARN}:live', Policy=json.dumps({'Statement': [mine]}))
        assert error_of(client.get_resource_policy, ResourceArn=ARN) == NOTHING
        assert client.delete_resource_policy(ResourceArn=f'{ARN}:live')['ResponseMetadata']['HTTPStatusCode'] == 204
        assert error_of(client.delete_resource_policy, ResourceArn=f'{ARN}:live') == NOTHING

    @pytest.mark.parametrize(
        'policy',
        ['no json', '[]', '{}', '{"Statement": 1}', '{"Statement": [1]}', '{"Statement": [{"Effect": "Allow"}]}'],
    )
    def test_what_is_no_policy(self, client, policy):
        code, text, _ = error_of(client.put_resource_policy, ResourceArn=ARN, Policy=policy)
        assert (code, text[:33]) == (WRONG, 'The provided policy is not valid:')

    def test_a_runtime_has_no_policy_here(self, client):
        arn = 'arn:aws:lambda:eu-west-1:111122223333:runtime/mine'
        assert error_of(client.get_resource_policy, ResourceArn=arn) == NOTHING

    def test_a_policy_goes_with_what_it_is_for(self, client):
        add(client, Qualifier='live')
        client.delete_alias(FunctionName='fn', Name='live')
        client.create_alias(FunctionName='fn', Name='live', FunctionVersion='1')
        assert error_of(client.get_policy, FunctionName='fn', Qualifier='live') == NOTHING
