from datetime import datetime

import pytest

from tests.local.server.Lambda_Rig import ACCOUNT, REGION, body, error_of

FN = {'FunctionName': 'fn'}
ARN = f'arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn'
QUEUE = f'arn:aws:sqs:{REGION}:{ACCOUNT}:q'
TOPIC = f'arn:aws:sns:{REGION}:{ACCOUNT}:t'
EMPTY = {'OnSuccess': {}, 'OnFailure': {}}


@pytest.fixture
def rig(make_rig):
    rig = make_rig(lambda event: event)
    rig.create()
    return rig


def settings(answer):
    """An answer without LastModified, which is checked here."""
    assert isinstance(answer['LastModified'], datetime)
    return {key: value for key, value in body(answer).items() if key != 'LastModified'}


class test_Event_Invoke_Operations:
    @pytest.mark.fidelity(
        'event invoke config: what Put answers',
        aws='FunctionArn ends in :$LATEST, DestinationConfig is always there, unset numbers are not',
        ours='as AWS',
        source='S eventinvokeconfig',
        kind='recorded',
    )
    def test_put_answers_what_was_set_and_an_empty_destination_config(self, rig):
        answer = settings(rig.client.put_function_event_invoke_config(**FN, MaximumRetryAttempts=0))
        # event_invoke_config_response of the recorded answers
        assert answer == {'FunctionArn': f'{ARN}:$LATEST', 'DestinationConfig': EMPTY, 'MaximumRetryAttempts': 0}
        assert settings(rig.client.get_function_event_invoke_config(**FN, Qualifier='$LATEST')) == answer

    @pytest.mark.fidelity(
        'event invoke config: Put replaces, Update merges',
        aws='what Put leaves out is not set any more; what Update leaves out stays',
        ours='as AWS; DestinationConfig is one setting (assumed)',
        source='S eventinvokeconfig',
        kind='documented',
    )
    def test_put_replaces_and_update_keeps_what_is_not_given(self, rig):
        put, update = rig.client.put_function_event_invoke_config, rig.client.update_function_event_invoke_config
        put(**FN, MaximumRetryAttempts=1, DestinationConfig={'OnSuccess': {'Destination': QUEUE}})
        merged = settings(update(**FN, MaximumEventAgeInSeconds=60))
        assert merged == {
            'FunctionArn': f'{ARN}:$LATEST',
            'MaximumRetryAttempts': 1,
            'MaximumEventAgeInSeconds': 60,
            'DestinationConfig': {'OnSuccess': {'Destination': QUEUE}, 'OnFailure': {}},
        }
        changed = update(**FN, DestinationConfig={'OnFailure': {'Destination': TOPIC}})
        assert changed['DestinationConfig'] == {'OnSuccess': {}, 'OnFailure': {'Destination': TOPIC}}
        assert settings(put(**FN, MaximumEventAgeInSeconds=61)) == {
            'FunctionArn': f'{ARN}:$LATEST',
            'MaximumEventAgeInSeconds': 61,
            'DestinationConfig': EMPTY,
        }

    def test_version_alias_and_latest_have_their_own_and_lose_it_with_them(self, rig):
        rig.publish_versions(2)
        rig.client.create_alias(**FN, Name='live', FunctionVersion='1')
        for qualifier in ('$LATEST', '2', 'live'):
            rig.client.put_function_event_invoke_config(**FN, Qualifier=qualifier, MaximumRetryAttempts=1)
        listed = []
        for page in rig.client.get_paginator('list_function_event_invoke_configs').paginate(
            **FN, PaginationConfig={'PageSize': 2}
        ):
            listed += page['FunctionEventInvokeConfigs']
        assert [each['FunctionArn'] for each in listed] == [f'{ARN}:$LATEST', f'{ARN}:2', f'{ARN}:live']
        rig.client.delete_alias(**FN, Name='live')
        rig.client.delete_function(**FN, Qualifier='2')
        rig.client.delete_function_event_invoke_config(**FN)
        assert rig.client.list_function_event_invoke_configs(**FN)['FunctionEventInvokeConfigs'] == []

    @pytest.mark.fidelity(
        'event invoke config: none there',
        aws="404 ResourceNotFoundException, The function <qualified arn> doesn't have an EventInvokeConfig",
        ours='as AWS',
        source='I terraform-provider-aws',
        kind='assumed',
    )
    @pytest.mark.parametrize('operation', ['get', 'update', 'delete'])
    def test_without_one_it_is_not_found(self, rig, operation):
        call = getattr(rig.client, f'{operation}_function_event_invoke_config')
        more = {'MaximumRetryAttempts': 1} if operation == 'update' else {}
        told = f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig"
        assert error_of(call, **FN, **more) == ('ResourceNotFoundException', told, 404)

    @pytest.mark.parametrize('which', [{'FunctionName': 'no'}, {**FN, 'Qualifier': '7'}, {**FN, 'Qualifier': 'no'}])
    def test_a_function_that_is_not_there(self, rig, which):
        put = rig.client.put_function_event_invoke_config
        told = ('ResourceNotFoundException', "The function doesn't exist.", 404)
        assert error_of(put, **which, MaximumRetryAttempts=1) == told

    @pytest.mark.fidelity(
        'event invoke config: own function as destination',
        aws='400 InvalidParameterValueException',
        ours='as AWS; the text is assumed',
        source='S eventinvokeconfig',
        kind='documented',
    )
    @pytest.mark.parametrize('arn', [ARN, f'{ARN}:$LATEST'])
    def test_a_function_is_no_destination_of_its_own(self, rig, arn):
        code, message, status = error_of(
            rig.client.put_function_event_invoke_config, **FN, DestinationConfig={'OnFailure': {'Destination': arn}}
        )
        assert (code, status) == ('InvalidParameterValueException', 400)
        assert message == "You can't specify the function as a destination for itself."

    @pytest.mark.parametrize(
        ('config', 'told'),
        [
            ({}, 'You must specify at least one of error handling or destination setting.'),
            ({'DestinationConfig': {'OnSuccess': {'Destination': 'arn:aws:s3:::b'}}}, r'OnSuccess\(destination=arn'),
            ({'DestinationConfig': {'OnFailure': {'Destination': f'arn:aws:kinesis:{REGION}::x'}}}, 'is invalid'),
            ({'DestinationConfig': {'OnFailure': {'Destination': f'{ARN}x'}}}, f'destination ARN {ARN}x is invalid'),
        ],
        ids=['nothing', 's3 for success', 'another service', 'no such function'],
    )
    def test_refused_is(self, rig, config, told):
        for operation in ('put', 'update'):
            with pytest.raises(rig.client.exceptions.InvalidParameterValueException, match=told):
                getattr(rig.client, f'{operation}_function_event_invoke_config')(**FN, **config)

    @pytest.mark.parametrize('config', [{'MaximumRetryAttempts': 3}, {'MaximumEventAgeInSeconds': 21_601}])
    def test_numbers_out_of_range_are_refused_by_the_model(self, rig, config):
        put = rig.client.put_function_event_invoke_config
        assert error_of(put, **FN, **config)[::2] == ('ValidationException', 400)
