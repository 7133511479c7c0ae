import io
import json
import sys
import zipfile

import pytest
from botocore.stub import Stubber

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda__with_temp_role import Lambda__with_temp_role

NAME = 'temp_role_for__my-test-function'


@pytest.fixture
def function(session_kwargs):
    return Lambda__with_temp_role('my-test-function', session_kwargs=session_kwargs)


class test_Lambda__with_temp_role:
    def test_create_makes_a_role_with_logs_lambda_and_s3(self, function):
        created = function.create()
        assert created['status'] == 'ok', created
        role = IAM_Role(NAME, function.session)
        assert created['data']['Role'] == role.arn()
        assert [arn.rpartition('/')[2] for arn in role.policies_attached()] == ['AWSLambdaBasicExecutionRole']
        answer = role.call('get_role_policy', RoleName=NAME, PolicyName='temp_role')
        statement = {'Effect': 'Allow', 'Action': ['lambda:*', 's3:*'], 'Resource': '*'}
        assert answer['PolicyDocument'] == {'Version': '2012-10-17', 'Statement': [statement]}

    def test_delete_takes_the_role_along_and_it_can_be_created_again(self, function):
        for _ in range(2):
            assert function.create()['status'] == 'ok'
            assert function.delete() is True
            assert not function.temp_role().exists()
        assert function.delete() is False

    def test_what_the_role_may_do_can_be_said(self, function):
        function.temp_role__name, function.temp_role__services = 'mine', ['sqs']
        function.temp_role__action, function.temp_role__resource = 'Send*', 'arn:aws:sqs:*:*:q'
        assert function.create()['data']['Role'].endswith(':role/mine')
        answer = function.temp_role().call('get_role_policy', RoleName='mine', PolicyName='temp_role')
        statement = {'Effect': 'Allow', 'Action': ['sqs:Send*'], 'Resource': 'arn:aws:sqs:*:*:q'}
        assert answer['PolicyDocument']['Statement'] == [statement]

    @pytest.mark.parametrize(('recreate', 'left'), [(False, ['own', 'temp_role']), (True, ['temp_role'])])
    def test_a_role_that_is_there_keeps_what_it_has_unless_it_is_made_anew(self, function, recreate, left):
        role = function.temp_role().create_for__lambda()
        statement = {'Effect': 'Allow', 'Action': 'sqs:*', 'Resource': '*'}
        role.set_inline_policy('own', {'Version': '2012-10-17', 'Statement': [statement]})
        function.temp_role__recreate = recreate
        assert function.create()['status'] == 'ok'
        assert role.inline_policies() == left

    def test_a_role_that_was_set_is_used_and_left(self, function):
        role = IAM_Role('own', function.session).create_for__lambda()
        assert function.set_role(role.arn()).create()['data']['Role'] == role.arn()
        assert not function.temp_role().exists()
        assert function.delete() is True
        assert role.exists()

    def test_update_makes_function_and_role_when_they_are_not_there(self, function):
        assert function.update()['status'] == 'ok'
        assert function.temp_role().exists()
        assert function.set_timeout(9).update()['data']['update_config']['Timeout'] == 9

    def test_credentials_are_reset_by_giving_the_function_its_role_again(self, function):
        assert function.temp_role__iam_reset_credentials() is function
        assert not function.exists()
        function.create()
        function.wait_for_state_active()
        before = function.configuration()['RevisionId']
        function.temp_role().delete()
        function.temp_role__iam_reset_credentials()
        assert function.temp_role().exists()
        assert function.configuration()['RevisionId'] != before

    def test_the_handler_that_it_ships_returns_its_event(self, function):
        function.set_runtime(f'python3.{sys.version_info.minor}').create()
        function.wait_for_state_active()
        assert function.invoke({'a': 1}) == {'a': 1}
        assert function.temp_role__iam_reset_credentials().invoke([2]) == [2]

    def test_without_code_it_ships_a_handler_where_lambda_looks_for_it(self):
        function = Lambda__with_temp_role('f', handler='pkg.app.main')
        with zipfile.ZipFile(io.BytesIO(function._default_code())) as zipped:
            names = {}
            exec(zipped.read('pkg/app.py'), names)
        assert names['main']({'a': 1}, None) == {'a': 1}

    def test_code_that_is_set_is_shipped(self, function):
        default = function.create()['data']['CodeSha256']
        function.delete()
        assert (
            function.set_zip_bytes(Zip__Deterministic().add('a.py', b'').bytes()).create()['data']['CodeSha256']
            != default
        )

    def test_the_name_of_the_role_fits_however_long_that_of_the_function_is(self):
        one, two = Lambda__with_temp_role('x' * 64), Lambda__with_temp_role('x' * 63 + 'y')
        names = {one.temp_role().role_name, two.temp_role().role_name}
        assert [len(name) for name in names] == [64, 64]

    def test_trouble_with_the_role_is_said_in_the_answer(self):
        here = {'endpoint_url': 'http://127.0.0.1:9', 'region_name': 'us-east-1'}
        function = Lambda__with_temp_role('f', session_kwargs=here)
        with Stubber(function.session.client('iam')) as iam:
            iam.add_client_error('create_role', 'AccessDenied', 'no', 403)
            answer = function.create()
        assert (answer['status'], 'iam.CreateRole' in answer['error']) == ('error', True)
        assert json.dumps(answer['data'])
