import pytest

from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Deploy_Publish import Deploy_Publish
from osbot_lambda.errors import Aws__Invalid, Deploy__No_Version, Setting__Invalid
from tests.deploy.Call_Recorder import Call_Recorder

READ = 'lambda.GetFunctionConfiguration'


@pytest.fixture
def deploy(tmp_path, session_kwargs):
    write(tmp_path, 1)
    return Deploy_Lambda('task.run', source_roots=[tmp_path], session_kwargs=session_kwargs)


def write(folder, value):
    (folder / 'task.py').write_text(f'def run(event, context): return {value}\n')


def published(deploy):
    return [version['Version'] for version in deploy.lambda_function().versions()][1:]


def alias(deploy, name='live'):
    found = deploy.lambda_function().alias(name=name)
    return found['FunctionVersion'], (found.get('RoutingConfig') or {}).get('AdditionalVersionWeights') or {}


class test_Deploy_Publish:
    def test_the_first_deploy_makes_version_and_alias(self, deploy):
        result = deploy.deploy(publish=True, alias='live')
        assert (result.version, published(deploy), alias(deploy)) == ('1', ['1'], ('1', {}))
        assert [str(change) for change in result.changes[-2:]] == [
            'version: (none) → what is deployed, published',
            'alias live: (none) → what is deployed, published',
        ]

    def test_an_alias_alone_publishes_too(self, deploy):
        deploy.deploy(alias='live')
        assert (published(deploy), alias(deploy)) == (['1'], ('1', {}))

    def test_publish_alone_leaves_aliases_where_they_are(self, deploy, tmp_path):
        deploy.deploy(alias='live')
        write(tmp_path, 2)
        assert deploy.deploy(publish=True).version == '2'
        assert (published(deploy), alias(deploy)) == (['1', '2'], ('1', {}))

    def test_a_change_is_a_new_version_and_what_was_published_runs_on(self, deploy, tmp_path):
        deploy.deploy(alias='live')
        write(tmp_path, 2)
        deploy.deploy(alias='next')
        function = deploy.lambda_function()
        assert [function.invoke_result({}, qualifier=name).value for name in ('live', 'next')] == [1, 2]

    def test_a_setting_alone_is_a_new_version(self, deploy):
        deploy.deploy(alias='live')
        assert deploy.set_timeout(7).deploy(alias='live').version == '2'
        assert alias(deploy) == ('2', {})

    def test_nothing_to_do_is_two_reads_more_with_an_alias(self, deploy):
        deploy.deploy(publish=True, alias='live')
        with Call_Recorder(deploy.session) as calls:
            result = deploy.deploy(publish=True, alias='live')
        assert calls.sent == [READ, 'lambda.GetAlias', READ]
        assert (result.status, result.version, published(deploy)) == ('unchanged', '1', ['1'])

    def test_nothing_to_do_is_one_read_more_without_an_alias(self, deploy):
        deploy.deploy(publish=True)
        with Call_Recorder(deploy.session) as calls:
            result = deploy.deploy(publish=True)
        assert calls.sent == [READ, 'lambda.ListVersionsByFunction']
        assert (result.status, result.version) == ('unchanged', '1')

    def test_what_was_deployed_before_without_publishing_is_published(self, deploy, tmp_path):
        deploy.deploy(alias='live')
        write(tmp_path, 2)
        deploy.deploy()
        result = deploy.deploy(alias='live')
        assert (result.status, result.version, alias(deploy)) == ('updated', '2', ('2', {}))

    def test_a_version_that_is_there_is_used_again(self, deploy, tmp_path):
        deploy.deploy(alias='live')
        write(tmp_path, 2)
        deploy.deploy(alias='live')
        deploy.rollback()
        assert deploy.deploy(alias='live').version == '2'
        assert (published(deploy), alias(deploy)) == (['1', '2'], ('2', {}))

    def test_a_canary_ends_with_the_next_deploy(self, deploy, tmp_path):
        deploy.deploy(alias='live')
        write(tmp_path, 2)
        deploy.deploy(publish=True)
        deploy.canary(0.25)
        write(tmp_path, 3)
        deploy.deploy(alias='live')
        assert alias(deploy) == ('3', {})

    def test_a_canary_ends_also_when_its_alias_stays(self, deploy, tmp_path):
        deploy.deploy(alias='live')
        write(tmp_path, 2)
        deploy.deploy(publish=True)
        deploy.canary(0.25)
        write(tmp_path, 1)
        deploy.deploy()
        plan = deploy.plan(alias='live')
        assert [str(change) for change in plan.changes] == ['alias live: 1 (0.75 of the invokes), 2 (0.25) → 1']
        deploy.deploy(alias='live')
        assert (published(deploy), alias(deploy)) == (['1', '2'], ('1', {}))

    def test_an_alias_of_latest_becomes_one_of_a_version(self, deploy):
        deploy.deploy()
        deploy.lambda_function().alias_create(name='live')
        deploy.deploy(alias='live')
        assert alias(deploy) == ('1', {})

    def test_a_plan_changes_nothing(self, deploy, tmp_path):
        deploy.deploy(alias='live')
        write(tmp_path, 2)
        plan = deploy.plan(alias='live')
        assert [change.what for change in plan.changes] == ['code', 'version', 'alias live']
        assert (published(deploy), alias(deploy)) == (['1'], ('1', {}))

    @pytest.mark.parametrize('step', ['PublishVersion', 'UpdateAlias'])
    @pytest.mark.parametrize('moment', ['before-call', 'after-call'])
    def test_cut_at(self, step, moment, deploy, tmp_path):
        deploy.deploy(alias='live')
        write(tmp_path, 2)
        cut_at(deploy, f'{moment}.lambda.{step}')
        with pytest.raises(KeyboardInterrupt):
            deploy.deploy(alias='live')
        deploy.deploy(alias='live')
        assert (published(deploy), alias(deploy)) == (['1', '2'], ('2', {}))

    @pytest.mark.parametrize('moment', ['before-call', 'after-call'])
    def test_cut_while_the_alias_is_made(self, moment, deploy):
        cut_at(deploy, f'{moment}.lambda.CreateAlias')
        with pytest.raises(KeyboardInterrupt):
            deploy.deploy(alias='live')
        deploy.deploy(alias='live')
        assert (published(deploy), alias(deploy)) == (['1'], ('1', {}))

    def test_an_alias_that_somebody_else_made_meanwhile_is_moved(self, deploy, tmp_path):
        deploy.deploy(publish=True)
        write(tmp_path, 2)
        deploy.deploy()
        function, publish = deploy.lambda_function(), Deploy_Publish('live')
        publish.read(function)
        function.alias_create(function_version='1', name='live')
        assert (publish.run(function), alias(deploy)) == ('2', ('2', {}))

    def test_the_code_of_another_deploy_is_not_published(self, deploy, tmp_path):
        sha = deploy.deploy().code_sha256
        write(tmp_path, 2)
        deploy.deploy()
        with pytest.raises(Aws__Invalid, match='different from current CodeSHA256'):
            Deploy_Publish('live').run(deploy.lambda_function(), code_sha256=sha)
        assert published(deploy) == []

    def test_a_description_of_the_version(self, deploy):
        deploy.deploy()
        Deploy_Publish().run(deploy.lambda_function(), 'release 7')
        assert deploy.versions()[1]['Description'] == 'release 7'

    @pytest.mark.parametrize('name', ['', '12', 'a b', 'x' * 129, 'live!'])
    def test_no_call_is_made_for_an_alias_called(self, name, deploy):
        with Call_Recorder(deploy.session) as calls, pytest.raises(Setting__Invalid, match='no name for an alias'):
            deploy.deploy(alias=name)
        assert calls.sent == []

    def test_a_function_that_is_not_there_has_nothing_published(self, deploy):
        for publish in (Deploy_Publish(), Deploy_Publish('live')):
            publish.read(deploy.lambda_function())
            assert publish.version == ''
            assert publish.changes(False)[0].what == 'version'

    def test_without_an_alias_there_is_nothing_to_roll_back(self, deploy):
        deploy.deploy(publish=True)
        with pytest.raises(Deploy__No_Version, match="has no alias 'live': deploy"):
            deploy.rollback()


def cut_at(deploy, event):
    """One Ctrl-C, before the call or after its effect."""
    events = deploy.session.client('lambda').meta.events

    def cut(**_):
        events.unregister(event, cut)
        raise KeyboardInterrupt

    events.register(event, cut)
