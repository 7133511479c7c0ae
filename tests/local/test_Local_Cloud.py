import json
import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import boto3
import pytest

from osbot_lambda.errors import Local_Cloud__Not_Running, Local_Cloud__Port_Taken, Local_Cloud__Start_Failed
from osbot_lambda.local.Local_Cloud import Local_Cloud
from tests.local.server.Lambda_Rig import zip_of

ROOT = Path(__file__).parents[2]
START = """
import json, os, signal, sys
from osbot_lambda.local.Local_Cloud import Local_Cloud
def say(cloud, **more):
    print(json.dumps({'pid': cloud.pid, 'port': cloud.port, **more}), flush=True)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The temporary folder of the clouds that a test starts."""
    path = tmp_path / 'tmp'
    path.mkdir()
    monkeypatch.setenv('TMPDIR', str(path))
    return path


@pytest.fixture
def script(folder):
    """Runs Python code in a process of its own; ends what is left of it."""
    running = []

    def run(code):
        process = subprocess.Popen(
            [sys.executable, '-c', START + code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


def said(process):
    return json.loads(process.stdout.readline())


def wait_for_the_end_of(pid):
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], 20)[0], f'process {pid} is still there'
    finally:
        os.close(handle)


def is_free(port):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return sock.connect_ex(('127.0.0.1', port)) != 0


def assert_nothing_is_left(pid, port, folder):
    wait_for_the_end_of(pid)
    assert is_free(port)
    assert list(folder.iterdir()) == []


class test_Local_Cloud__ends:
    def test_stop_leaves_no_process_port_or_folder(self, folder):
        cloud = Local_Cloud().start()
        pid, port = cloud.pid, cloud.port
        assert [path.name.startswith('osbot-lambda-cloud-') for path in folder.iterdir()] == [True]
        assert not is_free(port)
        cloud.stop()
        cloud.stop()
        assert not cloud.running()
        assert_nothing_is_left(pid, port, folder)

    def test_an_exception_in_the_with_block_leaves_nothing(self, folder):
        at = {}

        def fail():
            with Local_Cloud() as cloud:
                at.update(pid=cloud.pid, port=cloud.port)
                1 / 0

        with pytest.raises(ZeroDivisionError):
            fail()
        assert_nothing_is_left(at['pid'], at['port'], folder)

    def test_dropping_the_handle_leaves_nothing(self, folder):
        cloud = Local_Cloud().start()
        pid, port = cloud.pid, cloud.port
        del cloud
        assert_nothing_is_left(pid, port, folder)

    def test_ctrl_c_in_a_script_leaves_nothing(self, script, folder):
        process = script('with Local_Cloud() as cloud:\n    say(cloud)\n    signal.pause()')
        at = said(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == -signal.SIGINT
        assert_nothing_is_left(at['pid'], at['port'], folder)

    @pytest.mark.parametrize('number', [signal.SIGKILL, signal.SIGTERM], ids=['SIGKILL', 'SIGTERM'])
    def test_killing_the_parent_leaves_nothing(self, script, folder, number):
        process = script('cloud = Local_Cloud().start()\nsay(cloud)\nsignal.pause()')
        at = said(process)
        process.send_signal(number)
        process.wait(20)
        assert_nothing_is_left(at['pid'], at['port'], folder)

    def test_killing_the_parent_ends_it_also_when_a_fork_lives_on(self, script, folder):
        process = script(
            'cloud = Local_Cloud().start()\n'
            'child = os.fork()\n'
            'if not child: signal.pause()\n'
            'say(cloud, child=child)\n'
            'signal.pause()'
        )
        at = said(process)
        try:
            process.kill()
            assert_nothing_is_left(at['pid'], at['port'], folder)
            os.kill(at['child'], 0)
        finally:
            os.kill(at['child'], signal.SIGKILL)

    def test_the_end_of_a_script_ends_the_shared_cloud(self, script, folder):
        process = script(
            'from concurrent.futures import ThreadPoolExecutor\n'
            'with ThreadPoolExecutor(8) as pool:\n'
            '    clouds = set(pool.map(lambda _: Local_Cloud.shared(), range(8)))\n'
            'say(*clouds)'
        )
        at = said(process)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, '', '')
        assert_nothing_is_left(at['pid'], at['port'], folder)

    def test_a_fork_uses_the_cloud_and_does_not_stop_it(self, script):
        process = script(
            'with Local_Cloud() as cloud:\n'
            '    child = os.fork()\n'
            '    if not child:\n'
            '        ok = cloud.running() and cloud.reset() is cloud\n'
            '        cloud.stop()\n'
            '        os._exit(0 if ok else 1)\n'
            '    _, status = os.waitpid(child, 0)\n'
            '    cloud.reset()\n'
            '    say(cloud, child=status)'
        )
        assert said(process)['child'] == 0
        assert process.wait(20) == 0

    def test_a_cloud_that_was_killed_says_so(self, folder):
        with Local_Cloud() as cloud:
            pid = cloud.pid
            os.killpg(pid, signal.SIGKILL)
            wait_for_the_end_of(pid)
            with pytest.raises(Local_Cloud__Not_Running, match=r'ended by itself, killed by signal 9'):
                cloud.session_kwargs()
            with pytest.raises(Local_Cloud__Not_Running):
                cloud.reset()
            assert not cloud.running()
        assert list(folder.iterdir()) == []


class test_Local_Cloud__starts:
    def test_a_cloud_that_is_not_started_says_so(self):
        cloud = Local_Cloud()
        with pytest.raises(Local_Cloud__Not_Running, match='not started'):
            cloud.endpoint_url
        assert repr(cloud) == '<Local_Cloud not running>'

    def test_starting_twice_keeps_the_first(self, local_cloud):
        pid = local_cloud.pid
        assert local_cloud.start().pid == pid

    def test_a_stopped_cloud_can_be_started_again(self):
        cloud = Local_Cloud()
        with cloud:
            first = cloud.pid
        with cloud:
            assert cloud.pid != first
            cloud.reset()

    def test_retry_delays_are_those_of_failed_events(self):
        """Two attempts, as one delay is given, and at once."""
        with Local_Cloud(retry_delays=(0,)) as cloud:
            sqs, functions = (boto3.client(name, **cloud.session_kwargs()) for name in ('sqs', 'lambda'))
            url = sqs.create_queue(QueueName='failed')['QueueUrl']
            functions.create_function(
                FunctionName='fn',
                Runtime=f'python{sys.version_info.major}.{sys.version_info.minor}',
                Handler='app.handler',
                Role='arn:aws:iam::000000000000:role/r',
                Code={'ZipFile': zip_of('def handler(event, context): raise ValueError')},
            )
            functions.put_function_event_invoke_config(
                FunctionName='fn',
                DestinationConfig={
                    'OnFailure': {'Destination': f'arn:aws:sqs:{cloud.region}:{cloud.account_id}:failed'}
                },
            )
            functions.invoke(FunctionName='fn', InvocationType='Event')
            (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)['Messages']
            assert json.loads(message['Body'])['requestContext']['approximateInvokeCount'] == 2
            sqs.close()
            functions.close()

    def test_isolation_and_freezing_can_be_chosen(self, monkeypatch):
        monkeypatch.setenv('OSBOT_LAMBDA_ISOLATION', 'folders')
        with Local_Cloud(freeze=False) as cloud:
            assert cloud.isolation == 'folders'
            with urllib.request.urlopen(f'{cloud.endpoint_url}/_osbot_lambda/health') as response:
                assert json.load(response)['isolation'] == 'folders'

    def test_an_isolation_that_there_is_not_says_which_there_are(self):
        with pytest.raises(Local_Cloud__Start_Failed, match="invalid choice: 'jail'"):
            Local_Cloud(isolation='jail').start()

    def test_a_port_that_is_given_is_used(self):
        with socket.socket() as sock:
            sock.bind(('127.0.0.1', 0))
            port = sock.getsockname()[1]
        with Local_Cloud(port=port) as cloud:
            assert cloud.endpoint_url == f'http://127.0.0.1:{port}'

    def test_a_port_that_is_taken_is_an_error_before_anything_starts(self, local_cloud, monkeypatch):
        monkeypatch.setattr(subprocess, 'Popen', None)
        with pytest.raises(Local_Cloud__Port_Taken, match=f'port {local_cloud.port} on 127.0.0.1 is taken') as caught:
            Local_Cloud(port=local_cloud.port).start()
        assert isinstance(caught.value, OSError)

    def test_a_port_taken_at_the_last_moment_is_the_same_error(self, local_cloud, monkeypatch, folder):
        monkeypatch.setattr(Local_Cloud, '_check_port', lambda self: None)
        cloud = Local_Cloud(port=local_cloud.port)
        with pytest.raises(Local_Cloud__Port_Taken):
            cloud.start()
        assert not cloud.running()
        assert list(folder.iterdir()) == []

    def test_a_start_that_fails_says_what_the_process_said(self, monkeypatch):
        monkeypatch.setattr('osbot_lambda.local.Local_Cloud._BOOT', 'raise SystemExit("no luck today")')
        with pytest.raises(Local_Cloud__Start_Failed, match=r'exit code 1; it said:\nno luck today'):
            Local_Cloud().start()

    def test_a_start_that_takes_too_long_is_ended(self, monkeypatch):
        monkeypatch.setattr('osbot_lambda.local.Local_Cloud._BOOT', 'import sys; sys.stdin.read()')
        monkeypatch.setattr(Local_Cloud, 'START_SECONDS', 0.2)
        with pytest.raises(Local_Cloud__Start_Failed, match=r'not ready after 0.2 s'):
            Local_Cloud().start()

    def test_no_python_to_run_it_with_is_a_typed_error(self, monkeypatch):
        monkeypatch.setattr(sys, 'executable', '/no/such/python')
        with pytest.raises(Local_Cloud__Start_Failed, match='/no/such/python'):
            Local_Cloud().start()

    def test_modules_in_the_current_folder_or_on_pythonpath_do_not_hide_the_standard_library(
        self, tmp_path, monkeypatch
    ):
        (tmp_path / 'json.py').write_text('raise RuntimeError("the wrong json")')
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv('PYTHONPATH', str(tmp_path))
        monkeypatch.setenv('PYTHONSTARTUP', str(tmp_path / 'json.py'))
        monkeypatch.syspath_prepend(str(tmp_path))
        with Local_Cloud() as cloud:
            cloud.reset()

    def test_it_works_from_a_checkout_that_is_not_installed(self, tmp_path, no_aws_environment):
        code = f"""
            import sys; sys.path.insert(0, {str(ROOT)!r})
            from osbot_lambda.local.Local_Cloud import Local_Cloud
            with Local_Cloud() as cloud: print(cloud.reset())
        """
        code = '\n'.join(line.strip() for line in code.splitlines())
        done = subprocess.run(
            [sys.executable, '-c', code], cwd=tmp_path, env=no_aws_environment, capture_output=True, text=True
        )
        assert done.stdout.startswith('<Local_Cloud http://127.0.0.1:'), done.stderr


class test_Local_Cloud:
    def test_session_kwargs_are_a_plain_dict(self, local_cloud):
        assert local_cloud.session_kwargs('123456789012') == {
            'endpoint_url': f'http://127.0.0.1:{local_cloud.port}',
            'region_name': 'us-east-1',
            'aws_access_key_id': '123456789012',
            'aws_secret_access_key': Local_Cloud.SECRET,
        }
        assert local_cloud.session_kwargs()['aws_access_key_id'] == '000000000000'

    @pytest.mark.parametrize('account_id', ['', '12345678901', '12345678901x', '١٢٣٤٥٦٧٨٩٠١٢'])
    def test_an_account_id_that_is_not_12_digits_is_refused(self, local_cloud, account_id):
        with pytest.raises(ValueError, match='is not 12 digits'):
            local_cloud.session_kwargs(account_id)
        with pytest.raises(ValueError, match='is not 12 digits'):
            local_cloud.reset(account_id)
        with pytest.raises(ValueError, match='is not 12 digits'):
            Local_Cloud(account_id=account_id)

    def test_two_clouds_at_once_know_nothing_of_each_other(self, local_cloud, session_kwargs, account):
        with Local_Cloud() as other:
            one, two = boto3.client('s3', **session_kwargs), boto3.client('s3', **other.session_kwargs(account))
            one.create_bucket(Bucket='in-the-first')
            two.create_bucket(Bucket='in-the-second')
            assert [bucket['Name'] for bucket in one.list_buckets()['Buckets']] == ['in-the-first']
            assert [bucket['Name'] for bucket in two.list_buckets()['Buckets']] == ['in-the-second']
            one.close(), two.close()

    def test_reset_empties_one_account_and_no_other(self, local_cloud, account, session_kwargs):
        mine = boto3.client('s3', **session_kwargs)
        other = boto3.client('s3', **local_cloud.session_kwargs('999999999901'))
        mine.create_bucket(Bucket='mine')
        other.create_bucket(Bucket='others')
        local_cloud.reset(account)
        assert mine.list_buckets()['Buckets'] == []
        assert [bucket['Name'] for bucket in other.list_buckets()['Buckets']] == ['others']
        local_cloud.reset('999999999901')
        assert other.list_buckets()['Buckets'] == []
        mine.close(), other.close()

    def test_reset_goes_past_a_proxy(self, local_cloud, account, monkeypatch):
        monkeypatch.setenv('http_proxy', 'http://127.0.0.1:1')
        assert local_cloud.reset(account) is local_cloud

    def test_another_process_sees_what_this_one_made(self, session_kwargs, no_aws_environment):
        client = boto3.client('s3', **session_kwargs)
        client.create_bucket(Bucket='shared-by-processes')
        client.put_object(Bucket='shared-by-processes', Key='a', Body=b'from the first')
        client.close()
        code = f"""
import boto3
client = boto3.client('s3', **{session_kwargs!r})
print(client.get_object(Bucket='shared-by-processes', Key='a')['Body'].read().decode())
"""
        done = subprocess.run([sys.executable, '-c', code], env=no_aws_environment, capture_output=True, text=True)
        assert done.stdout == 'from the first\n', done.stderr

    def test_the_aws_cli_works_against_it(self, session_kwargs, no_aws_environment):
        aws = Path(sys.executable).with_name('aws')
        if not aws.exists():
            pytest.skip('awscli is not installed beside this Python')
        client = boto3.client('s3', **session_kwargs)
        client.create_bucket(Bucket='for-the-cli')
        client.close()
        environment = {
            **no_aws_environment,
            'AWS_ACCESS_KEY_ID': session_kwargs['aws_access_key_id'],
            'AWS_SECRET_ACCESS_KEY': session_kwargs['aws_secret_access_key'],
            'AWS_ENDPOINT_URL': session_kwargs['endpoint_url'],
            'AWS_DEFAULT_REGION': session_kwargs['region_name'],
        }
        command = [aws, 's3api', 'list-buckets', '--query', 'Buckets[].Name', '--output', 'json']
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert json.loads(done.stdout) == ['for-the-cli'], done.stderr
