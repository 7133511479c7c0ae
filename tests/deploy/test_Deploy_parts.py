"""Tags, reserved concurrency and the function's URL, as Deploy_Lambda makes them on the local cloud."""

import pytest

from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Deploy_Tags import Deploy_Tags
from osbot_lambda.errors import Aws__Access_Denied, Aws__Invalid, Setting__Invalid
from tests.deploy.Call_Recorder import Call_Recorder

CORS = {'AllowOrigins': ['https://a.example'], 'AllowMethods': ['GET'], 'MaxAge': 60}


@pytest.fixture
def session(session_kwargs):
    return AWS_Session(session_kwargs)


@pytest.fixture
def make(session, tmp_path):
    (tmp_path / 'app.py').write_text('def run(event, context): return {"is": 1}\n')

    def made(**given):
        return Deploy_Lambda('app.run', source_roots=[tmp_path], session_kwargs=session, **given)

    return made


def changes(found):
    return [str(change) for change in found.changes]


class test_Deploy_parts:
    # ---- tags

    def test_tags_come_with_the_function(self, make, session):
        with Call_Recorder(session) as recorder:
            result = make().set_tags({'team': 'shop', 'gone': None}).deploy()
        assert 'tags: (none) → team=shop' in changes(result)
        assert 'lambda.TagResource' not in recorder.sent
        assert make().info()['Tags'] == {'team': 'shop'}

    def test_tags_are_added_changed_and_taken_off_and_others_stay(self, make):
        make().set_tags({'a': '1', 'b': '2', 'stays': 'x'}).deploy()
        deploy = make().set_tags({'a': '9', 'b': None, 'c': '3'})
        result = deploy.deploy()
        assert changes(result) == ['tags: a=1, b=2 → a=9, c=3']
        assert make().info()['Tags'] == {'a': '9', 'c': '3', 'stays': 'x'}
        assert deploy.deploy().status == 'unchanged'

    def test_a_function_that_was_deleted_in_between_gets_its_tags_again(self, make):
        deploy = make().set_tags({'a': '1'}).set_reserved_concurrency(2)
        deploy.deploy()
        deploy.delete()
        assert deploy.deploy().status == 'created'
        assert deploy.info()['Tags'] == {'a': '1'}
        assert deploy.lambda_function().concurrency() == 2

    @pytest.mark.parametrize(
        ('tags', 'text'),
        [
            ({'a': 1}, "tag 'a' is 1; tags are text"),
            ({'aws:a': 'x'}, 'aws: is not at its start'),
            ({'': 'x'}, '1 to 128 characters'),
            ({'a': 'x' * 257}, '257 characters; at most 256'),
            ({str(number): 'x' for number in range(51)}, '51 tags are too many; Lambda takes 50'),
        ],
    )
    def test_tags_that_lambda_refuses_are_refused_at_once(self, make, tags, text):
        with pytest.raises(Setting__Invalid, match=text):
            make().set_tags(tags)

    def test_tags_that_may_not_be_read_are_no_tags(self):
        class Function:
            name = 'app'

            def info(self):
                return {'Configuration': {}, 'TagsError': {'ErrorCode': 'AccessDeniedException', 'Message': 'no'}}

        with pytest.raises(Aws__Access_Denied, match=r'ListTags of app: AccessDeniedException: no'):
            Deploy_Tags({'a': '1'}).read(Function())

    # ---- reserved concurrency

    def test_concurrency_is_reserved_changed_and_given_back(self, make):
        deploy = make().set_reserved_concurrency(5)
        assert 'reserved concurrency: (none) → 5' in changes(deploy.deploy())
        assert deploy.lambda_function().concurrency() == 5
        assert deploy.deploy().status == 'unchanged'
        assert changes(deploy.set_reserved_concurrency(0).deploy()) == ['reserved concurrency: 5 → 0']
        assert deploy.lambda_function().concurrency() == 0
        assert changes(deploy.set_reserved_concurrency(None).deploy()) == ['reserved concurrency: 0 → (none)']
        assert deploy.lambda_function().concurrency() is None
        assert deploy.deploy().status == 'unchanged'

    @pytest.mark.parametrize('wrong', [-1, True, '5', 1.5])
    def test_what_is_no_number_of_invokes_is_refused_at_once(self, make, wrong):
        with pytest.raises(Setting__Invalid, match='reserved concurrency is'):
            make().set_reserved_concurrency(wrong)

    def test_more_than_the_account_has_is_aws_s_to_say(self, make):
        with pytest.raises(Aws__Invalid, match='minimum value'):
            make().set_reserved_concurrency(950).deploy()

    # ---- URL

    def test_a_url_is_made_changed_and_removed(self, make):
        deploy = make().set_function_url(cors=CORS)
        cors = 'AllowOrigins https://a.example, AllowMethods GET, MaxAge 60'
        assert changes(deploy.deploy())[-2:] == ['url: (none) → AWS_IAM', f'url cors: (none) → {cors}']
        url = deploy.function_url()
        assert deploy.deploy().status == 'unchanged'
        result = deploy.set_function_url(cors={}, invoke_mode='RESPONSE_STREAM').deploy()
        assert changes(result) == [f'url cors: {cors} → (none)', 'url mode: BUFFERED → RESPONSE_STREAM']
        assert deploy.deploy().status == 'unchanged'
        assert deploy.function_url() == url
        assert changes(deploy.set_function_url(False).deploy()) == ['url: AWS_IAM → (none)']
        assert deploy.function_url() is None
        assert deploy.deploy().status == 'unchanged'

    def test_what_was_not_named_of_a_url_stays(self, make):
        make().set_function_url(cors=CORS, invoke_mode='RESPONSE_STREAM').deploy()
        assert make().set_function_url().deploy().status == 'unchanged'
        found = make().lambda_function().function_url_info()
        assert (found['Cors'], found['InvokeMode']) == (CORS, 'RESPONSE_STREAM')

    def test_a_public_url_has_both_statements(self, make):
        deploy = make().set_function_url('NONE')
        assert changes(deploy.deploy())[-2:] == ['url: (none) → NONE', 'url callers: (none) → everybody']
        actions = [statement['Action'] for statement in deploy.lambda_function().permissions()]
        assert sorted(actions) == ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl']
        assert deploy.deploy().status == 'unchanged'

    def test_a_public_url_that_was_made_without_them_gets_them(self, make):
        make().deploy()
        make().lambda_function().function_url_create(auth_type='NONE')
        result = make().set_function_url('NONE').deploy()
        assert changes(result) == ['url callers: (none) → everybody']
        assert len(make().lambda_function().permissions()) == 2

    def test_a_statement_for_some_is_none_for_everybody(self, make):
        deploy = make().set_function_url('NONE')
        deploy.deploy()
        function = deploy.lambda_function()
        function.policy_statements_clear()
        function.permission_add(statement_id='org', principal='*', principal_org_id='o-a1b2c3d4e5')
        function.permission_add(
            statement_id='url', action='lambda:InvokeFunctionUrl', principal='*', function_url_auth_type='NONE'
        )
        assert changes(deploy.deploy()) == ['url callers: (none) → everybody']

    def test_a_url_that_is_no_longer_public_loses_its_statements_and_no_others(self, make):
        deploy = make().set_function_url('NONE')
        deploy.deploy()
        deploy.lambda_function().permission_add(statement_id='mine', principal='s3.amazonaws.com')
        for named in ('AWS_IAM', 'NONE', False):
            deploy.set_function_url(named).deploy()
            assert deploy.deploy().status == 'unchanged'
            sids = {statement['Sid'] for statement in deploy.lambda_function().permissions()}
            assert len(sids) == (3 if named == 'NONE' else 1)
            assert 'mine' in sids

    @pytest.mark.parametrize(
        ('given', 'text'),
        [
            (('IAM',), "auth_type is 'IAM'"),
            (('NONE', None, 'STREAM'), "invoke_mode is 'STREAM'"),
            (('NONE', {'Origins': ['*']}), "cors has no 'Origins'"),
            (('NONE', {'AllowOrigins': '*'}), 'AllowOrigins of cors'),
            (('NONE', {'AllowCredentials': 1}), 'of the kind bool'),
            (('NONE', {'MaxAge': 86401}), 'Lambda takes 0 to 86400'),
        ],
    )
    def test_a_url_that_lambda_refuses_is_refused_at_once(self, make, given, text):
        with pytest.raises(Setting__Invalid, match=text):
            make().set_function_url(*given)

    # ---- together

    def test_a_plan_is_data_text_and_table(self, make):
        make().deploy()
        deploy = make(timeout=7).set_tags({'team': 'shop'}).set_reserved_concurrency(1).set_function_url()
        plan = deploy.plan(alias='live')
        assert plan.action == 'update'
        assert [change.what for change in plan.changes] == [
            'Timeout',
            'version',
            'alias live',
            'tags',
            'reserved concurrency',
            'url',
        ]
        assert str(plan).splitlines()[0] == 'update app'
        assert '>reserved concurrency</td>' in plan._repr_html_()
        assert changes(deploy.deploy(alias='live')) == changes(plan)
        assert str(deploy.plan(alias='live')) == 'app is up to date'
