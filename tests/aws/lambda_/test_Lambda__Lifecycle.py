from datetime import UTC, datetime, timedelta

import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.errors import (
    Aws__Access_Denied,
    Aws__Conflict,
    Aws__Invalid,
    Aws__Not_Found,
    Deploy__Nothing_To_Deploy,
    Function_Name__Invalid,
    Setting__Invalid,
)

ARN = 'arn:aws:lambda:us-east-1:123456789012:function:f'
ROLE = 'arn:aws:iam::123456789012:role/r'
BUSY = 'The operation cannot be performed at this time. An update is in progress for resource: ' + ARN
NOT_YET = 'The role defined for the function cannot be assumed by Lambda.'


def _role(age_seconds: float) -> dict:
    created = datetime.now(UTC) - timedelta(seconds=age_seconds)
    return {'Role': {'Path': '/', 'RoleName': 'r', 'RoleId': 'A' * 16, 'Arn': ROLE, 'CreateDate': created}}


@pytest.mark.usefixtures('mocked')
class test_Lambda__Lifecycle__on_moto:
    def test_a_function_is_created_updated_and_deleted(self):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com')
        function = Lambda('f', role=role.arn(), zip_bytes=b'one', tags={'team': 'a'})
        assert not function.exists()
        created = function.create()
        assert (created['status'], created['name'], created['data']['State']) == ('ok', 'f', 'Active')
        assert function.exists()
        assert Lambda('other').exists('f')
        assert function.function_arn() == ARN
        assert function.info()['Tags'] == {'team': 'a'}
        assert function.wait_for_state_active()['status'] == 'ok'
        assert function.functions_names() == ['f']

        function.set_zip_bytes(b'two').set_memory(1024).set_env_variable('A', 'b').set_tags({'team': 'b'})
        updated = function.update()
        assert updated['status'] == 'ok'
        assert updated['data']['update_config']['MemorySize'] == 1024
        configuration = function.configuration()
        assert configuration['CodeSha256'] == updated['data']['update_code']['CodeSha256']
        assert configuration['CodeSha256'] != created['data']['CodeSha256']
        assert configuration['Environment'] == {'Variables': {'A': 'b'}}
        assert 'ResponseMetadata' not in configuration
        assert function.info()['Tags'] == {'team': 'b'}

        function.log_group().create()
        assert function.delete() is True
        assert not function.log_group().exists()
        assert function.delete() is False
        assert not function.exists()

    def test_update_makes_a_function_that_is_not_there(self):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com')
        assert Lambda('f', role=role.arn(), zip_bytes=b'one').update()['status'] == 'ok'
        assert Lambda('f').exists()

    def test_update_leaves_alone_what_was_not_set(self):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com')
        Lambda('f', role=role.arn(), zip_bytes=b'one', memory=256, handler='a.b', timeout=7).create()
        assert Lambda('f').set_env_variable('A', 'b').update()['status'] == 'ok'
        configuration = Lambda('f').configuration()
        assert (configuration['MemorySize'], configuration['Handler'], configuration['Timeout']) == (256, 'a.b', 7)

    def test_the_log_group_may_stay(self):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com')
        function = Lambda('f', role=role.arn(), zip_bytes=b'one')
        function.create()
        function.log_group().create()
        assert function.delete(delete_log_group=False) is True
        assert function.log_group().exists()

    def test_what_is_empty_is_cleared(self):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com')
        function = Lambda('f', role=role.arn(), zip_bytes=b'one', env_variables={'A': 'b'}, tags={'a': '1', 'b': '2'})
        assert function.create()['status'] == 'ok'
        assert function.set_env_variables({}).set_tags({'b': '3'}).update()['status'] == 'ok'
        assert function.configuration().get('Environment', {}).get('Variables', {}) == {}
        assert function.info()['Tags'] == {'b': '3'}
        assert function.set_tags({}).update()['status'] == 'ok'
        assert function.info().get('Tags', {}) == {}

    def test_functions_can_be_indexed_and_grouped(self):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com')
        for name in ('b', 'a'):
            Lambda(name, role=role.arn(), zip_bytes=b'one').create()
        assert sorted(Lambda().functions(index_by='FunctionName')) == Lambda().functions_names() == ['a', 'b']
        assert len(Lambda().functions(group_by='Runtime')['python3.11']) == 2
        assert next(Lambda().iterate_functions())['FunctionName'] in ('a', 'b')

    def test_create_from_a_file_in_s3_that_is_not_there_says_so(self):
        role = IAM_Role('r').create_for_service('lambda.amazonaws.com')
        function = Lambda('f', role=role.arn(), s3_bucket='no-such-bucket', s3_key='k')
        assert 'lambda.CreateFunction of f' in function.create()['error']


class test_Lambda__Lifecycle:
    def test_create_answers_with_the_reason_and_what_was_sent(self, function, stub):
        stub.add_client_error('create_function', 'ResourceConflictException', 'Function already exist: f', 409)
        answer = function.set_role(ROLE).set_zip_bytes(b'12345').create()
        assert answer['status'] == 'error'
        assert 'Function already exist: f' in answer['error']
        assert answer['data']['FunctionName'] == 'f'
        assert answer['data']['Code'] == {'ZipFile': '<5 bytes>'}
        assert isinstance(answer['exception'], Aws__Conflict)

    @pytest.mark.parametrize(
        ('name', 'settings', 'error'),
        [
            ('x' * 65, {'zip_bytes': b'z', 'role': ROLE}, Function_Name__Invalid),
            ('f', {'role': ROLE}, Deploy__Nothing_To_Deploy),
            ('f', {'zip_bytes': b'z'}, Setting__Invalid),
        ],
        ids=['name too long', 'no code', 'no role'],
    )
    def test_create_finds_what_lambda_would_refuse_before_any_call(self, name, settings, error):
        function = Lambda(name, target='aws', **settings)
        for answer in (function.create(), function.validate_create_kwargs()):
            assert (answer['status'], answer['name']) == ('error', name)
            assert isinstance(answer['exception'], error)
            assert answer['error'] == str(answer['exception'])
            assert answer['data'].keys() >= {'FunctionName', 'Code'}

    def test_create_kwargs_that_are_complete_are_valid(self):
        function = Lambda('f', target='aws', role=ROLE, s3_bucket='b', s3_key='k')
        assert function.validate_create_kwargs() == {'status': 'ok', 'name': 'f'}
        assert function.validate_create_kwargs({'Code': {'ZipFile': b''}, 'Role': ''})['status'] == 'error'

    def test_function_create_raises(self, function, stub):
        with pytest.raises(Deploy__Nothing_To_Deploy, match='set zip_bytes, folder_code, s3_bucket and s3_key'):
            function.function_create()
        stub.add_client_error('create_function', 'ResourceConflictException', 'Function already exist: f', 409)
        with pytest.raises(Aws__Conflict):
            function.set_role(ROLE).set_zip_bytes(b'zip').function_create()

    def test_what_is_given_comes_over_the_attributes(self, function, stub):
        sent = {**function.create_kwargs(), 'Code': {'ZipFile': b'zip'}, 'Role': ROLE, 'Timeout': 9}
        stub.add_response('create_function', {'FunctionName': 'f'}, sent)
        assert function.function_create(Code={'ZipFile': b'zip'}, Role=ROLE, Timeout=9) == {'FunctionName': 'f'}

    def test_code_that_is_an_image_takes_no_runtime_handler_or_layers_along(self, function, stub):
        sent = {name: value for name, value in function.create_kwargs().items() if name not in ('Runtime', 'Handler')}
        sent |= {'Code': {'ImageUri': 'repo:tag'}, 'PackageType': 'Image', 'Role': ROLE}
        for kwargs in ({'Code': {'ImageUri': 'repo:tag'}}, {}):
            stub.add_response('create_function', {'FunctionName': 'f'}, sent)
            function.set_role(ROLE).function_create(**kwargs)
            function.set_image_uri('repo:tag').set_layers(['l'])

    def test_an_update_waits_for_the_one_in_progress(self, function, stub, no_pauses):
        for _ in range(3):
            stub.add_client_error('update_function_configuration', 'ResourceConflictException', BUSY, 409)
        stub.add_response('update_function_configuration', {'Timeout': 9}, {'FunctionName': 'f', 'Timeout': 9})
        assert function.configuration_update(Timeout=9) == {'Timeout': 9}

    def test_an_update_in_progress_that_does_not_end_is_raised(self, function, no_pauses):
        with Stubber(function.client()) as stub:
            for _ in range(200):
                stub.add_client_error('update_function_code', 'ResourceConflictException', BUSY, 409)
            with pytest.raises(Aws__Conflict, match='update is in progress'):
                function.set_zip_bytes(b'z').code_update()
        assert 59 < no_pauses.now < 62

    def test_a_role_that_was_just_made_is_waited_for(self, function, stub, no_pauses):
        for _ in range(3):
            stub.add_client_error('create_function', 'InvalidParameterValueException', NOT_YET, 400)
        stub.add_response('create_function', {'FunctionName': 'f'})
        with Stubber(function.session.client('iam')) as iam:
            iam.add_response('get_role', _role(age_seconds=5), {'RoleName': 'r'})
            assert function.set_role(ROLE).set_zip_bytes(b'z').create()['status'] == 'ok'
            iam.assert_no_pending_responses()

    def test_an_old_role_that_lambda_can_not_assume_is_raised_at_once(self, function, stub, no_pauses):
        stub.add_client_error('create_function', 'InvalidParameterValueException', NOT_YET, 400)
        with Stubber(function.session.client('iam')) as iam:
            iam.add_response('get_role', _role(age_seconds=3600), {'RoleName': 'r'})
            with pytest.raises(Aws__Invalid, match='cannot be assumed'):
                function.set_role(ROLE).set_zip_bytes(b'z').function_create()
        assert no_pauses.now == 0

    def test_a_role_that_is_not_there_is_raised_at_once(self, function, stub, no_pauses):
        stub.add_client_error('create_function', 'InvalidParameterValueException', NOT_YET, 400)
        with Stubber(function.session.client('iam')) as iam:
            iam.add_client_error('get_role', 'NoSuchEntity', 'no', 404)
            with pytest.raises(Aws__Invalid, match='cannot be assumed'):
                function.set_role(ROLE).set_zip_bytes(b'z').function_create()
        assert no_pauses.now == 0

    def test_a_role_that_may_not_be_looked_at_is_waited_for(self, function, stub, no_pauses):
        stub.add_client_error('create_function', 'InvalidParameterValueException', NOT_YET, 400)
        stub.add_response('create_function', {'FunctionName': 'f'})
        with Stubber(function.session.client('iam')) as iam:
            iam.add_client_error('get_role', 'AccessDenied', 'no', 403)
            function.set_role(ROLE).set_zip_bytes(b'z').function_create()

    def test_a_value_that_lambda_refuses_is_raised_at_once(self, function, stub, no_pauses):
        stub.add_client_error('create_function', 'InvalidParameterValueException', 'Could not unzip', 400)
        with pytest.raises(Aws__Invalid, match='Could not unzip'):
            function.set_role(ROLE).set_zip_bytes(b'z').function_create()
        assert no_pauses.now == 0

    def test_trouble_is_not_absence(self, function, stub):
        stub.add_client_error('get_function_configuration', 'AccessDeniedException', 'no', 403)
        answer = function.set_zip_bytes(b'z').update()
        assert (answer['status'], 'AccessDeniedException' in answer['error']) == ('error', True)
        assert isinstance(answer['exception'], Aws__Access_Denied)

    def test_delete_of_what_is_not_there_leaves_the_logs(self, function, stub):
        stub.add_client_error('delete_function', 'ResourceNotFoundException', 'no', 404)
        assert function.delete() is False

    def test_configuration_of_what_is_not_there_raises(self, function, stub):
        stub.add_client_error('get_function_configuration', 'ResourceNotFoundException', 'no', 404)
        with pytest.raises(Aws__Not_Found):
            function.configuration()
