"""Several threads may use what we have, together; and nothing that belongs to the whole process is changed by it."""

import io
import locale
import logging
import os
import signal
import socket
import sys
import threading
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.sts.STS import STS
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda

THREADS = 8


def double(event, context):
    return event * 2


def at_once(work):
    """work(number) in each of the threads, all released together; their values in order."""
    barrier = threading.Barrier(THREADS)

    def run(number):
        barrier.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def global_state():
    """What belongs to the process, not to us."""
    root = logging.getLogger()
    return {
        'root level': root.level,
        'root handlers': list(root.handlers),
        'logging disabled below': root.manager.disable,
        'environment': dict(os.environ),
        'folder': os.getcwd(),
        'umask': _umask(),
        'import path': list(sys.path),
        'hooks': (sys.excepthook, threading.excepthook, sys.displayhook),
        'socket timeout': socket.getdefaulttimeout(),
        'warnings': list(warnings.filters),
        'locale': locale.setlocale(locale.LC_ALL),
        'signals': [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)],
        'recursion': sys.getrecursionlimit(),
    }


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def use_everything(session_kwargs):
    """A call of each class of the SDK."""
    deploy = Deploy_Lambda(double, 'double', session_kwargs=session_kwargs)
    with deploy:
        deploy.deploy()
        assert deploy.invoke(2) == 4
    function = deploy.lambda_function()
    assert function.invoke_result(2).value == 4
    assert function.log_group().messages() is not None
    assert function.wait_for_state_active()['status'] == 'ok'
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        archive.writestr('python/m.py', '')
    layer = Lambda_Layer('layer', session_kwargs=session_kwargs)
    layer.create_from_zip_bytes(data.getvalue())
    assert layer.exists()
    s3 = S3(session_kwargs=session_kwargs)
    s3.bucket_create('bucket')
    s3.file_create_from_string('text', 'bucket', 'key')
    assert IAM_Role('role', session_kwargs=session_kwargs).create_for__lambda().exists()
    queue = SQS_Queue('queue', session_kwargs=session_kwargs)
    queue.create()
    assert queue.push({'a': 1}).pop() == {'a': 1}
    assert Log_Group('group', session_kwargs=session_kwargs).create().messages() == []
    assert STS(session_kwargs=session_kwargs).account_id()


@pytest.fixture
def function(session_kwargs):
    deploy = Deploy_Lambda(double, 'double', session_kwargs=session_kwargs)
    deploy.deploy()
    return deploy.lambda_function()


class test_threads_and_globals:
    def test_nothing_of_the_process_is_changed(self, session_kwargs):
        AWS_Session(session_kwargs).client('s3')  # botocore and urllib3 add filters for warnings when they are loaded
        before = global_state()
        use_everything(session_kwargs)
        assert global_state() == before

    def test_one_object_is_used_by_all_threads(self, session_kwargs, function):
        session = AWS_Session(session_kwargs)
        s3, queue = S3(session_kwargs=session), SQS_Queue('q', session_kwargs=session)
        s3.bucket_create('bucket')
        queue.create()

        def work(number):
            s3.file_create_from_string(str(number), 'bucket', f'key-{number}')
            queue.push(number)
            return function.invoke(number), s3.file_contents('bucket', f'key-{number}')

        assert at_once(work) == [(number * 2, str(number)) for number in range(THREADS)]
        assert sorted(message['Body'] for message in queue.receive()) == [str(number) for number in range(THREADS)]

    def test_each_thread_makes_objects_of_its_own(self, session_kwargs, function):
        def work(number):
            S3(session_kwargs=session_kwargs).bucket_create(f'bucket-{number}')
            SQS_Queue(f'q-{number}', session_kwargs=session_kwargs).create()
            return Lambda('double', session_kwargs=session_kwargs).invoke(number)

        assert at_once(work) == [number * 2 for number in range(THREADS)]
        assert len(S3(session_kwargs=session_kwargs).buckets()) == THREADS

    def test_the_first_client_of_a_session_is_made_once(self, session_kwargs):
        session = AWS_Session(session_kwargs)
        assert len({id(client) for client in at_once(lambda number: session.client('sqs'))}) == 1

    def test_deploys_of_different_functions_go_on_together(self, session_kwargs):
        def work(number):
            deploy = Deploy_Lambda(double, f'double-{number}', session_kwargs=session_kwargs)
            return deploy.deploy().status, deploy.invoke(number)

        assert at_once(work) == [('created', number * 2) for number in range(THREADS)]
