import pytest

from tests.local.server.Lambda_Rig import body, error_of

ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:fn'
RUNTIME = f'arn:aws:lambda:eu-west-1::runtime:{"0" * 64}'


class test_runtime_management:
    @pytest.mark.fidelity(
        'runtime management',
        aws='Auto unless put; kept for each version; the ARN is answered with Manual alone.',
        ours='Kept and answered as AWS; it chooses no interpreter.',
        source='B GetRuntimeManagementConfig',
        kind='documented',
    )
    def test_it_is_auto_until_something_is_put_for_that_version(self, rig):
        rig.create(Publish=True)
        get, put = rig.client.get_runtime_management_config, rig.client.put_runtime_management_config
        assert body(get(FunctionName='fn')) == {'UpdateRuntimeOn': 'Auto', 'FunctionArn': f'{ARN}:$LATEST'}
        manual = {'UpdateRuntimeOn': 'Manual', 'RuntimeVersionArn': RUNTIME}
        answer = put(FunctionName='fn', Qualifier='1', **manual)
        assert body(answer) == {**manual, 'FunctionArn': f'{ARN}:1'}
        assert body(get(FunctionName='fn', Qualifier='1')) == body(answer)
        assert get(FunctionName='fn')['UpdateRuntimeOn'] == 'Auto'
        put(FunctionName='fn', UpdateRuntimeOn='FunctionUpdate')
        assert get(FunctionName='fn')['UpdateRuntimeOn'] == 'FunctionUpdate'

    @pytest.mark.parametrize(
        ('given', 'code', 'words'),
        [
            ({'UpdateRuntimeOn': 'Manual'}, 'InvalidParameterValueException', 'must be provided when'),
            (
                {'UpdateRuntimeOn': 'Auto', 'RuntimeVersionArn': RUNTIME},
                'InvalidParameterValueException',
                'can only be provided when',
            ),
            (
                {'UpdateRuntimeOn': 'Auto', 'Qualifier': 'live'},
                'InvalidParameterValueException',
                f'The provided function name {ARN}:live is invalid. Aliases are not allowed.',
            ),
            ({'UpdateRuntimeOn': 'Auto', 'Qualifier': '7'}, 'ResourceNotFoundException', f'{ARN}:7'),
            ({'UpdateRuntimeOn': 'Never'}, 'ValidationException', 'enum value set: [Auto, Manual, FunctionUpdate]'),
        ],
        ids=['manual without', 'auto with', 'alias', 'missing version', 'unknown'],
    )
    def test_what_is_refused(self, rig, given, code, words):
        rig.create(Publish=True)
        rig.client.create_alias(FunctionName='fn', Name='live', FunctionVersion='1')
        found = error_of(rig.client.put_runtime_management_config, FunctionName='fn', **given)
        assert found[0] == code
        assert words in found[1]


class test_recursive_loops:
    @pytest.mark.fidelity(
        'recursion configuration',
        aws='RecursiveLoop is Terminate unless put to Allow.',
        ours='as AWS',
        source='D API PutFunctionRecursionConfig',
        kind='documented',
    )
    def test_they_are_ended_until_they_are_allowed(self, rig):
        rig.create()
        assert body(rig.client.get_function_recursion_config(FunctionName='fn')) == {'RecursiveLoop': 'Terminate'}
        answer = rig.client.put_function_recursion_config(FunctionName='fn', RecursiveLoop='Allow')
        assert body(answer) == {'RecursiveLoop': 'Allow'}
        assert body(rig.client.get_function_recursion_config(FunctionName='fn')) == {'RecursiveLoop': 'Allow'}

    def test_a_function_that_is_not_there(self, rig):
        expected = ('ResourceNotFoundException', f'Function not found: {ARN}', 404)
        assert error_of(rig.client.get_function_recursion_config, FunctionName='fn') == expected
        put = rig.client.put_function_recursion_config
        assert error_of(put, FunctionName='fn', RecursiveLoop='Allow') == expected
