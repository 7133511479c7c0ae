"""Functions of several versions of Python in one local cloud, seen through boto3."""

import json
from contextlib import closing

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from osbot_lambda.errors import Local_Cloud__Start_Failed
from osbot_lambda.local.Local_Cloud import Local_Cloud
from osbot_lambda.python.Python_Finder import Python_Finder
from tests.local.server.Lambda_Rig import zip_of
from tests.Wheel_Folder import Wheel_Folder

VERSIONS = [version for version in ('3.9', '3.11', '3.13', '3.12') if Python_Finder.find(version)][:3]
CODE = """
import json, logging, sys
logging.getLogger().setLevel('INFO')
def handler(event, context):
    logging.info('on %s', sys.version_info[:2])
    import boto3
    return [list(sys.version_info[:2]), bool(boto3.__version__)]
"""


def client_of(cloud):
    return closing(boto3.client('lambda', config=Config(retries={'total_max_attempts': 1}), **cloud.session_kwargs()))


def create(client, name, runtime):
    client.create_function(
        FunctionName=name,
        Runtime=runtime,
        Handler='app.handler',
        Role='arn:aws:iam::000000000000:role/any',
        Code={'ZipFile': zip_of({'app.py': CODE})},
        Timeout=60,
    )
    client.get_waiter('function_active_v2').wait(FunctionName=name, WaiterConfig={'Delay': 0})


@pytest.fixture(scope='module')
def cloud(tmp_path_factory):
    """One that runs what it hasn't on another Python; that for 3.9 is a small boto3."""
    folder = tmp_path_factory.mktemp('versions')
    with pytest.MonkeyPatch.context() as patch:
        Wheel_Folder(folder / 'wheels').add('boto3', version='1.1').use(patch)
        patch.setenv('OSBOT_LAMBDA_CACHE', str(folder / 'cache'))
        cloud = Local_Cloud(run_on_other_python=True).start()
    with cloud:
        yield cloud


class test_python_versions:
    @pytest.mark.fidelity(
        'Runtime',
        aws='a function runs on the version of Python that its runtime names',
        ours='as AWS, where this machine has that version',
        source='D lambda-runtimes',
        kind='documented',
    )
    def test_functions_of_several_versions_run_side_by_side(self, cloud):
        with client_of(cloud) as client:
            for version in VERSIONS:
                create(client, version.replace('.', '_'), f'python{version}')
            for version in VERSIONS:
                answer = client.invoke(FunctionName=version.replace('.', '_'), LogType='Tail')
                numbers = [int(part) for part in version.split('.')]
                assert json.load(answer['Payload']) == [numbers, True]
                assert 'x-osbot-lambda-note' not in answer['ResponseMetadata']['HTTPHeaders']

    @pytest.mark.fidelity(
        'Runtime that this machine lacks',
        aws='each runtime is there',
        ours='CreateFunction works; Invoke answers 422 InvalidRuntimeException with what to install, or with '
        'run_on_other_python the nearest version runs, and the log stream and a header say so',
        source='K',
        kind='assumed',
    )
    @pytest.mark.skipif(Python_Finder.find('3.15') is not None, reason='this machine has a python3.15')
    def test_without_an_interpreter_the_function_is_created_and_its_invoke_says_what_to_install(self):
        with Local_Cloud() as cloud, client_of(cloud) as client:
            create(client, 'fn', 'python3.15')
            with pytest.raises(ClientError, match=r'there is no python3\.15 on this machine: install it') as raised:
                client.invoke(FunctionName='fn')
            error = raised.value.response
            assert (error['Error']['Code'], error['ResponseMetadata']['HTTPStatusCode']) == (
                'InvalidRuntimeException',
                422,
            )

    @pytest.mark.skipif(Python_Finder.find('3.15') is not None, reason='this machine has a python3.15')
    def test_on_another_version_the_log_and_the_answers_say_so(self, cloud):
        nearest = Python_Finder.nearest('3.15')
        note = f'python3.15 is not on this machine: this function runs on python{nearest} (run_on_other_python)'
        with client_of(cloud) as client:
            create(client, 'fn', 'python3.15')
            for _ in range(2):
                answer = client.invoke(FunctionName='fn')
                assert json.load(answer['Payload'])[0] == [int(part) for part in nearest.split('.')]
                assert answer['ResponseMetadata']['HTTPHeaders']['x-osbot-lambda-note'] == note
            with closing(boto3.client('logs', **cloud.session_kwargs())) as logs:
                events = logs.filter_log_events(logGroupName='/aws/lambda/fn')['events']
            assert events[0]['message'].rstrip('\n') == note

    def test_on_windows_the_start_says_what_to_do(self, monkeypatch):
        monkeypatch.setattr('sys.platform', 'win32')
        with pytest.raises(Local_Cloud__Start_Failed, match='Linux and macOS; on Windows, use it inside WSL 2'):
            Local_Cloud().start()
