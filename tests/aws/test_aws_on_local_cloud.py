import io
import json
import subprocess
import sys
import zipfile

import pytest

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.sts.STS import STS
from osbot_lambda.errors import Aws__Conflict, Invoke__Failed

HANDLER = """
import os
def run(event, context):
    print('saw', event)
    if event == 'fail':
        raise ValueError('boom')
    if event == 'env':
        return os.environ['WHO']
    return event
"""


def _zip(source: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        archive.writestr('app.py', source)
    return data.getvalue()


@pytest.fixture
def session(session_kwargs):
    return AWS_Session(session_kwargs)


@pytest.fixture
def role(session):
    return IAM_Role('r', session).create_for__lambda()


@pytest.fixture
def function(session, role):
    function = Lambda('f', session_kwargs=session, role=role.arn(), handler='app.run', zip_bytes=_zip(HANDLER))
    function.set_runtime(f'python3.{sys.version_info.minor}')
    assert function.create()['status'] == 'ok'
    assert function.wait_for_state_active()['status'] == 'ok'
    return function


class test_aws_on_local_cloud:
    def test_the_caller_is_in_the_account_of_the_test(self, session, account):
        assert STS(session).caller_identity()['Account'] == session.account_id() == account

    def test_files(self, session):
        s3 = S3(session).bucket_create('bucket')
        s3.file_create_from_string('text', 'bucket', 'folder/key')
        assert s3.file_contents('bucket', 'folder/key') == 'text'
        assert s3.find_files('bucket') == ['folder/key']
        assert not s3.file_exists('bucket', 'other')
        assert s3.bucket_delete('bucket', delete_files=True)
        assert not s3.bucket_exists('bucket')

    def test_a_role(self, role, account):
        assert role.arn() == f'arn:aws:iam::{account}:role/r'
        assert role.create_for__lambda().delete() is True
        assert role.delete() is False

    def test_logs(self, session):
        group = Log_Group('g', session).create()
        assert (group.exists(), group.streams(), group.messages()) == (True, [], [])
        assert group.delete() is True

    @pytest.mark.parametrize('payload', [{}, [], 0, '', False, {'key': 'ü'}], ids=repr)
    def test_a_function_is_given_the_event_and_its_value_comes_back(self, function, payload):
        found = function.invoke(payload)
        assert (found, type(found)) == (payload, type(payload))

    def test_a_failing_function(self, function):
        assert function.invoke('fail') == {'error': 'boom'}
        with pytest.raises(Invoke__Failed, match='ValueError: boom') as raised:
            function.invoke_result('fail').raise_on_error()
        assert "raise ValueError('boom')" in raised.value.stack_trace[0]

    def test_logs_times_and_request_id_of_an_invoke(self, function):
        result = function.invoke_result({'a': 1})
        assert "saw {'a': 1}" in result.logs
        assert f'START RequestId: {result.request_id}' in result.logs
        assert result.executed_version == '$LATEST'
        assert 0 < result.duration_ms <= result.billed_ms
        assert result.memory_size_mb == 512
        assert 0 < result.memory_used_mb < 512
        assert function.invoke_return_logs('fail')['status'] == 'error'

    def test_an_update_is_shipped(self, function):
        source = HANDLER.replace('return event', "return 'new'")
        assert function.set_zip_bytes(_zip(source)).set_env_variable('WHO', 'me').update()['status'] == 'ok'
        assert function.invoke({}) == 'new'
        assert function.invoke('env') == 'me'

    def test_an_event_that_is_handed_over_is_run(self, function):
        assert function.invoke_async({'order': 7})['StatusCode'] == 202
        assert "saw {'order': 7}" in function.log_group().wait_for_message("{'order': 7}")

    def test_a_dry_run_runs_nothing(self, function):
        assert function.invoke_dry_run({'a': 1})['StatusCode'] == 204
        function.invoke('after it')
        said = [message for message in function.log_group().messages() if message.startswith('saw')]
        assert [message.strip() for message in said] == ['saw after it']

    def test_a_second_create_and_a_delete(self, function):
        answer = function.create()
        assert (answer['status'], 'already exist' in answer['error']) == ('error', True)
        assert function.delete() is True
        assert function.delete() is False
        assert 'error' in function.invoke({})

    def test_a_queue(self, session, account):
        queue, dead = SQS_Queue('q', session), SQS_Queue('dead', session)
        assert not queue.exists()
        dead.create()
        queue.create({'VisibilityTimeout': 0})
        queue.set_dead_letter_queue(dead, max_receive_count=1).push(False)
        assert queue.arn() == f'arn:aws:sqs:us-east-1:{account}:q'
        assert queue.pop() is False
        assert len(set(queue.send_batch(list(range(12))))) == 12
        assert queue.purge().size() == 0
        queue.send_raw('not JSON')
        assert queue.message_raw()['Body'] == 'not JSON'
        assert queue.message_raw() is None
        assert dead.pop() == 'not JSON'
        with pytest.raises(Aws__Conflict):
            queue.create({'VisibilityTimeout': 7})
        assert queue.delete() is True
        assert queue.delete() is False

    def test_a_queue_feeds_a_function(self, session, function):
        queue = SQS_Queue('q', session)
        queue.create({'VisibilityTimeout': 60})
        mapping = function.event_source_create(
            queue.arn(), batch_size=5, function_response_types=['ReportBatchItemFailures']
        )
        assert [found['UUID'] for found in function.event_sources()] == [mapping['UUID']]
        queue.push({'order': 'ORD-1'})
        message = function.log_group().wait_for_message('ORD-1')
        assert json.dumps({'order': 'ORD-1'}) in message
        function.event_source_delete(mapping['UUID'])

    def test_a_script_that_names_no_cloud_is_on_the_local_one(self, no_aws_environment, tmp_path):
        code = (
            'from osbot_lambda.aws.s3.S3 import S3\n'
            's3 = S3().bucket_create("bucket")\n'
            'print(s3.session.target, s3.session.account_id(), s3.buckets(), S3().buckets())'
        )
        environment = {**no_aws_environment, 'AWS_ACCESS_KEY_ID': 'AKIAREAL', 'AWS_SECRET_ACCESS_KEY': 'real'}
        done = subprocess.run(
            [sys.executable, '-c', code], capture_output=True, text=True, env=environment, cwd=tmp_path
        )
        assert (done.stdout.strip(), done.stderr) == ("local 000000000000 ['bucket'] ['bucket']", '')
