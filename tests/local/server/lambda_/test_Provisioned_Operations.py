import json
import re

import pytest

from tests.local.server.Lambda_Rig import body, error_of
from tests.local.server.protocol.In_Process_Client import ACCOUNT
from tests.wait_until import wait_until

ARN = f'arn:aws:lambda:eu-west-1:{ACCOUNT}:function:fn'
FN = {'FunctionName': 'fn'}
WHO = """
    import os
    def handler(event, context):
        if event == 'exit': os._exit(1)
        return [os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'], os.getpid(), context.function_version]
"""


def put(rig, number, qualifier='1', name='fn'):
    call = rig.client.put_provisioned_concurrency_config
    return call(FunctionName=name, Qualifier=qualifier, ProvisionedConcurrentExecutions=number)


def get(rig, qualifier='1'):
    return body(rig.client.get_provisioned_concurrency_config(**FN, Qualifier=qualifier))


def wait_for(rig, status, qualifier='1'):
    wait_until(lambda: get(rig, qualifier)['Status'] == status)
    return get(rig, qualifier)


class test_Provisioned_Operations:
    @pytest.mark.fidelity(
        'Provisioned concurrency',
        aws='Put 202 IN_PROGRESS, then READY; environments are there ahead, AWS_LAMBDA_INITIALIZATION_TYPE says so',
        ours='as AWS; those of an alias also serve invokes of its version',
        source='D provisioned-concurrency, API_PutProvisionedConcurrencyConfig',
        kind='documented',
    )
    def test_environments_are_there_ahead_and_are_used_first(self, rig):
        rig.create(code=WHO, Publish=True)
        answer = put(rig, 2)
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 202
        modified = answer['LastModified']
        assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000', modified)
        figures = {
            'RequestedProvisionedConcurrentExecutions': 2,
            'AvailableProvisionedConcurrentExecutions': 0,
            'AllocatedProvisionedConcurrentExecutions': 0,
        }
        assert body(answer) == {**figures, 'Status': 'IN_PROGRESS', 'LastModified': modified}
        found = wait_for(rig, 'READY')
        figures = dict.fromkeys(figures, 2)
        assert found == {**figures, 'Status': 'READY', 'LastModified': modified}
        assert rig.invoker.stats()['environments'] == 2
        assert rig.value(Qualifier='1')[0] == 'provisioned-concurrency'
        assert rig.value()[0] == 'on-demand'
        assert rig.invoker.stats()['cold_starts'] == 3
        listed = rig.client.list_provisioned_concurrency_configs(**FN)['ProvisionedConcurrencyConfigs']
        assert listed == [{'FunctionArn': f'{ARN}:1', **found}]
        put(rig, 1)
        wait_for(rig, 'READY')
        wait_until(lambda: rig.invoker.stats()['environments'] == 2)
        for _ in range(2):
            answer = rig.client.delete_provisioned_concurrency_config(**FN, Qualifier='1')
            assert answer['ResponseMetadata']['HTTPStatusCode'] == 204
        assert rig.invoker.stats()['environments'] == 1
        found = error_of(rig.client.get_provisioned_concurrency_config, **FN, Qualifier='1')
        text = 'No Provisioned Concurrency Config found for this function'
        assert found == ('ProvisionedConcurrencyConfigNotFoundException', text, 404)
        assert rig.value(Qualifier='1')[0] == 'on-demand'

    @pytest.mark.fidelity(
        'Provisioned concurrency: an init that fails',
        aws='Status FAILED, StatusReason FUNCTION_ERROR_INIT_FAILURE',
        ours='as AWS',
        source='D API_PutProvisionedConcurrencyConfig',
        kind='documented',
    )
    def test_an_init_that_fails(self, rig):
        rig.create(code='import nope', Publish=True)
        put(rig, 3)
        found = wait_for(rig, 'FAILED')
        assert found['StatusReason'] == 'FUNCTION_ERROR_INIT_FAILURE'
        assert found['AllocatedProvisionedConcurrentExecutions'] == 0
        wait_until(lambda: rig.invoker.stats()['environments'] == 0)

    def test_a_runtime_that_is_not_here_says_so(self, rig):
        rig.create(Runtime='nodejs22.x', Publish=True)
        put(rig, 1)
        assert 'wants nodejs22.x' in wait_for(rig, 'FAILED')['StatusReason']

    def test_one_that_ends_is_replaced(self, rig):
        rig.create(code=WHO, Publish=True)
        put(rig, 1)
        wait_for(rig, 'READY')
        answer = rig.client.invoke(**FN, Qualifier='1', Payload=b'"exit"')
        assert json.loads(answer['Payload'].read())['errorType'] == 'Runtime.ExitError'
        assert rig.value(Qualifier='1')[0] == 'provisioned-concurrency'
        assert rig.invoker.stats()['environments'] == 1

    def test_those_of_an_alias_follow_its_versions_and_weights(self, rig):
        rig.create(code=WHO)
        rig.publish_versions(2)
        rig.client.create_alias(**FN, Name='live', FunctionVersion='1')
        put(rig, 4, 'live')
        wait_for(rig, 'READY', 'live')

        def there():
            return [rig.invoker.provisioned(ARN, version) for version in '12']

        assert there() == [4, 0]
        weights = {'AdditionalVersionWeights': {'2': 0.25}}
        rig.client.update_alias(**FN, Name='live', RoutingConfig=weights)
        wait_until(lambda: there() == [3, 1])
        rig.client.update_alias(**FN, Name='live', FunctionVersion='2', RoutingConfig={})
        wait_until(lambda: there() == [0, 4])
        assert error_of(put, rig=rig, number=1, qualifier='2')[0] == 'InvalidParameterValueException'
        rig.client.delete_alias(**FN, Name='live')
        assert there() == [0, 0]
        assert rig.invoker.stats()['environments'] == 0

    def test_deleting_the_version_or_the_function_ends_them(self, rig):
        rig.create(code=WHO)
        rig.publish_versions(2)
        for version in '12':
            put(rig, 1, version)
        for version in '12':
            wait_for(rig, 'READY', version)
        rig.client.delete_function(FunctionName='fn:1')
        assert rig.invoker.stats()['environments'] == 1
        rig.client.delete_function(**FN)
        assert rig.invoker.stats()['environments'] == 0
        assert rig.client.get_account_settings()['AccountLimit']['UnreservedConcurrentExecutions'] == 1000

    @pytest.mark.fidelity(
        'Provisioned concurrency: what is refused',
        aws='$LATEST, more than reserved or unreserved, an alias of a provisioned version: 400',
        ours='as AWS; the texts from memory',
        source='D provisioned-concurrency',
        kind='assumed',
    )
    def test_what_is_refused(self, rig):
        rig.create(code='import nope', Publish=True)
        unpublished = 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.'
        rig.client.create_alias(**FN, Name='latest', FunctionVersion='$LATEST')
        for qualifier in ('$LATEST', 'latest'):
            assert error_of(put, rig=rig, number=1, qualifier=qualifier)[1:] == (unpublished, 400)
        assert error_of(put, rig=rig, number=1, name='no')[2] == 404
        assert error_of(put, rig=rig, number=1, qualifier='7') == (
            'ResourceNotFoundException',
            f'Function not found: {ARN}:7',
            404,
        )
        assert error_of(put, rig=rig, number=1, qualifier='no')[1] == f'Cannot find alias arn: {ARN}:no'
        assert error_of(put, rig=rig, number=901)[1].endswith("account's unreserved concurrency [900].")
        rig.client.put_function_concurrency(**FN, ReservedConcurrentExecutions=1)
        assert 'reservedConcurrentExecution for function' in error_of(put, rig=rig, number=2)[1]

    def test_what_is_provisioned_is_the_functions_own(self, rig):
        rig.create(code=WHO, Publish=True)
        put(rig, 2)
        wait_for(rig, 'READY')
        assert rig.client.get_account_settings()['AccountLimit']['UnreservedConcurrentExecutions'] == 998
        found = error_of(rig.client.put_function_concurrency, **FN, ReservedConcurrentExecutions=1)
        assert found[0] == 'InvalidParameterValueException'
        rig.client.put_function_concurrency(**FN, ReservedConcurrentExecutions=5)
        assert rig.client.get_account_settings()['AccountLimit']['UnreservedConcurrentExecutions'] == 995
