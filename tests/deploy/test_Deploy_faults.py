"""Every single call of a deploy goes wrong; then the next deploy() makes it as if nothing had happened, and nothing is
there twice. On the local cloud, each time in an account of its own."""

import itertools
import os

import pytest
from botocore.retries.standard import ExponentialBackoff

from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Aws__Access_Denied, Aws__Connection, Aws__Server_Error
from tests.deploy.Call_Recorder import Call_Recorder
from tests.deploy.Cloud_State import Cloud_State

ERRORS = {
    'denied': Aws__Access_Denied,
    'server error': Aws__Server_Error,
    'too slow': Aws__Connection,
    'answer lost': Aws__Connection,
    'interrupted before': KeyboardInterrupt,
    'interrupted after': KeyboardInterrupt,
}
WAYS = {  # the calls have them in turn
    'fails': ('denied', 'server error'),
    'is not made in time': ('too slow', 'interrupted before'),
    'is cut after its effect': ('answer lost', 'interrupted after'),
}

AMONG = {
    'first': """iam.CreateRole iam.PutRolePolicy s3.CreateBucket s3.PutObject CreateFunction PublishVersion CreateAlias
                PutFunctionConcurrency AddPermission CreateFunctionUrlConfig CreateEventSourceMapping""",
    'update': """iam.CreateRole s3.PutObject UpdateFunctionCode UpdateFunctionConfiguration PublishVersion UpdateAlias
                 TagResource UntagResource CreateFunctionUrlConfig CreateEventSourceMapping""",
    'removal': """UpdateFunctionConfiguration UntagResource DeleteFunctionConcurrency RemovePermission UpdateAlias
                  DeleteFunctionUrlConfig DeleteEventSourceMapping iam.PutRolePolicy""",
}

ALL = bool(os.environ.get('OSBOT_LAMBDA_TEST_ALL_FAULTS'))  # `make campaign`: each call in each way

_accounts = itertools.count(1)


class Scene:
    """An account with a queue and, for what isn't a first deploy, a function; and the deploy that is disturbed."""

    def __init__(self, cloud, folder, kind, max_attempts=1):
        self.cloud, self.folder, self.kind = cloud, folder, kind
        self.account = f'2{os.getpid() % 10**6:06d}{next(_accounts):05d}'
        self.session = AWS_Session({**cloud.session_kwargs(self.account), 'max_attempts': max_attempts})

    def __enter__(self):
        SQS_Queue('orders', session_kwargs=self.session).create()
        if self.kind == 'update':
            self._named(1).set_env_variables({'OLD': '1'}).set_tags({'old': '1'}).deploy(publish=True, alias='live')
        if self.kind == 'removal':
            self._everything(1).deploy(publish=True, alias='live')
        return self

    def __exit__(self, *_):
        self.cloud.reset(self.account)

    def deploy(self):
        """The deploy that is disturbed, and then done again."""
        if self.kind == 'removal':
            deploy = self._named(2).set_env_variables({}).set_tags({'team': None}).set_reserved_concurrency(None)
            deploy.set_dead_letter(None).set_tracing('PassThrough').set_function_url(False).set_triggers([])
            return deploy.deploy(alias='live')
        return self._everything(2).deploy(publish=True, alias='live')

    def _named(self, version):
        (self.folder / 'app.py').write_text(f'def run(event, context): return {version}\n')
        return Deploy_Lambda('app.run', source_roots=[self.folder], session_kwargs=self.session, timeout=5)

    def _everything(self, version):
        deploy = self._named(version).set_env_variables({'NEW': '2'}).set_tags({'team': 'shop', 'old': None})
        deploy.set_dead_letter(f'arn:aws:sqs:us-east-1:{self.account}:orders').set_tracing('Active')
        return deploy.set_reserved_concurrency(3).set_function_url('NONE').add_trigger('orders', batch_size=1)


@pytest.fixture
def scene(local_cloud, tmp_path, monkeypatch):
    monkeypatch.setattr(Deploy_Execute, 'DIRECT_MAX', 10)  # so that the code goes by the bucket

    def made(kind, **given):
        return Scene(local_cloud, tmp_path, kind, **given)

    return made


@pytest.fixture
def undisturbed(scene):
    """undisturbed(kind): the calls of the deploy, and what then is in the account."""

    def done(kind):
        with scene(kind) as there, Call_Recorder(there.session) as recorder:
            there.deploy()
            calls = list(recorder.sent)
            return calls, Cloud_State(there.session).text()

    return done


def taken(calls, turn, ways):
    """The calls with their numbers; of several ways each has its share, so that every call has its turn."""
    return [(number, call) for number, call in enumerate(calls) if ALL or number % ways == turn]


class test_Deploy_faults:
    @pytest.mark.parametrize('way', list(WAYS))
    @pytest.mark.parametrize('kind', ['first', 'update', 'removal'])
    def test_the_next_deploy_completes_it_when_a_call(self, scene, undisturbed, kind, way):
        calls, wanted = undisturbed(kind)
        for number, call in taken(calls, list(WAYS).index(way), len(WAYS)):
            fault = WAYS[way][number % 2]
            with scene(kind) as there:
                with Call_Recorder(there.session, number, fault) as recorder, pytest.raises(ERRORS[fault]):
                    there.deploy()
                assert recorder.disturbed == call
                there.deploy()
                assert Cloud_State(there.session).text() == wanted, f'after {call}, call {number}, {fault}'
                assert there.deploy().status == 'unchanged', f'after {call}, call {number}, {fault}'

    @pytest.mark.parametrize(
        ('fault', 'max_attempts'), [('throttled', 1), ('answer lost', 2)], ids=['throttled', 'asked again by boto3']
    )
    @pytest.mark.parametrize('kind', ['first', 'update'])
    def test_the_same_deploy_goes_on_when_a_call_is(self, scene, undisturbed, kind, fault, max_attempts, monkeypatch):
        monkeypatch.setattr(ExponentialBackoff, 'delay_amount', lambda *_: 0)
        calls, wanted = undisturbed(kind)
        for number, call in taken(calls, max_attempts - 1, 2):
            with scene(kind, max_attempts=max_attempts) as there:
                with Call_Recorder(there.session, number, fault) as recorder:
                    assert there.deploy()
                assert recorder.disturbed == call
                assert Cloud_State(there.session).text() == wanted, f'after {call}, call {number}, {fault}'

    @pytest.mark.parametrize('kind', list(AMONG))
    def test_the_calls_are_many(self, undisturbed, kind):
        calls = {call.removeprefix('lambda.') for call in undisturbed(kind)[0]}
        assert set(AMONG[kind].split()) <= calls
