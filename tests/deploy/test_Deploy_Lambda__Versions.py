import pytest

from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Aws__Not_Found, Deploy__Alias_Not_Moved, Deploy__No_Version, Setting__Invalid
from tests.deploy.Call_Recorder import Call_Recorder


@pytest.fixture
def deploy(tmp_path, session_kwargs):
    """A function with versions 1, 2 and 3; 'live' is at 3."""
    write(tmp_path, 1)
    deploy = Deploy_Lambda('task.run', source_roots=[tmp_path], session_kwargs=session_kwargs)
    for value in (1, 2, 3):
        write(tmp_path, value)
        deploy.deploy(publish=True, alias='live')
    return deploy


def write(folder, value):
    (folder / 'task.py').write_text(f'def run(event, context): return {value}\n')


def live(deploy):
    return deploy.lambda_function().invoke_result({}, qualifier='live').value


class test_rollback:
    def test_moves_to_the_version_before(self, deploy):
        moved = deploy.rollback()
        assert (str(moved), moved.version, live(deploy)) == ('alias live of task: 3 → 2', '2', 2)

    def test_again_to_the_one_before_that(self, deploy):
        assert [deploy.rollback().version for _ in range(2)] == ['2', '1']
        with pytest.raises(Deploy__No_Version, match='has version 1, and there is none before it'):
            deploy.rollback()
        assert live(deploy) == 1

    def test_only_to_a_version_that_is_there(self, deploy):
        deploy.lambda_function().version_delete('2')
        assert deploy.rollback().version == '1'

    def test_ends_a_canary_first(self, deploy):
        deploy.rollback()
        deploy.canary(0.5)
        assert (str(deploy.rollback().after), live(deploy)) == ('2', 2)

    def test_leaves_other_aliases_and_latest_alone(self, deploy):
        deploy.lambda_function().alias_create(function_version='3', name='beta')
        deploy.rollback()
        assert deploy.lambda_function().alias(name='beta')['FunctionVersion'] == '3'
        assert deploy.invoke() == 3

    def test_of_an_alias_of_latest_says_what_to_do(self, deploy):
        deploy.lambda_function().alias_create(name='beta')
        with pytest.raises(Deploy__No_Version, match=r'points to \$LATEST.*alias=.beta'):
            deploy.rollback('beta')

    def test_of_a_function_that_is_not_there(self, session_kwargs):
        with pytest.raises(Deploy__No_Version, match='no alias'):
            Deploy_Lambda('no-such-function', session_kwargs=session_kwargs).rollback()

    @pytest.mark.parametrize('fault', ['answer lost', 'too slow', 'throttled'])
    def test_moves_by_one_also_when(self, fault, deploy):
        with Call_Recorder(deploy.session) as calls:
            deploy.rollback()
        deploy.canary(1)
        deploy.promote()
        with Call_Recorder(deploy.session, calls.sent.index('lambda.UpdateAlias'), fault):
            assert deploy.rollback().version == '2'
        assert live(deploy) == 2

    def test_verifies(self, deploy):
        function = deploy.lambda_function()
        events = function.client().meta.events

        def somebody_else(**_):
            events.unregister('after-call.lambda.UpdateAlias', somebody_else)
            function.alias_update(name='live', function_version='1')

        events.register('after-call.lambda.UpdateAlias', somebody_else)
        with pytest.raises(Deploy__Alias_Not_Moved, match='moved to 2, and reads back as 1'):
            deploy.rollback()


class test_canary:
    def test_shares_the_invokes(self, deploy):
        deploy.rollback()
        moved = deploy.canary(0.5)
        assert (moved.after.version, moved.after.canary, moved.after.weight) == ('2', '3', 0.5)
        assert {live(deploy) for _ in range(60)} == {2, 3}

    def test_takes_the_newest_version_and_can_be_raised(self, deploy):
        deploy.rollback()
        deploy.rollback()
        assert [str(deploy.canary(weight).after) for weight in (0.1, 0.9)] == [
            '1 (0.9 of the invokes), 3 (0.1)',
            '1 (0.1 of the invokes), 3 (0.9)',
        ]

    def test_promote_makes_it_all(self, deploy):
        deploy.rollback()
        deploy.canary(0.1)
        assert str(deploy.promote()) == 'alias live of task: 2 (0.9 of the invokes), 3 (0.1) → 3'
        assert live(deploy) == 3
        with pytest.raises(Deploy__No_Version, match='version 3 and no canary'):
            deploy.promote()

    def test_abort_ends_it_and_may_be_said_twice(self, deploy):
        deploy.rollback()
        deploy.canary(1)
        assert live(deploy) == 3
        assert [str(deploy.abort_canary().after) for _ in range(2)] == ['2', '2']
        assert live(deploy) == 2

    def test_needs_a_newer_version(self, deploy):
        with pytest.raises(Deploy__No_Version, match=r'no newer one: deploy\(publish=True\) makes it'):
            deploy.canary(0.1)

    @pytest.mark.parametrize('weight', [-0.1, 1.1, '0.5', True, float('nan')], ids=str)
    def test_refuses_a_weight_of(self, weight, deploy):
        with pytest.raises(Setting__Invalid, match='0 to 1'):
            deploy.canary(weight)


class test_versions:
    def test_the_newest_first_with_their_aliases(self, deploy):
        deploy.rollback()
        deploy.canary(0.25)
        deploy.lambda_function().alias_create(function_version='2', name='beta')
        rows = [(row['Version'], row['Aliases']) for row in deploy.versions()]
        assert rows == [('$LATEST', ''), ('3', 'live (0.25)'), ('2', 'beta, live (0.75)'), ('1', '')]

    def test_is_a_table_in_a_notebook(self, deploy):
        html = deploy.versions()._repr_html_()
        assert '4 items' in html
        assert '>Aliases<' in html

    def test_a_move_is_a_table_in_a_notebook(self, deploy):
        assert '<b>alias live of task</b>' in deploy.rollback()._repr_html_()

    def test_ten_come_after_nine(self, deploy, tmp_path):
        for value in range(4, 12):
            write(tmp_path, value)
            deploy.deploy(publish=True, alias='live')
        assert [row['Version'] for row in deploy.versions()][:4] == ['$LATEST', '11', '10', '9']
        assert [deploy.rollback().version for _ in range(2)] == ['10', '9']

    def test_of_a_function_that_is_not_there(self, session_kwargs):
        with pytest.raises(Aws__Not_Found):
            Deploy_Lambda('no-such-function', session_kwargs=session_kwargs).versions()
