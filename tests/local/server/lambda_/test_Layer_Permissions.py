import json

import pytest

from tests.local.server.Lambda_Rig import error_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT

ARN = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:lib:1'
NO_POLICY = 'ResourceNotFoundException', 'No policy is associated with the given resource.', 404
VERSION = {'LayerName': 'lib', 'VersionNumber': 1}


@pytest.fixture
def client(rig):
    rig.publish_layer()
    return rig.client


def add(client, sid='one', principal='*', **params):
    params = {'Action': 'lambda:GetLayerVersion', 'StatementId': sid, 'Principal': principal, **params}
    return client.add_layer_version_permission(**VERSION, **params)


class test_Layer_Permissions:
    def test_statements_come_and_go(self, client):
        answer = add(client)
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 201
        one = {
            'Sid': 'one',
            'Effect': 'Allow',
            'Principal': '*',
            'Action': 'lambda:GetLayerVersion',
            'Resource': ARN,
        }
        assert json.loads(answer['Statement']) == one
        second = json.loads(add(client, 'two', '999999999999')['Statement'])
        assert second['Principal'] == {'AWS': 'arn:aws:iam::999999999999:root'}
        policy = json.loads(client.get_layer_version_policy(**VERSION)['Policy'])
        assert policy == {'Version': '2012-10-17', 'Id': 'default', 'Statement': [one, second]}
        for sid in ('one', 'two'):
            answer = client.remove_layer_version_permission(**VERSION, StatementId=sid)
            assert answer['ResponseMetadata']['HTTPStatusCode'] == 204
        assert error_of(client.get_layer_version_policy, **VERSION) == NO_POLICY

    def test_an_organization_is_a_condition(self, client):
        statement = json.loads(add(client, OrganizationId='o-abcdefghij')['Statement'])
        assert statement['Condition'] == {'StringEquals': {'aws:PrincipalOrgID': 'o-abcdefghij'}}

    def test_each_change_gives_a_new_revision_and_an_old_one_is_refused(self, client):
        first = add(client)['RevisionId']
        assert client.get_layer_version_policy(**VERSION)['RevisionId'] == first
        second = add(client, 'two', RevisionId=first)['RevisionId']
        assert second != first
        assert error_of(add, client=client, sid='three', RevisionId=first)[::2] == ('PreconditionFailedException', 412)
        remove = client.remove_layer_version_permission
        assert error_of(remove, **VERSION, StatementId='one', RevisionId=first)[2] == 412
        remove(**VERSION, StatementId='one', RevisionId=second)

    def test_what_is_refused(self, client):
        assert error_of(client.get_layer_version_policy, **VERSION) == NO_POLICY
        assert error_of(client.remove_layer_version_permission, **VERSION, StatementId='one') == NO_POLICY
        add(client)
        text = (
            'The statement id (one) provided already exists. '
            'Please provide a new statement id, or remove the existing statement.'
        )
        assert error_of(add, client=client) == ('ResourceConflictException', text, 409)
        found = error_of(client.remove_layer_version_permission, **VERSION, StatementId='two')
        assert found == ('ResourceNotFoundException', 'Statement two is not found in resource policy.', 404)
        assert error_of(add, client=client, sid='x', Action='lambda:*')[0] == 'ValidationException'
        found = error_of(client.get_layer_version_policy, LayerName='lib', VersionNumber=2)
        text = f'Layer version {ARN[:-1]}2 does not exist.'
        assert found == ('ResourceNotFoundException', text, 404)

    def test_the_policy_goes_with_its_version(self, client):
        add(client)
        client.delete_layer_version(**VERSION)
        assert error_of(client.get_layer_version_policy, **VERSION)[0] == 'ResourceNotFoundException'
