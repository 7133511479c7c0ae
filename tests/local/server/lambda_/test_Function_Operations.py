import re
import zipfile
from io import BytesIO

import pytest
from botocore.exceptions import WaiterError

from osbot_lambda.runtime.Invoker import Invoker
from tests.local.server.Lambda_Rig import ROLE, body, error_of, zip_of
from tests.local.server.protocol.In_Process_Client import ENDPOINT

ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:fn'
SHA = re.compile(r'[A-Za-z0-9+/]{43}=')
UUID = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
OTHER = "def handler(event, context): return 'other'"


class test_create_function:
    @pytest.mark.fidelity(
        'CreateFunction',
        aws='201, State Pending, Creating; without LastUpdateStatus',
        ours='as AWS',
        source='S create_function_response',
        kind='recorded',
    )
    def test_it_answers_pending_with_all_of_awss_keys(self, rig):
        answer = rig.create(Environment={'Variables': {'KEY': 'V'}})
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 201
        found = body(answer)
        assert SHA.fullmatch(found.pop('CodeSha256'))
        assert UUID.fullmatch(found.pop('RevisionId'))
        assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000', found.pop('LastModified'))
        assert re.fullmatch(
            r'arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}', found.pop('RuntimeVersionConfig')['RuntimeVersionArn']
        )
        assert found == {
            'FunctionName': 'fn',
            'FunctionArn': ARN,
            'Runtime': Invoker.RUNTIME,
            'Role': ROLE,
            'Handler': 'app.handler',
            'CodeSize': len(zip_of('def handler(event, context): return event')),
            'Description': '',
            'Timeout': 3,
            'MemorySize': 128,
            'Version': '$LATEST',
            'TracingConfig': {'Mode': 'PassThrough'},
            'State': 'Pending',
            'StateReason': 'The function is being created.',
            'StateReasonCode': 'Creating',
            'PackageType': 'Zip',
            'Architectures': ['x86_64'],
            'EphemeralStorage': {'Size': 512},
            'SnapStart': {'ApplyOn': 'None', 'OptimizationStatus': 'Off'},
            'LoggingConfig': {'LogFormat': 'Text', 'LogGroup': '/aws/lambda/fn'},
            'Environment': {'Variables': {'KEY': 'V'}},
        }

    @pytest.mark.fidelity(
        'State after CreateFunction',
        aws='Active after some seconds, with another RevisionId',
        ours='as AWS, at the next look',
        source='S get_function_configuration_active',
        kind='recorded',
    )
    def test_at_the_next_look_it_is_active_with_another_revision(self, rig):
        created = rig.create()
        found = rig.client.get_function_configuration(FunctionName='fn')
        assert (found['State'], found['LastUpdateStatus']) == ('Active', 'Successful')
        assert 'StateReason' not in found
        assert found['RevisionId'] != created['RevisionId']
        assert rig.client.get_function_configuration(FunctionName='fn')['RevisionId'] == found['RevisionId']

    def test_awss_waiters_are_satisfied(self, rig):
        rig.create()
        for name in ('function_exists', 'function_active_v2', 'function_updated_v2'):
            rig.client.get_waiter(name).wait(FunctionName='fn')

    def test_what_is_configured_comes_back(self, rig):
        given = {
            'Description': 'a function',
            'Timeout': 900,
            'MemorySize': 10240,
            'EphemeralStorage': {'Size': 10240},
            'TracingConfig': {'Mode': 'Active'},
            'Architectures': ['arm64'],
            'DeadLetterConfig': {'TargetArn': 'arn:aws:sqs:eu-west-1:111122223333:dead'},
            'KMSKeyArn': 'arn:aws:kms:eu-west-1:111122223333:key/abc',
        }
        rig.create(
            **given,
            VpcConfig={'SubnetIds': ['subnet-1'], 'SecurityGroupIds': ['sg-1']},
            LoggingConfig={'LogFormat': 'JSON', 'LogGroup': 'mine'},
        )
        found = rig.client.get_function_configuration(FunctionName='fn')
        assert {key: found[key] for key in given} == given
        assert found['VpcConfig']['SubnetIds'] == ['subnet-1']
        levels = {'ApplicationLogLevel': 'INFO', 'SystemLogLevel': 'INFO'}
        assert found['LoggingConfig'] == {'LogFormat': 'JSON', 'LogGroup': 'mine', **levels}

    def test_with_publish_it_is_version_1_under_an_unqualified_arn(self, rig):
        answer = rig.create(Publish=True)
        assert (answer['Version'], answer['FunctionArn'], answer['State']) == ('1', ARN, 'Pending')
        assert rig.client.get_function_configuration(FunctionName='fn', Qualifier='1')['FunctionArn'] == f'{ARN}:1'

    def test_a_name_that_is_taken(self, rig):
        rig.create()
        text = 'Function already exist: fn'
        assert error_of(rig.create) == ('ResourceConflictException', text, 409)

    def test_the_code_can_come_from_s3(self, rig):
        rig.objects['bucket', 'key.zip'] = zip_of(OTHER)
        rig.create(Code={'S3Bucket': 'bucket', 'S3Key': 'key.zip'})
        assert rig.value() == 'other'

    def test_an_object_that_is_not_in_s3(self, rig):
        code, message, _ = error_of(rig.create, Code={'S3Bucket': 'bucket', 'S3Key': 'no.zip'})
        assert code == 'InvalidParameterValueException'
        assert message.startswith('Error occurred while GetObject. S3 Error Code: NoSuchKey.')

    @pytest.mark.parametrize(
        ('changes', 'words'),
        [
            ({'Code': {}}, 'Please provide a source for function code.'),
            ({'Code': {'ZipFile': b'no zip'}}, 'Could not unzip uploaded file. Please check your file, then try to '),
            ({'Runtime': None}, 'Runtime and Handler are mandatory parameters for functions created with deploy'),
            ({'Handler': None}, 'Runtime and Handler are mandatory parameters for functions created with deploy'),
            ({'Runtime': 'python3.7'}, 'The runtime parameter of python3.7 is no longer supported for creating or upd'),
            (
                {'Runtime': 'python3.99'},
                "Value python3.99 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [",
            ),
            ({'Runtime': 'custom'}, 'or be a valid ARN'),
            ({'Environment': {'Variables': {'AWS_REGION': 'x', 'OK': 'y'}}}, 'keys used in this request: AWS_REGION'),
            (
                {'Environment': {'Variables': {'BIG': 'x' * 4090}}},
                'exceeded the 4KB limit. String measured: {"BIG":"xx',
            ),
            ({'Tags': {f'key{n}': '' for n in range(51)}}, 'Number of tags exceeds resource tag limit.'),
            ({'Handler': 'app.a\0b'}, 'must not contain the null character'),
            ({'Environment': {'Variables': {'KEY': 'a\0b'}}}, 'must not contain the null character'),
        ],
    )
    def test_a_value_that_is_refused(self, rig, changes, words):
        code, message, status = error_of(rig.create, **changes)
        assert (code, status) == ('InvalidParameterValueException', 400)
        assert words in message
        assert rig.client.list_functions()['Functions'] == []

    @pytest.mark.parametrize(
        ('changes', 'words'),
        [
            (
                {'name': 'f' * 65},
                "at 'functionName' failed to satisfy constraint: Member must have length less than or",
            ),
            ({'MemorySize': 10241}, "Value '10241' at 'memorySize' failed to satisfy constraint: Member must have val"),
            ({'Timeout': 901}, "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less"),
            ({'Role': 'lambda-role'}, "Value 'lambda-role' at 'role' failed to satisfy constraint: Member must sat"),
        ],
    )
    def test_a_constraint_that_is_not_met(self, rig, changes, words):
        code, message, status = error_of(rig.create, **changes)
        assert (code, status) == ('ValidationException', 400)
        assert words in message

    @pytest.mark.fidelity(
        'Size of the environment',
        aws='4096 bytes as compact JSON, over it 400',
        ours='as AWS',
        source='S large_environment',
        kind='recorded',
    )
    def test_an_environment_of_4096_bytes_is_taken(self, rig):
        rig.create(Environment={'Variables': {'BIG': 'x' * (4096 - len('{"BIG":""}'))}})

    @pytest.mark.fidelity(
        'log levels',
        aws='Refused while the log format is Text.',
        ours='as AWS',
        source='I aws/aws-cdk#28045',
        kind='documented',
    )
    def test_levels_are_for_the_json_format_alone(self, rig):
        text = (
            'LogLevel is not supported when LogFormat is set to "Text". '
            'Remove LogLevel from your request or change the LogFormat to "Json" and try again.'
        )
        expected = ('InvalidParameterValueException', text, 400)
        assert error_of(rig.create, LoggingConfig={'ApplicationLogLevel': 'DEBUG'}) == expected
        assert error_of(rig.create, LoggingConfig={'LogFormat': 'Text', 'SystemLogLevel': 'WARN'}) == expected
        rig.create(LoggingConfig={'LogFormat': 'JSON'})
        change = rig.client.update_function_configuration
        change(FunctionName='fn', LoggingConfig={'ApplicationLogLevel': 'DEBUG'})
        change(FunctionName='fn', LoggingConfig={'LogFormat': 'Text'})
        assert error_of(change, FunctionName='fn', LoggingConfig={'ApplicationLogLevel': 'DEBUG'}) == expected

    @pytest.mark.fidelity(
        'VPC configuration',
        aws='Subnets and security groups come together or not at all, and have to exist.',
        ours='The first as AWS; whether they exist is not looked at, and functions run without a VPC.',
        source='I aws/aws-sdk-js#1293',
        kind='documented',
    )
    @pytest.mark.parametrize('vpc', [{'SubnetIds': ['subnet-1']}, {'SubnetIds': [], 'SecurityGroupIds': ['sg-1']}])
    def test_subnets_and_security_groups_come_together(self, rig, vpc):
        text = 'SubnetIds and SecurityIds must coexist or be both empty list.'
        assert error_of(rig.create, VpcConfig=vpc) == ('InvalidParameterValueException', text, 400)
        rig.create(VpcConfig={'SubnetIds': ['subnet-1'], 'SecurityGroupIds': ['sg-1']})
        rig.client.update_function_configuration(FunctionName='fn', VpcConfig={'SubnetIds': [], 'SecurityGroupIds': []})

    def test_code_from_two_places(self, rig):
        text = 'Please do not provide other FunctionCode parameters when providing a ZipFile.'
        found = error_of(rig.create, Code={'ZipFile': zip_of(OTHER), 'S3Bucket': 'bucket', 'S3Key': 'key'})
        assert found == ('InvalidParameterValueException', text, 400)

    def test_a_zip_over_50_mb(self, rig):
        text = 'Zipped size must be smaller than 52428800 bytes'
        found = error_of(rig.create, Code={'ZipFile': b'x' * 52_428_801})
        assert found == ('RequestEntityTooLargeException', text, 413)

    def test_a_role_that_is_known_not_to_exist(self, rig):
        rig.roles[ROLE] = False
        text = 'The role defined for the function cannot be assumed by Lambda.'
        assert error_of(rig.create) == ('InvalidParameterValueException', text, 400)
        rig.roles[ROLE] = True
        rig.create()


class test_get_function:
    def test_the_code_has_an_address_whose_zip_the_engine_gives(self, rig):
        rig.create()
        location = rig.client.get_function(FunctionName='fn')['Code']
        assert location['RepositoryType'] == 'S3'
        start, _, sha = location['Location'].rpartition('/')
        assert start == f'{ENDPOINT}/_osbot_lambda/code'
        with zipfile.ZipFile(BytesIO(rig.engine.code_zip(sha))) as archive:
            assert archive.namelist() == ['app.py']
        assert rig.engine.code_zip('0' * 64) is None

    def test_tags_are_there_only_when_there_are_some(self, rig):
        rig.create()
        assert 'Tags' not in rig.client.get_function(FunctionName='fn')
        rig.client.tag_resource(Resource=ARN, Tags={'team': 'a'})
        assert rig.client.get_function(FunctionName='fn')['Tags'] == {'team': 'a'}

    @pytest.mark.parametrize('name', ['fn', '111122223333:function:fn', '111122223333:fn', 'function:fn', ARN])
    def test_every_form_of_the_name(self, rig, name):
        rig.create()
        assert rig.client.get_function(FunctionName=name)['Configuration']['FunctionArn'] == ARN
        qualified = rig.client.get_function(FunctionName=f'{name}:$LATEST')['Configuration']
        assert qualified['FunctionArn'] == f'{ARN}:$LATEST'

    def test_what_is_not_there(self, rig):
        missing = 'ResourceNotFoundException', f'Function not found: {ARN}', 404
        assert error_of(rig.client.get_function, FunctionName='fn') == missing
        rig.create()
        for qualifier in ('7', 'live'):
            found = error_of(rig.client.get_function, FunctionName='fn', Qualifier=qualifier)
            assert found == ('ResourceNotFoundException', f'Function not found: {ARN}:{qualifier}', 404)

    def test_two_qualifiers_that_differ(self, rig):
        rig.create()
        text = 'The derived qualifier from the function name does not match the specified qualifier.'
        found = error_of(rig.client.get_function, FunctionName=f'{ARN}:1', Qualifier='2')
        assert found == ('InvalidParameterValueException', text, 400)

    def test_another_region_and_another_account(self, rig):
        code, _, _ = error_of(rig.client.get_function, FunctionName=ARN.replace('eu-west-1', 'us-east-1'))
        assert code == 'ResourceNotFoundException'
        code, _, _ = error_of(rig.client.get_function, FunctionName=ARN.replace('111122223333', '999999999999'))
        assert code == 'AccessDeniedException'


class test_update_function:
    @pytest.mark.fidelity(
        'Update',
        aws='LastUpdateStatus InProgress, then Successful; invokes go on with the code from before',
        ours='as AWS; Successful at the next look',
        source='S update_function_response',
        kind='recorded',
    )
    def test_code_is_in_progress_in_the_answer_and_successful_afterwards(self, rig):
        created = rig.create()
        answer = rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of(OTHER))
        assert (answer['State'], answer['LastUpdateStatus']) == ('Active', 'InProgress')
        assert answer['LastUpdateStatusReason'] == 'The function is being created.'
        assert answer['LastUpdateStatusReasonCode'] == 'Creating'
        assert answer['CodeSha256'] != created['CodeSha256']
        found = rig.client.get_function_configuration(FunctionName='fn')
        assert found['LastUpdateStatus'] == 'Successful'
        assert 'LastUpdateStatusReason' not in found
        assert found['RevisionId'] != answer['RevisionId']

    def test_the_next_invoke_runs_the_new_code(self, rig):
        rig.create()
        assert rig.value(event=1) == 1
        rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of(OTHER))
        assert rig.value(event=1) == 'other'

    def test_what_is_not_given_stays_and_the_environment_is_replaced_whole(self, rig):
        rig.create(Description='d', Timeout=7, Environment={'Variables': {'ONE': '1', 'TWO': '2'}})
        rig.client.update_function_configuration(FunctionName='fn', Environment={'Variables': {'TWO': 'II'}})
        found = rig.client.get_function_configuration(FunctionName='fn')
        assert (found['Description'], found['Timeout']) == ('d', 7)
        assert found['Environment'] == {'Variables': {'TWO': 'II'}}

    def test_the_next_invoke_has_the_new_environment(self, rig):
        rig.create(code='import os\ndef handler(event, context): return os.environ.get("ONE")')
        assert rig.value() is None
        rig.client.update_function_configuration(FunctionName='fn', Environment={'Variables': {'ONE': '1'}})
        assert rig.value() == '1'

    def test_switching_the_log_format_back_drops_the_levels(self, rig):
        rig.create(LoggingConfig={'LogFormat': 'JSON'})
        rig.client.update_function_configuration(FunctionName='fn', LoggingConfig={'LogFormat': 'Text'})
        found = rig.client.get_function_configuration(FunctionName='fn')
        assert found['LoggingConfig'] == {'LogFormat': 'Text', 'LogGroup': '/aws/lambda/fn'}

    def test_an_empty_target_takes_the_dead_letter_queue_away(self, rig):
        rig.create(DeadLetterConfig={'TargetArn': 'arn:aws:sqs:eu-west-1:111122223333:dead'})
        rig.client.update_function_configuration(FunctionName='fn', DeadLetterConfig={'TargetArn': ''})
        assert 'DeadLetterConfig' not in rig.client.get_function_configuration(FunctionName='fn')

    @pytest.mark.fidelity(
        'DryRun of UpdateFunctionCode',
        aws='checks, answers, changes nothing',
        ours='as AWS',
        source='B UpdateFunctionCode',
        kind='documented',
    )
    def test_a_dry_run_changes_nothing(self, rig):
        rig.create()
        before = body(rig.client.get_function_configuration(FunctionName='fn'))
        answer = rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of(OTHER), DryRun=True)
        assert answer['CodeSha256'] != before['CodeSha256']
        assert body(rig.client.get_function_configuration(FunctionName='fn')) == before

    @pytest.mark.fidelity(
        'RevisionId',
        aws='changes with each change of state; an old one 412 PreconditionFailedException',
        ours='as AWS',
        source='S lambda_errors',
        kind='recorded',
    )
    def test_an_old_revision_is_refused(self, rig):
        old = rig.create()['RevisionId']
        text = (
            'The Revision Id provided does not match the latest Revision Id. '
            'Call the GetFunction/GetAlias API to retrieve the latest Revision Id'
        )
        expected = ('PreconditionFailedException', text, 412)
        change_code, change = rig.client.update_function_code, rig.client.update_function_configuration
        assert error_of(change_code, FunctionName='fn', ZipFile=zip_of(OTHER), RevisionId=old) == expected
        assert error_of(change, FunctionName='fn', Timeout=9, RevisionId=old) == expected
        assert error_of(rig.client.publish_version, FunctionName='fn', RevisionId=old) == expected
        latest = rig.client.get_function_configuration(FunctionName='fn')['RevisionId']
        assert change(FunctionName='fn', Timeout=9, RevisionId=latest)['Timeout'] == 9

    def test_a_value_that_is_refused_changes_nothing(self, rig):
        rig.create()
        code, _, _ = error_of(
            rig.client.update_function_configuration, FunctionName='fn', Timeout=9, Runtime='python2.7'
        )
        assert code == 'InvalidParameterValueException'
        assert rig.client.get_function_configuration(FunctionName='fn')['Timeout'] == 3

    def test_an_unknown_runtime_is_told_in_awss_words(self, rig):
        rig.create()
        change = rig.client.update_function_configuration
        code, message, status = error_of(change, FunctionName='fn', Runtime='cobol85')
        assert (code, status) == ('InvalidParameterValueException', 400)
        assert message.startswith("Value cobol85 at 'runtime' failed to satisfy constraint: Member must satisfy enum ")

    def test_a_bad_zip_leaves_the_old_code(self, rig):
        rig.create()
        error_of(rig.client.update_function_code, FunctionName='fn', ZipFile=b'PK no')
        assert rig.value(event=1) == 1

    @pytest.mark.fidelity(
        'an update that fails',
        aws='LastUpdateStatus becomes Failed, with a reason and its code; invokes go on with the code from before.',
        ours='So for a role that was deleted (InvalidConfiguration); no other update fails after it was taken.',
        source='D functions-states; the code for a missing role is assumed',
        kind='assumed',
    )
    def test_a_role_that_went_fails_the_update_and_the_old_code_stays(self, rig):
        rig.create(Publish=True)
        before = rig.client.get_function_configuration(FunctionName='fn')
        rig.roles[ROLE] = False
        answer = rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of(OTHER), Publish=True)
        assert (answer['Version'], answer['LastUpdateStatus']) == ('$LATEST', 'InProgress')
        found = rig.client.get_function_configuration(FunctionName='fn')
        assert (found['State'], found['LastUpdateStatus']) == ('Active', 'Failed')
        assert found['LastUpdateStatusReasonCode'] == 'InvalidConfiguration'
        assert found['LastUpdateStatusReason'] == 'The role defined for the function cannot be assumed by Lambda.'
        assert found['CodeSha256'] == before['CodeSha256']
        assert rig.value(event=1) == 1
        with pytest.raises(WaiterError, match='LastUpdateStatus'):
            rig.client.get_waiter('function_updated_v2').wait(FunctionName='fn')
        rig.client.update_function_configuration(FunctionName='fn', Timeout=9)
        assert rig.client.get_function_configuration(FunctionName='fn')['Timeout'] == 3

    def test_the_next_update_that_works_takes_the_failure_away(self, rig):
        rig.create()
        rig.roles[ROLE] = False
        rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of(OTHER))
        rig.roles[ROLE] = True
        rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of(OTHER))
        found = rig.client.get_function_configuration(FunctionName='fn')
        assert found['LastUpdateStatus'] == 'Successful'
        assert 'LastUpdateStatusReason' not in found
        assert rig.value(event=1) == 'other'

    def test_a_version_can_not_be_updated(self, rig):
        rig.create(Publish=True)
        code, message, _ = error_of(rig.client.update_function_code, FunctionName=f'{ARN}:1', ZipFile=zip_of(OTHER))
        assert code == 'InvalidParameterValueException'
        assert 'versions do not support this operation' in message

    def test_a_function_that_is_not_there(self, rig):
        expected = 'ResourceNotFoundException', f'Function not found: {ARN}', 404
        assert error_of(rig.client.update_function_configuration, FunctionName='fn', Timeout=1) == expected
        assert error_of(rig.client.update_function_code, FunctionName='fn', ZipFile=b'') == expected


class test_versions:
    def test_a_version_keeps_code_and_configuration(self, rig):
        rig.create()
        answer = rig.client.publish_version(FunctionName='fn', Description='first')
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 201
        assert (answer['Version'], answer['FunctionArn'], answer['Description']) == ('1', f'{ARN}:1', 'first')
        rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of(OTHER))
        rig.client.update_function_configuration(FunctionName='fn', Timeout=9)
        assert rig.value(event=1, Qualifier='1') == 1
        assert rig.value(event=1) == 'other'
        found = rig.client.get_function_configuration(FunctionName='fn', Qualifier='1')
        assert (found['Timeout'], found['State']) == (3, 'Active')

    @pytest.mark.fidelity(
        'PublishVersion without a change',
        aws='the version that there is',
        ours='as AWS',
        source='S versions',
        kind='documented',
    )
    def test_nothing_new_publishes_nothing(self, rig):
        rig.create()
        first = rig.client.publish_version(FunctionName='fn')
        again = rig.client.publish_version(FunctionName='fn')
        assert again['Version'] == '1'
        assert again['RevisionId'] == rig.client.get_function(FunctionName='fn:1')['Configuration']['RevisionId']
        assert first['CodeSha256'] == again['CodeSha256']

    def test_a_changed_description_is_a_change(self, rig):
        rig.create(Publish=True)
        rig.client.update_function_configuration(FunctionName='fn', Description='new')
        assert rig.client.publish_version(FunctionName='fn')['Version'] == '2'

    def test_numbers_are_never_used_again(self, rig):
        rig.create(Publish=True)
        rig.client.delete_function(FunctionName='fn', Qualifier='1')
        assert rig.client.publish_version(FunctionName='fn')['Version'] == '2'

    @pytest.mark.fidelity(
        'version numbers',
        aws='Never used again, also when the function was deleted and created again.',
        ours='as AWS; a reset of the cloud forgets them.',
        source='D configuration-versions',
        kind='documented',
    )
    def test_a_function_made_again_goes_on_counting(self, rig):
        rig.create(Publish=True)
        rig.client.delete_function(FunctionName='fn')
        assert rig.create(Publish=True)['Version'] == '2'
        rig.engine.reset('999999999999')
        rig.client.delete_function(FunctionName='fn')
        rig.engine.reset('111122223333')
        assert rig.create(Publish=True)['Version'] == '1'

    def test_update_with_publish_answers_with_the_new_version(self, rig):
        rig.create()
        answer = rig.client.update_function_code(FunctionName='fn', ZipFile=zip_of(OTHER), Publish=True)
        assert (answer['Version'], answer['FunctionArn']) == ('1', f'{ARN}:1')
        assert rig.client.get_function_configuration(FunctionName='fn')['CodeSha256'] == answer['CodeSha256']

    def test_another_sha_is_refused(self, rig):
        sha = rig.create()['CodeSha256']
        text = (
            f'CodeSHA256 (x) is different from current CodeSHA256 in $LATEST ({sha}). '
            f'Please try again with the CodeSHA256 in $LATEST.'
        )
        found = error_of(rig.client.publish_version, FunctionName='fn', CodeSha256='x')
        assert found == ('InvalidParameterValueException', text, 400)
        assert rig.client.publish_version(FunctionName='fn', CodeSha256=sha)['Version'] == '1'

    def test_they_are_listed_without_states_in_pages(self, rig):
        rig.create(Publish=True)
        for timeout in range(10, 20):
            rig.client.update_function_configuration(FunctionName='fn', Timeout=timeout)
            rig.client.publish_version(FunctionName='fn')
        pages = rig.client.get_paginator('list_versions_by_function').paginate(
            FunctionName='fn', PaginationConfig={'PageSize': 3}
        )
        found = [version for page in pages for version in page['Versions']]
        assert [version['Version'] for version in found] == ['$LATEST', *(str(number) for number in range(1, 12))]
        assert found[0]['FunctionArn'] == f'{ARN}:$LATEST'
        assert not any('State' in version or 'LastUpdateStatus' in version for version in found)


class test_list_and_delete:
    @pytest.mark.fidelity(
        'Pages of ListFunctions',
        aws='at most 50 each, with NextMarker',
        ours='as AWS',
        source='B ListFunctions',
        kind='documented',
    )
    def test_functions_are_listed_by_name_in_pages_of_at_most_50(self, rig):
        names = sorted(f'fn-{number}' for number in range(55))
        for name in reversed(names):
            rig.create(name)
        first = rig.client.list_functions(MaxItems=1000)
        assert len(first['Functions']) == 50
        second = rig.client.list_functions(Marker=first['NextMarker'])
        assert 'NextMarker' not in second
        assert [f['FunctionName'] for f in first['Functions'] + second['Functions']] == names
        assert 'State' not in first['Functions'][0]

    def test_all_versions_of_all_functions(self, rig):
        rig.create('a', Publish=True)
        rig.create('b')
        found = rig.client.list_functions(FunctionVersion='ALL')['Functions']
        assert [f['FunctionArn'].partition('function:')[2] for f in found] == ['a:$LATEST', 'a:1', 'b:$LATEST']

    def test_a_deleted_function_is_gone_with_its_versions(self, rig):
        rig.create(Publish=True)
        answer = rig.client.delete_function(FunctionName='fn')
        assert answer['ResponseMetadata']['HTTPStatusCode'] == 204
        assert rig.client.list_functions()['Functions'] == []
        expected = 'ResourceNotFoundException', f'Function not found: {ARN}', 404
        assert error_of(rig.client.delete_function, FunctionName='fn') == expected

    def test_its_environments_end_with_it(self, rig):
        rig.create()
        rig.value()
        assert rig.invoker.stats()['environments'] == 1
        rig.client.delete_function(FunctionName='fn')
        assert rig.invoker.stats()['environments'] == 0

    def test_latest_alone_can_not_be_deleted(self, rig):
        rig.create()
        text = '$LATEST version cannot be deleted without deleting the function.'
        found = error_of(rig.client.delete_function, FunctionName='fn', Qualifier='$LATEST')
        assert found == ('InvalidParameterValueException', text, 400)

    def test_a_version_is_deleted_alone_and_deleting_it_again_is_no_error(self, rig):
        rig.create(Publish=True)
        for _ in range(2):
            rig.client.delete_function(FunctionName='fn', Qualifier='1')
        assert [v['Version'] for v in rig.client.list_versions_by_function(FunctionName='fn')['Versions']] == [
            '$LATEST'
        ]

    def test_the_account_settings_count_what_is_there(self, rig):
        size = rig.create('a', Publish=True)['CodeSize']
        rig.create('b')
        found = rig.client.get_account_settings()
        assert found['AccountUsage'] == {'TotalCodeSize': 3 * size, 'FunctionCount': 2}
        assert found['AccountLimit'] == {
            'TotalCodeSize': 322122547200,
            'CodeSizeUnzipped': 262144000,
            'CodeSizeZipped': 52428800,
            'ConcurrentExecutions': 1000,
            'UnreservedConcurrentExecutions': 1000,
        }

    @pytest.mark.parametrize(('account', 'left'), [('111122223333', 0), ('999999999999', 1), (None, 0)])
    def test_reset_drops_the_functions_of_that_account(self, rig, account, left):
        rig.create()
        rig.engine.reset(account)
        assert len(rig.client.list_functions()['Functions']) == left
