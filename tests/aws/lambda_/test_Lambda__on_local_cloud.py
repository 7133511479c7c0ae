import sys
from threading import Thread

import pytest

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.errors import Aws__Conflict, Aws__Not_Found, Aws__Throttled, Invoke__Failed

ONE, TWO = (f'def run(event, context):\n    return {number}\n' for number in (1, 2))


def _zip(source: str) -> bytes:
    return Zip__Deterministic().add('app.py', source.encode()).bytes()


@pytest.fixture
def session(session_kwargs):
    return AWS_Session(session_kwargs)


@pytest.fixture
def function(session):
    function = Lambda('f', session_kwargs=session, handler='app.run', zip_bytes=_zip(ONE))
    function.set_role(IAM_Role('r', session).create_for__lambda().arn())
    function.set_runtime(f'python3.{sys.version_info.minor}')
    assert function.create()['status'] == 'ok'
    assert function.wait_for_state_active()['status'] == 'ok'
    return function


class test_Lambda__on_local_cloud:
    def test_everything_that_was_set_is_shipped_and_cleared(self, function, session):
        other = IAM_Role('other', session).create_for__lambda().arn()
        function.set_memory(1024).set_timeout(9).set_trace_mode('Active').set_ephemeral_storage(1024).set_role(other)
        function.set_description('d').set_env_variable('AB', 'c').set_tags({'a': '1', 'b': '2'})
        updated = function.update()
        assert updated['status'] == 'ok', updated
        found = function.configuration()
        assert (found['MemorySize'], found['Timeout'], found['Description']) == (1024, 9, 'd')
        assert (found['TracingConfig'], found['EphemeralStorage']) == ({'Mode': 'Active'}, {'Size': 1024})
        assert (found['Role'], found['Environment']['Variables']) == (other, {'AB': 'c'})
        assert function.info()['Tags'] == {'a': '1', 'b': '2'}

        cleared = function.set_env_variables({}).set_tags({'b': '3'}).set_description('').update()
        assert cleared['status'] == 'ok'
        found = function.configuration()
        assert found.get('Environment', {}).get('Variables', {}) == {}
        assert (found['Description'], found['MemorySize']) == ('', 1024)
        assert function.info()['Tags'] == {'b': '3'}
        function.set_tags({}).update()
        assert not function.info().get('Tags')

    def test_a_folder_is_shipped_through_s3(self, function, tmp_path, account):
        (tmp_path / 'app.py').write_text(TWO)
        folder = Lambda('f', session_kwargs=function.session, folder_code=str(tmp_path))
        assert folder.update()['status'] == 'ok'
        assert (folder.s3_bucket, folder.s3_key) == (f'{account}--osbot-lambdas--us-east-1', 'lambdas/f.zip')
        assert function.invoke() == 2

    def test_a_function_is_found_by_its_arn(self, function):
        arn = function.function_arn()
        again = Lambda(arn, session_kwargs=function.session)
        assert (again.exists(), again.invoke(), again.function_arn()) == (True, 1, arn)
        assert again.log_group().group_name == '/aws/lambda/f'
        assert again.delete() is True

    def test_versions_and_aliases(self, function):
        assert function.version_publish('first')['Version'] == '1'
        function.set_zip_bytes(_zip(TWO)).update_lambda_code()
        assert [version['Version'] for version in function.versions()] == ['$LATEST', '1']
        created = function.alias_create('f', '1', 'prod', 'Production alias')
        assert function.alias('f', 'prod')['AliasArn'] == created['AliasArn'] == f'{function.function_arn()}:prod'
        assert (function.invoke(), function.invoke(qualifier='prod')) == (2, 1)
        assert function.invoke_result(qualifier='prod').executed_version == '1'
        with pytest.raises(Aws__Conflict):
            function.alias_create(name='prod')
        with pytest.raises(Aws__Conflict):
            function.version_delete('1')
        assert function.version_publish()['Version'] == '2'
        function.alias_update(name='prod', function_version='2')
        assert function.aliases(index_by='Name')['prod']['FunctionVersion'] == '2'
        assert function.alias_delete('f', 'prod') is True
        assert not function.alias_exists(name='prod')
        assert function.version_delete('1') is True

    def test_reserved_concurrency(self, function):
        assert function.concurrency() is None
        assert function.concurrency_set(0) == function.concurrency() == 0
        answer = function.invoke_raw()
        assert (answer['status'], type(answer['exception'])) == ('error', Aws__Throttled)
        function.concurrency_delete()
        assert (function.concurrency(), function.invoke()) == (None, 1)

    def test_permissions(self, function):
        assert (function.policy(), function.permissions()) == ({}, [])
        added = function.permission_add(
            function_arn=function.function_arn(),
            statement_id='AllowS3Invoke',
            action='lambda:InvokeFunction',
            principal='s3.amazonaws.com',
            source_arn='arn:aws:s3:::my-bucket',
        )
        assert function.permissions() == [added]
        assert function.policy_statements(index_by='Sid') == {'AllowS3Invoke': added}
        with pytest.raises(Aws__Conflict):
            function.permission_add(statement_id='AllowS3Invoke', principal='s3.amazonaws.com')
        assert function.permission_delete(function.function_arn(), 'AllowS3Invoke') is True
        assert function.permission_delete(statement_id='AllowS3Invoke') is False
        for sid in ('One', 'Two'):
            function.permission_add(statement_id=sid, principal='sns.amazonaws.com')
        assert function.policy_statements_clear().policy() == {}

    def test_a_url_that_is_public(self, function):
        assert (function.function_url(), function.function_url_exists()) == (None, False)
        made = function.function_url_create_with_public_access()
        url = function.function_url()
        assert made['function_url_create']['FunctionUrl'] == url
        statements = function.policy_statements(index_by='Sid')
        assert statements['FunctionURLAllowPublicAccess'] == made['function_set_policy']
        assert statements['FunctionURLInvokeAllowPublicAccess']['Action'] == 'lambda:InvokeFunction'
        again = function.function_url_create_with_public_access()
        assert again['function_url_create']['FunctionUrl'] == url
        assert len(function.permissions()) == 2

    def test_a_url_is_changed_and_deleted(self, function):
        with pytest.raises(Aws__Not_Found):
            function.function_url_update(auth_type='NONE')
        function.function_url_create()
        with pytest.raises(Aws__Conflict):
            function.function_url_create()
        function.function_url_update(auth_type='NONE', invoke_mode='RESPONSE_STREAM')
        info = function.function_url_info()
        assert (info['AuthType'], info['InvokeMode']) == ('NONE', 'RESPONSE_STREAM')
        assert function.function_url_delete() is True
        assert function.function_url_delete() is False

    def test_a_mapping_is_changed(self, function, session):
        queue = SQS_Queue('q', session_kwargs=session)
        queue.create({'VisibilityTimeout': 60})
        uuid = function.event_source_create(queue.arn(), batch_size=5)['UUID']
        assert function.wait_for_event_source(uuid)['BatchSize'] == 5
        function.event_source_update(uuid, batch_size=3, enabled=False)
        assert function.wait_for_event_source(uuid, 'Disabled')['BatchSize'] == 3
        assert list(function.event_sources(index_by='UUID')) == [uuid]
        assert function.event_source_delete(uuid)['UUID'] == uuid

    def test_lists_and_account_settings(self, function):
        assert list(function.functions(index_by='FunctionName')) == function.functions_names() == ['f']
        assert function.account_settings()['AccountUsage']['FunctionCount'] == 1

    def test_a_failing_function_gives_its_error_in_every_form(self, function):
        function.set_zip_bytes(_zip('def run(event, context):\n    return {}["out of stock"]\n')).update()
        assert function.invoke() == {'error': "'out of stock'"}
        for answer in (function.invoke_raw(), function.invoke_return_logs()):
            assert (answer['status'], type(answer['exception'])) == ('error', Invoke__Failed)
            assert answer['exception'].error_type == 'KeyError'

    def test_several_threads_may_use_one_object(self, function):
        found = []
        threads = [Thread(target=lambda: found.extend((function.invoke(), function.exists()))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found.count(1) == len(found) == 16  # True is 1, too
