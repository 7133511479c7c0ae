"""Which calls a deploy makes, counted at the client, on the local cloud."""

import pytest

from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Execute import Deploy_Execute
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from tests.deploy.Call_Recorder import Call_Recorder

READ = 'lambda.GetFunctionConfiguration'


@pytest.fixture
def session(session_kwargs):
    return AWS_Session(session_kwargs)


@pytest.fixture
def deploy(session, tmp_path):
    (tmp_path / 'app.py').write_text('def run(event, context): return 1\n')
    return Deploy_Lambda('app.run', source_roots=[tmp_path], session_kwargs=session)


@pytest.fixture
def calls(session):
    """calls(deploy, …): those of one deploy()."""

    def made(deploy, **arguments):
        with Call_Recorder(session) as recorder:
            deploy.deploy(**arguments)
        return recorder.sent

    return made


class test_Deploy_counts:
    def test_a_first_deploy_makes_six_with_its_role(self, deploy, calls):
        assert calls(deploy) == [
            READ,
            'iam.GetRole',
            'iam.CreateRole',
            'iam.AttachRolePolicy',
            'lambda.CreateFunction',
            READ,  # the wait
        ]

    def test_the_next_function_finds_the_role(self, deploy, calls, session, tmp_path):
        deploy.deploy()
        other = Deploy_Lambda('app.run', 'other', source_roots=[tmp_path], session_kwargs=session)
        assert calls(other) == [
            READ,
            'iam.GetRole',
            'iam.ListAttachedRolePolicies',
            'lambda.CreateFunction',
            READ,
        ]

    def test_nothing_to_do_is_one(self, deploy, calls):
        deploy.set_env_variables({'STAGE': 'test'}).set_timeout(5).set_tracing('PassThrough').deploy()
        assert calls(deploy) == [READ]

    def test_changed_code_is_two_and_the_wait(self, deploy, calls, tmp_path):
        deploy.deploy()
        (tmp_path / 'app.py').write_text('def run(event, context): return 2\n')
        assert calls(deploy) == [READ, 'lambda.UpdateFunctionCode', READ]

    def test_a_changed_setting_is_two_and_the_wait(self, deploy, calls):
        deploy.deploy()
        assert calls(deploy.set_timeout(7).set_memory_size(256).set_description('x')) == [
            READ,
            'lambda.UpdateFunctionConfiguration',
            READ,
        ]

    def test_an_answer_that_says_that_it_is_done_is_not_waited_for(self, deploy, calls, session, tmp_path):
        deploy.deploy()
        (tmp_path / 'app.py').write_text('def run(event, context): return 2\n')
        events = session.client('lambda').meta.events

        def settled(parsed, **_):
            parsed['LastUpdateStatus'] = 'Successful'

        events.register('after-call.lambda.UpdateFunctionCode', settled)
        try:
            assert calls(deploy) == [READ, 'lambda.UpdateFunctionCode']
        finally:
            events.unregister('after-call.lambda.UpdateFunctionCode', settled)

    def test_code_and_settings_are_three_and_the_waits(self, deploy, calls, tmp_path):
        deploy.deploy()
        (tmp_path / 'app.py').write_text('def run(event, context): return 2\n')
        assert calls(deploy.set_timeout(7)) == [
            READ,
            'lambda.UpdateFunctionCode',
            READ,
            'lambda.UpdateFunctionConfiguration',
            READ,
        ]

    @pytest.mark.parametrize(
        ('name', 'more'),
        [
            ('tags', ['lambda.GetFunction']),
            ('concurrency', ['lambda.GetFunctionConcurrency']),
            ('url', ['lambda.GetFunctionUrlConfig']),
            ('public url', ['lambda.GetFunctionUrlConfig', 'lambda.GetPolicy']),
            ('triggers', ['lambda.ListEventSourceMappings']),
        ],
    )
    def test_each_kind_of_thing_that_is_named_is_one_read_more(self, deploy, calls, session, name, more):
        if name == 'tags':
            deploy.set_tags({'team': 'shop'})
        elif name == 'concurrency':
            deploy.set_reserved_concurrency(3)
        elif name == 'triggers':
            SQS_Queue('orders', session_kwargs=session).create()
            deploy.set_timeout(5).add_trigger('orders')
        else:
            deploy.set_function_url('NONE' if name == 'public url' else 'AWS_IAM')
        deploy.deploy()
        assert calls(deploy) == [READ, *more]

    def test_an_alias_is_two_reads_more(self, deploy, calls):
        deploy.deploy(alias='live')
        assert calls(deploy, alias='live') == [READ, 'lambda.GetAlias', READ]

    def test_the_bucket_of_a_large_package_is_not_asked_when_nothing_changes(self, deploy, calls, monkeypatch):
        monkeypatch.setattr(Deploy_Execute, 'DIRECT_MAX', 10)
        assert calls(deploy)[4:-1] == [
            's3.HeadBucket',
            's3.CreateBucket',
            's3.HeadObject',
            's3.PutObject',
            'lambda.CreateFunction',
        ]
        assert calls(deploy) == [READ]

    def test_a_plan_only_reads(self, deploy, session):
        deploy.set_tags({'team': 'shop'}).set_function_url().deploy()
        with Call_Recorder(session) as recorder:
            deploy.set_timeout(9).set_tags({'team': 'none'}).plan(alias='live')
        assert recorder.sent == [READ, 'lambda.GetAlias', 'lambda.GetFunction', 'lambda.GetFunctionUrlConfig']
