from datetime import timedelta

import pytest

from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.aws.s3.Code_Bucket import Code_Bucket
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Deploy_Prune import Deploy_Prune
from osbot_lambda.deploy.Deploy_Prune_Result import Deploy_Prune_Result
from osbot_lambda.errors import Aws__Access_Denied, Aws__Not_Found, Setting__Invalid
from tests.deploy.Call_Recorder import Call_Recorder

OURS = 'layer_for__tea-sugar__0123456789ab'


@pytest.fixture(autouse=True)
def an_hour_is_over(monkeypatch):
    monkeypatch.setattr(Deploy_Prune, 'YOUNG', timedelta(0))


@pytest.fixture
def deploy(tmp_path, session_kwargs):
    """A function with the versions 1 to 6; 'live' is at 6."""
    write(tmp_path, 1)
    deploy = Deploy_Lambda('task.run', source_roots=[tmp_path], session_kwargs=session_kwargs)
    for value in range(1, 7):
        write(tmp_path, value)
        deploy.deploy(publish=True, alias='live')
    return deploy


def write(folder, value):
    (folder / 'task.py').write_text(f'def run(event, context): return {value}\n')


def versions(deploy):
    return [version['Version'] for version in deploy.lambda_function().versions()][1:]


def zipped(text='x = 1\n'):
    return Zip__Deterministic().add('python/tea.py', text.encode()).bytes()


class test_versions:
    def test_older_than_the_newest_go(self, deploy):
        result = deploy.prune(keep=2)
        assert (result.versions, versions(deploy), result.removed) == (('1', '2', '3', '4'), ['5', '6'], True)
        assert result.kept == {'5': 'of the newest 2', '6': 'alias live'}
        assert deploy.invoke() == 6

    def test_three_stay_unless_told_otherwise(self, deploy):
        deploy.prune()
        assert versions(deploy) == ['4', '5', '6']

    def test_again_there_is_nothing(self, deploy):
        assert deploy.prune(keep=2)
        assert not deploy.prune(keep=2)

    def test_a_plan_removes_nothing(self, deploy):
        plan = deploy.prune(keep=2, plan=True)
        assert (plan.versions, plan.removed, len(versions(deploy))) == (('1', '2', '3', '4'), False, 6)
        assert str(plan).startswith('to be removed for task, ')
        assert '  version 1\n' in str(plan)
        assert plan.size == sum(version['CodeSize'] for version in deploy.lambda_function().versions()[1:5])

    def test_those_of_an_alias_and_of_its_canary_stay(self, deploy):
        function = deploy.lambda_function()
        function.alias_create(function_version='1', name='old', routing={'2': 0.1})
        result = deploy.prune(keep=1)
        assert versions(deploy) == ['1', '2', '6']
        assert (result.kept['1'], result.kept['2']) == ('alias old', 'alias old')

    def test_with_keep_0_only_those_in_use_stay(self, deploy):
        deploy.prune(keep=0)
        assert versions(deploy) == ['6']

    def test_one_that_an_event_source_runs_stays(self, deploy, session_kwargs):
        queue = SQS_Queue('jobs', session_kwargs=session_kwargs)
        queue.create(attributes={'VisibilityTimeout': '60'})
        arn = f'{deploy.lambda_function().function_arn()}:2'
        deploy.lambda_function().call(
            'create_event_source_mapping', FunctionName=arn, EventSourceArn=queue.arn(), BatchSize=1
        )
        assert deploy.prune(keep=1).kept == {'2': 'an event source', '6': 'alias live'}
        assert versions(deploy) == ['2', '6']

    def test_one_that_somebody_may_invoke_stays(self, deploy):
        deploy.lambda_function().call(
            'add_permission',
            FunctionName='task',
            Qualifier='3',
            StatementId='sns',
            Action='lambda:InvokeFunction',
            Principal='sns.amazonaws.com',
        )
        assert deploy.prune(keep=1).kept == {'3': 'a permission', '6': 'alias live'}
        assert versions(deploy) == ['3', '6']

    def test_one_that_gets_an_alias_meanwhile_stays(self, deploy):
        function = deploy.lambda_function()
        events = function.client().meta.events

        def somebody_else(**_):
            events.unregister('before-call.lambda.DeleteFunction', somebody_else)
            function.alias_create(function_version='2', name='beta')

        events.register('before-call.lambda.DeleteFunction', somebody_else)
        result = deploy.prune(keep=1)
        assert (result.versions, versions(deploy)) == (('1', '3', '4', '5'), ['2', '6'])
        assert 'beta' in result.kept['2']

    def test_cut_off_the_next_one_does_the_rest(self, deploy):
        events = deploy.session.client('lambda').meta.events

        def cut(**_):
            events.unregister('after-call.lambda.DeleteFunction', cut)
            raise KeyboardInterrupt

        events.register('after-call.lambda.DeleteFunction', cut)
        with pytest.raises(KeyboardInterrupt):
            deploy.prune(keep=2)
        assert versions(deploy) == ['2', '3', '4', '5', '6']
        assert deploy.prune(keep=2).versions == ('2', '3', '4')

    def test_of_another_function_stay(self, deploy, tmp_path, session_kwargs):
        other = Deploy_Lambda('task.run', 'other', source_roots=[tmp_path], session_kwargs=session_kwargs)
        for value in (7, 8, 9):
            write(tmp_path, value)
            other.deploy(publish=True)
        deploy.prune(keep=1)
        assert versions(other) == ['1', '2', '3']

    @pytest.mark.parametrize('keep', [-1, True, '3', 1.5, None], ids=str)
    def test_keep_is_not(self, keep, deploy):
        with Call_Recorder(deploy.session) as calls, pytest.raises(Setting__Invalid, match='how many versions stay'):
            deploy.prune(keep=keep)
        assert calls.sent == []

    def test_of_a_function_that_is_not_there(self, session_kwargs):
        with pytest.raises(Aws__Not_Found):
            Deploy_Lambda('no-such-function', session_kwargs=session_kwargs).prune()

    def test_nothing_is_removed_when_not_everything_can_be_looked_at(self, deploy, session_kwargs):
        events = deploy.session.client('s3').meta.events

        def refuse(**_):
            raise Aws__Access_Denied('no')

        events.register('before-call.s3.ListObjectsV2', refuse)
        try:
            with pytest.raises(Aws__Access_Denied):
                deploy.prune(keep=1)
        finally:
            events.unregister('before-call.s3.ListObjectsV2', refuse)
        assert len(versions(deploy)) == 6


class test_layers:
    def test_of_ours_that_nobody_has_go(self, deploy, session_kwargs):
        layer = Lambda_Layer(OURS, session_kwargs=session_kwargs)
        arns = [layer.create_from_zip_bytes(zipped(f'x = {n}\n'))['LayerVersionArn'] for n in (1, 2)]
        deploy.add_layer(arns[1]).deploy()
        assert deploy.prune().layers == (arns[0],)
        assert [version['Version'] for version in layer.versions()] == [2]

    def test_of_a_published_version_of_another_function_stay(self, deploy, tmp_path, session_kwargs):
        arn = Lambda_Layer(OURS, session_kwargs=session_kwargs).create_from_zip_bytes(zipped())['LayerVersionArn']
        other = Deploy_Lambda('task.run', 'other', source_roots=[tmp_path], session_kwargs=session_kwargs)
        other.add_layer(arn).deploy(publish=True)
        other.set_layers([]).deploy()
        assert deploy.prune().layers == ()
        other.deploy(publish=True)
        other.prune(keep=1)
        assert Lambda_Layer(OURS, session_kwargs=session_kwargs).exists() is False

    @pytest.mark.parametrize('name', ['layer_for__tea', 'tea', 'layer_for__tea__0123456789AB', 'my_' + OURS])
    def test_of_somebody_else_stay(self, name, deploy, session_kwargs):
        layer = Lambda_Layer(name, session_kwargs=session_kwargs)
        layer.create_from_zip_bytes(zipped())
        assert deploy.prune().layers == ()
        assert layer.exists()

    def test_shared_with_another_account_stay(self, deploy, session_kwargs):
        layer = Lambda_Layer(OURS, session_kwargs=session_kwargs)
        layer.create_from_zip_bytes(zipped())
        layer.call(
            'add_layer_version_permission',
            LayerName=OURS,
            VersionNumber=1,
            StatementId='them',
            Action='lambda:GetLayerVersion',
            Principal='123456789012',
        )
        assert deploy.prune().layers == ()

    def test_of_the_last_hour_stay(self, deploy, session_kwargs, monkeypatch):
        monkeypatch.setattr(Deploy_Prune, 'YOUNG', timedelta(hours=1))
        layer = Lambda_Layer(OURS, session_kwargs=session_kwargs)
        layer.create_from_zip_bytes(zipped())
        Code_Bucket(deploy.session).put(b'1', 'lambdas/task')
        result = deploy.prune()
        assert (result.layers, result.objects) == ((), ())
        assert layer.exists()


class test_objects:
    def test_of_this_function_that_are_no_version_s_code_go(self, deploy, session_kwargs):
        bucket = Code_Bucket(deploy.session)
        now = bucket.put(deploy.package().zip_bytes(), 'lambdas/task')['S3Key']
        old = bucket.put(b'what it was', 'lambdas/task')['S3Key']
        for other in ('lambdas/tasks', 'lambdas/task/sub', 'other/task'):
            bucket.put(b'what it was', other)
        s3 = S3(session_kwargs=session_kwargs)
        s3.file_create_from_bytes(b'1', bucket.bucket, 'lambdas/task.zip')
        s3.file_create_from_bytes(b'1', bucket.bucket, 'lambdas/task/mine.zip')
        before = set(s3.find_files(bucket.bucket))
        result = deploy.prune()
        assert result.objects == (f'{bucket.bucket}/{old}',)
        assert before - set(s3.find_files(bucket.bucket)) == {old}
        assert now in before

    def test_of_versions_that_go_go_with_them(self, deploy, tmp_path):
        bucket = Code_Bucket(deploy.session)
        keys = {}
        for value in (1, 6):
            write(tmp_path, value)
            keys[value] = bucket.put(deploy.package().zip_bytes(), 'lambdas/task')['S3Key']
        assert deploy.prune(keep=6).objects == ()
        assert deploy.prune(keep=1).objects == (f'{bucket.bucket}/{keys[1]}',)

    def test_of_layers_go_with_the_last_version(self, deploy, session_kwargs):
        layer = Lambda_Layer(OURS, session_kwargs=session_kwargs)
        bucket = Code_Bucket(deploy.session)
        key = bucket.put(zipped(), f'layers/{OURS}')['S3Key']
        bucket.put(zipped(), 'layers/mine')
        arn = layer.create_from_s3(key)['LayerVersionArn']
        deploy.add_layer(arn).deploy()
        assert not deploy.prune().objects
        deploy.set_layers([]).deploy()
        result = deploy.prune(keep=1)
        assert (result.layers, result.objects) == ((arn,), (f'{bucket.bucket}/{key}',))
        assert len(S3(session_kwargs=session_kwargs).find_files(bucket.bucket)) == 1


class test_Deploy_Prune_Result:
    def test_says_what_was_removed(self):
        result = Deploy_Prune_Result('task', ('1',), ('arn:l',), ('b/k',), {'2': 'alias live'}, 1234, True)
        assert str(result).splitlines() == [
            'removed for task, 1,234 bytes',
            '  version 1',
            '  layer arn:l',
            '  object b/k',
            '  (version 2 stays: alias live)',
        ]
        assert '<td' in result._repr_html_()
        assert repr(result) == '<Deploy_Prune_Result task: 1 versions, 1 layers, 1 objects removed>'

    def test_is_false_for_nothing(self):
        result = Deploy_Prune_Result('task', removed=True)
        assert not result
        assert str(result) == 'removed for task: nothing'
