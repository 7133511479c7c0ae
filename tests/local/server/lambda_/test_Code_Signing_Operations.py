import re

import pytest

from tests.local.server.Lambda_Rig import body, error_of

ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:fn'
MISSING = 'arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0123456789abcdef0'
PROFILE = 'arn:aws:signer:eu-west-1:111122223333:/signing-profiles/mine/abc'
PUBLISHERS = {'SigningProfileVersionArns': [PROFILE]}


def make(rig, **params):
    """CreateCodeSigningConfig with what it needs at least; its ARN."""
    answer = rig.client.create_code_signing_config(**{'AllowedPublishers': PUBLISHERS, **params})
    return answer['CodeSigningConfig']['CodeSigningConfigArn']


class test_Code_Signing_Operations:
    @pytest.mark.fidelity(
        'code signing configurations',
        aws='Kept for an account; packages are checked against the one that their function has.',
        ours='Kept and answered; no package is checked, also not under the policy Enforce.',
        source='D API CreateCodeSigningConfig',
        kind='documented',
    )
    def test_creating_answers_with_awss_keys(self, rig):
        answer = rig.client.create_code_signing_config(AllowedPublishers=PUBLISHERS, Description='ours')
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 201
        found = answer['CodeSigningConfig']
        assert re.fullmatch(r'csc-[a-z0-9]{17}', found['CodeSigningConfigId'])
        start, _, ident = found['CodeSigningConfigArn'].rpartition(':')
        assert (start, ident) == (MISSING.rpartition(':')[0], found['CodeSigningConfigId'])
        assert found['AllowedPublishers'] == PUBLISHERS
        assert found['CodeSigningPolicies'] == {'UntrustedArtifactOnDeployment': 'Warn'}
        assert found['Description'] == 'ours'
        arn = found['CodeSigningConfigArn']
        assert rig.client.get_code_signing_config(CodeSigningConfigArn=arn)['CodeSigningConfig'] == found

    def test_updating_leaves_what_is_not_given(self, rig):
        arn = make(rig, Description='ours')
        enforce = {'UntrustedArtifactOnDeployment': 'Enforce'}
        rig.client.update_code_signing_config(CodeSigningConfigArn=arn, CodeSigningPolicies=enforce)
        found = rig.client.get_code_signing_config(CodeSigningConfigArn=arn)['CodeSigningConfig']
        assert (found['CodeSigningPolicies'], found['Description']) == (enforce, 'ours')

    def test_a_function_gets_one_when_it_is_created_or_later_and_loses_it(self, rig):
        one, two = make(rig), make(rig)
        rig.create(CodeSigningConfigArn=one)
        get = rig.client.get_function_code_signing_config
        assert body(get(FunctionName='fn')) == {'CodeSigningConfigArn': one, 'FunctionName': 'fn'}
        put = rig.client.put_function_code_signing_config(FunctionName='fn', CodeSigningConfigArn=two)
        assert body(put) == {'CodeSigningConfigArn': two, 'FunctionName': 'fn'}
        users = rig.client.list_functions_by_code_signing_config
        assert users(CodeSigningConfigArn=two)['FunctionArns'] == [ARN]
        assert users(CodeSigningConfigArn=one)['FunctionArns'] == []
        answer = rig.client.delete_function_code_signing_config(FunctionName='fn')
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 204
        assert body(get(FunctionName='fn')) == {}

    def test_one_in_use_stays(self, rig):
        arn = make(rig)
        rig.create(CodeSigningConfigArn=arn)
        code, _, status = error_of(rig.client.delete_code_signing_config, CodeSigningConfigArn=arn)
        assert (code, status) == ('ResourceConflictException', 409)
        rig.client.delete_function(FunctionName='fn')
        answer = rig.client.delete_code_signing_config(CodeSigningConfigArn=arn)
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 204
        code, _, status = error_of(rig.client.get_code_signing_config, CodeSigningConfigArn=arn)
        assert (code, status) == ('ResourceNotFoundException', 404)

    def test_one_that_is_not_there(self, rig):
        code, _, status = error_of(rig.create, CodeSigningConfigArn=MISSING)
        assert (code, status) == ('CodeSigningConfigNotFoundException', 404)
        assert rig.client.list_functions()['Functions'] == []
        rig.create()
        put = rig.client.put_function_code_signing_config
        code, _, status = error_of(put, FunctionName='fn', CodeSigningConfigArn=MISSING)
        assert (code, status) == ('CodeSigningConfigNotFoundException', 404)
        for call in (
            rig.client.get_code_signing_config,
            rig.client.update_code_signing_config,
            rig.client.delete_code_signing_config,
            rig.client.list_functions_by_code_signing_config,
        ):
            code, _, status = error_of(call, CodeSigningConfigArn=MISSING)
            assert (code, status) == ('ResourceNotFoundException', 404)

    def test_they_are_listed_in_pages(self, rig):
        arns = sorted(make(rig) for _ in range(5))
        pages = rig.client.get_paginator('list_code_signing_configs').paginate(PaginationConfig={'PageSize': 2})
        found = [each['CodeSigningConfigArn'] for page in pages for each in page['CodeSigningConfigs']]
        assert found == arns

    def test_they_have_tags(self, rig):
        arn = make(rig, Tags={'team': 'a'})
        rig.client.tag_resource(Resource=arn, Tags={'new': '1'})
        rig.client.untag_resource(Resource=arn, TagKeys=['team'])
        rig.client.update_code_signing_config(CodeSigningConfigArn=arn, Description='changed')
        assert rig.client.list_tags(Resource=arn)['Tags'] == {'new': '1'}

    @pytest.mark.parametrize(('account', 'left'), [('111122223333', 0), ('999999999999', 1), (None, 0)])
    def test_reset_drops_those_of_that_account(self, rig, account, left):
        make(rig)
        rig.engine.reset(account)
        assert len(rig.client.list_code_signing_configs()['CodeSigningConfigs']) == left
