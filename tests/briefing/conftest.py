"""What stands around the briefing's blocks: a default cloud, a role, a bucket with code, functions, modules, wheels."""

import importlib
import io
import sys
import tempfile
import zipfile

import pytest

from osbot_lambda.aws.Aws__Resource import Aws__Resource
from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from tests.Wheel_Folder import Wheel_Folder

CODE = """
import os


def run(event, context):
    print('received', event)
    if isinstance(event, dict) and 'fail' in event:
        raise ValueError(event['fail'])
    return {'received': event, 'debug': os.environ.get('DEBUG')}


main = run
"""


@pytest.fixture(autouse=True)
def default_session(_no_target_from_outside, monkeypatch, session_kwargs, tmp_path):
    """The default target is the test's own account: the blocks name no cloud, as their users don't."""
    monkeypatch.setenv('OSBOT_LAMBDA_TARGET', session_kwargs['endpoint_url'])
    monkeypatch.setenv('AWS_ACCESS_KEY_ID', session_kwargs['aws_access_key_id'])
    monkeypatch.setenv('AWS_SECRET_ACCESS_KEY', session_kwargs['aws_secret_access_key'])
    monkeypatch.setenv('AWS_DEFAULT_REGION', session_kwargs['region_name'])
    (tmp_path / 'tmp').mkdir()
    monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path / 'tmp'))


@pytest.fixture(autouse=True)
def python311_is_the_python_that_runs(monkeypatch):
    """The blocks name python3.11; where another Python runs the tests, the cloud is told that one."""
    running = f'python3.{sys.version_info.minor}'
    send = Aws__Resource.call_with_metadata

    def send_with_the_running_python(self, operation, **parameters):
        if parameters.get('Runtime') == 'python3.11':
            parameters['Runtime'] = running
        return send(self, operation, **parameters)

    if running != 'python3.11':
        monkeypatch.setattr(Aws__Resource, 'call_with_metadata', send_with_the_running_python)


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """The packages that the blocks install: small ones of these names, from a folder; no index is asked."""
    return Wheel_Folder(tmp_path / 'wheels').add('pandas', 'numpy', 'requests', 'boto3').use(monkeypatch)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """module(name, source): a module of the user's own, importable while the test runs."""
    folder = tmp_path / 'modules'
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    made = []

    def make(name, source=CODE):
        (folder / f'{name}.py').write_text(source)
        made.append(name)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield make
    for name in made:
        sys.modules.pop(name, None)


@pytest.fixture
def my_module(module):
    """A module whose run() is a handler."""
    return module('my_module')


@pytest.fixture
def role_arn(account):
    """arn:aws:iam::…:role/lambda-role, which is there."""
    return IAM_Role('lambda-role').create_for__lambda().arn()


def zipped(**modules):
    """The bytes of a zip with these modules at its root."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        for name, source in modules.items():
            archive.writestr(f'{name}.py', source)
    return data.getvalue()


@pytest.fixture
def my_bucket():
    """The name of a bucket with the code's zip at lambdas/my-function.zip."""
    S3().bucket_create('my-bucket')
    code = zipped(my_function=CODE, handler=CODE)
    S3().file_create_from_bytes(code, 'my-bucket', 'lambdas/my-function.zip')
    return 'my-bucket'


@pytest.fixture
def lambda_func(my_bucket, role_arn):
    """The function 'my-function', deployed."""
    lambda_func = Lambda('my-function', role=role_arn, handler='my_function.run')
    lambda_func.s3_bucket = my_bucket
    lambda_func.s3_key = 'lambdas/my-function.zip'
    assert lambda_func.create()['status'] == 'ok'
    lambda_func.wait_until_ready()
    return lambda_func


@pytest.fixture
def image_uri(account):
    """Where an image is, as far as the cloud looks."""
    return f'{account}.dkr.ecr.us-east-1.amazonaws.com/my-repo:latest'


@pytest.fixture
def deploy(my_module):
    """A Deploy_Lambda of my_module.run, not deployed yet."""
    return Deploy_Lambda(handler=my_module.run)


@pytest.fixture
def deployed(deploy):
    """A Deploy_Lambda of my_module.run, deployed."""
    assert deploy.deploy()
    return deploy


@pytest.fixture
def my_queue():
    """The queue 'my-queue'."""
    queue = SQS_Queue('my-queue')
    queue.create({'VisibilityTimeout': 360})  # Lambda wants at least the function's timeout
    return queue


@pytest.fixture
def layer_arn():
    """layer_arn(name, module): the ARN of the first version of a layer that holds one module."""

    def make(name, module='in_the_layer'):
        from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer

        layer = Lambda_Layer(name)
        layer.create_from_zip_bytes(zipped(**{f'python/{module}': f'NAME = {name!r}\n'}))
        return layer.arn_latest()

    return make
