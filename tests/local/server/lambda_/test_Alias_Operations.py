import collections

import pytest

from tests.local.server.Lambda_Rig import body, error_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT

ARN = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:function:fn'
WRONG = 'InvalidParameterValueException'


@pytest.fixture
def rig(rig):
    """A function with the versions 1 and 2, which return their number."""
    rig.create()
    rig.publish_versions(2)
    return rig


def create(rig, name='live', version='1', **params):
    return rig.client.create_alias(FunctionName='fn', Name=name, FunctionVersion=version, **params)


class test_Alias_Operations:
    def test_creating_answers_with_awss_keys(self, rig):
        answer = create(rig, RoutingConfig={'AdditionalVersionWeights': {'2': 0.2}})
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 201
        assert answer.pop('RevisionId')
        assert body(answer) == {
            'AliasArn': f'{ARN}:live',
            'Name': 'live',
            'FunctionVersion': '1',
            'Description': '',
            'RoutingConfig': {'AdditionalVersionWeights': {'2': 0.2}},
        }
        assert 'RoutingConfig' not in create(rig, 'plain', '$LATEST', Description='d')

    def test_an_update_changes_what_is_given_and_the_revision(self, rig):
        created = create(rig, Description='d', RoutingConfig={'AdditionalVersionWeights': {'2': 0.2}})
        updated = rig.client.update_alias(FunctionName='fn', Name='live', Description='new')
        assert updated['RoutingConfig'] == created['RoutingConfig']
        assert updated['RevisionId'] != created['RevisionId']
        cleared = rig.client.update_alias(FunctionName='fn', Name='live', FunctionVersion='2', RoutingConfig={})
        assert 'RoutingConfig' not in cleared
        assert (cleared['FunctionVersion'], cleared['Description']) == ('2', 'new')
        assert body(rig.client.get_alias(FunctionName='fn', Name='live')) == body(cleared)

    def test_an_old_revision_is_refused(self, rig):
        old = create(rig)['RevisionId']
        latest = rig.client.update_alias(FunctionName='fn', Name='live', RevisionId=old, Description='1')['RevisionId']
        found = error_of(rig.client.update_alias, FunctionName='fn', Name='live', RevisionId=old)
        assert found[::2] == ('PreconditionFailedException', 412)
        rig.client.update_alias(FunctionName='fn', Name='live', RevisionId=latest)

    def test_what_is_not_there(self, rig):
        missing = 'ResourceNotFoundException'
        found = error_of(rig.client.get_alias, FunctionName='fn', Name='live')
        assert found == (missing, f'Cannot find alias arn: {ARN}:live', 404)
        found = error_of(rig.client.update_alias, FunctionName='fn', Name='live')
        assert found == (missing, f'Alias not found: {ARN}:live', 404)
        assert error_of(create, rig=rig, version='7') == (missing, f'Function not found: {ARN}:7', 404)
        found = error_of(rig.client.list_aliases, FunctionName='other')
        assert found == (missing, f'Function not found: {ARN[:-2]}other', 404)
        answer = rig.client.delete_alias(FunctionName='fn', Name='live')
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 204

    @pytest.mark.parametrize(
        ('version', 'weights', 'code', 'words'),
        [
            ('1', {'2': 0.1, '3': 0.1}, WRONG, 'Number of items in AdditionalVersionWeights cannot be greater than 1'),
            ('1', {'1': 0.1}, WRONG, 'Function version 1 is already included in routing configuration.'),
            ('$LATEST', {'1': 0.1}, WRONG, '$LATEST is not supported for an alias pointing to more than 1 version'),
            ('1', {'7': 0.1}, 'ResourceNotFoundException', f'Function not found: {ARN}:7'),
            ('1', {'2': 1.1}, 'ValidationException', 'Member must have value less than or equal to 1'),
            ('1', {'$LATEST': 0.1}, 'ValidationException', 'Map keys must satisfy constraint'),
        ],
    )
    @pytest.mark.fidelity(
        'RoutingConfig',
        aws='one more version, by number, another one, not $LATEST, weight 0 to 1',
        ours='as AWS',
        source='D configuration-aliases',
        kind='documented',
    )
    def test_weights_that_are_refused(self, rig, version, weights, code, words):
        routing = {'AdditionalVersionWeights': weights}
        found = error_of(create, rig=rig, version=version, RoutingConfig=routing)
        assert found[0] == code
        assert words in found[1]
        create(rig, version=version)
        found = error_of(rig.client.update_alias, FunctionName='fn', Name='live', RoutingConfig=routing)
        assert found[0] == code

    def test_names_that_are_refused(self, rig):
        create(rig)
        text = f'Alias already exists: {ARN}:live'
        assert error_of(create, rig=rig) == ('ResourceConflictException', text, 409)
        assert error_of(create, rig=rig, name='12')[0] == 'ValidationException'
        found = error_of(rig.client.create_alias, FunctionName=f'{ARN}:1', Name='x', FunctionVersion='1')
        assert found[0] == WRONG

    def test_they_are_listed_by_name_in_pages_and_of_one_version(self, rig):
        for name in ('b', 'a', 'c'):
            create(rig, name, '2' if name == 'c' else '1')
        first = rig.client.list_aliases(FunctionName='fn', MaxItems=2)
        second = rig.client.list_aliases(FunctionName='fn', Marker=first['NextMarker'])
        assert [each['Name'] for each in first['Aliases'] + second['Aliases']] == ['a', 'b', 'c']
        of_two = rig.client.list_aliases(FunctionName='fn', FunctionVersion='2')['Aliases']
        assert [each['Name'] for each in of_two] == ['c']

    def test_a_version_that_an_alias_needs_can_not_be_deleted(self, rig):
        create(rig, 'one', '1', RoutingConfig={'AdditionalVersionWeights': {'2': 0.5}})
        text = 'Unable to delete version because the following aliases reference it: [one]'
        for version in ('1', '2'):
            found = error_of(rig.client.delete_function, FunctionName='fn', Qualifier=version)
            assert found == ('ResourceConflictException', text, 409)
        rig.client.delete_alias(FunctionName='fn', Name='one')
        rig.client.delete_function(FunctionName='fn', Qualifier='1')

    def test_an_alias_is_not_deleted_as_a_version(self, rig):
        create(rig)
        found = error_of(rig.client.delete_function, FunctionName='fn', Qualifier='live')
        assert found == (WRONG, 'Deletion of aliases is not currently supported.', 400)


class test_using_an_alias:
    def test_an_invoke_runs_its_version_and_the_function_is_told_both(self, rig):
        code = 'def handler(event, context): return [context.function_version, context.invoked_function_arn]'
        rig.create('told', code, Publish=True)
        rig.client.create_alias(FunctionName='told', Name='live', FunctionVersion='1')
        told = ARN[:-2] + 'told'
        assert rig.value('told', Qualifier='live') == ['1', f'{told}:live']
        assert rig.value(f'{told}:live') == ['1', f'{told}:live']
        answer = rig.client.invoke(FunctionName='told', Qualifier='live')
        assert answer['ExecutedVersion'] == '1'

    def test_after_an_update_it_is_the_other_version(self, rig):
        create(rig)
        assert rig.value(Qualifier='live') == 1
        rig.client.update_alias(FunctionName='fn', Name='live', FunctionVersion='2')
        assert rig.value(Qualifier='live') == 2

    @pytest.mark.fidelity(
        'Weighted alias',
        aws='each invoke by weight; ExecutedVersion and AWS_LAMBDA_FUNCTION_VERSION tell which, the ARN doesn’t',
        ours='as AWS',
        source='S alias_moving',
        kind='documented',
    )
    def test_weights_share_the_invokes(self, make_rig):
        rig = make_rig(lambda event: 'fine')
        rig.create()
        rig.publish_versions(2)
        create(rig, RoutingConfig={'AdditionalVersionWeights': {'2': 0.5}})
        count = collections.Counter(
            rig.client.invoke(FunctionName='fn', Qualifier='live')['ExecutedVersion'] for _ in range(60)
        )
        assert set(count) == {'1', '2'}  # one in 2 ** 59 runs it isn't
        rig.client.update_alias(FunctionName='fn', Name='live', RoutingConfig={'AdditionalVersionWeights': {'2': 1.0}})
        assert rig.client.invoke(FunctionName='fn', Qualifier='live')['ExecutedVersion'] == '2'

    def test_get_function_gives_the_version_under_the_aliass_arn(self, rig):
        create(rig, version='2')
        for found in (
            rig.client.get_function(FunctionName='fn', Qualifier='live')['Configuration'],
            rig.client.get_function_configuration(FunctionName=f'{ARN}:live'),
        ):
            assert (found['FunctionArn'], found['Version']) == (f'{ARN}:live', '2')

    def test_an_invoke_of_one_that_is_not_there(self, rig):
        found = error_of(rig.client.invoke, FunctionName='fn', Qualifier='live')
        assert found == ('ResourceNotFoundException', f'Function not found: {ARN}:live', 404)

    def test_a_queue_feeds_an_alias(self, rig):
        rig.create_seeing('fed', 'def handler(event, context): seen(context.function_version)', Publish=True)
        rig.client.create_alias(FunctionName='fed', Name='live', FunctionVersion='1')
        url, queue_arn = rig.queue()
        answer = rig.client.create_event_source_mapping(FunctionName='fed:live', EventSourceArn=queue_arn)
        assert answer['FunctionArn'].endswith(':function:fed:live')
        rig.sqs.send_message(QueueUrl=url, MessageBody='hello')
        rig.wait_until_empty(url)
        assert rig.seen() == ['1']
        found = rig.client.list_event_source_mappings(FunctionName='fed:live')['EventSourceMappings']
        assert [each['UUID'] for each in found] == [answer['UUID']]

    def test_messages_wait_for_an_alias_that_went_away(self, rig):
        rig.create_seeing('fed', 'def handler(event, context): seen(context.function_version)', Publish=True)
        alias = {'FunctionName': 'fed', 'Name': 'live'}
        rig.client.create_alias(**alias, FunctionVersion='1')
        url, queue_arn = rig.queue()
        rig.client.create_event_source_mapping(FunctionName='fed:live', EventSourceArn=queue_arn)
        rig.client.delete_alias(**alias)
        rig.sqs.send_message(QueueUrl=url, MessageBody='hello')
        rig.client.create_alias(**alias, FunctionVersion='1')
        rig.wait_until_empty(url)
        assert rig.seen() == ['1']
