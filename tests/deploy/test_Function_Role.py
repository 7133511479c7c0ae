"""Which role a function gets, and what that may do, on the local cloud."""

import itertools

import pytest

from osbot_lambda.aws.iam.IAM_Role import BASIC_EXECUTION, SQS_EXECUTION, IAM_Role
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Function_Role import Function_Role
from osbot_lambda.deploy.Role_Needs import NETWORK, READ_QUEUE, TRACE, Role_Needs
from osbot_lambda.errors import Role__Lacks_Permission, Wait__Timeout
from tests.deploy.Call_Recorder import Call_Recorder

OWN = Function_Role.own_name('fn')
PUT = 'iam.PutRolePolicy'
TAKING = {  # what takes something away of a function that has it all, and the call that does
    'trigger': (lambda deploy, _: deploy.set_triggers([]), 'lambda.DeleteEventSourceMapping'),
    'dead letter': (lambda deploy, _: deploy.set_dead_letter(None), 'lambda.UpdateFunctionConfiguration'),
    'VPC': (lambda deploy, _: deploy.set_vpc(), 'lambda.UpdateFunctionConfiguration'),
    'tracing': (lambda deploy, _: deploy.set_tracing('PassThrough'), 'lambda.UpdateFunctionConfiguration'),
}
EXCHANGING = {  # and what puts another in its place
    'trigger': (lambda deploy, _: deploy.set_triggers(['returns']), 'lambda.DeleteEventSourceMapping'),
    'dead letter': (
        lambda deploy, orders: deploy.set_dead_letter(orders.replace('orders', 'returns')),
        'lambda.UpdateFunctionConfiguration',
    ),
    'log group': (lambda deploy, _: deploy.set_logging(group='/shop/fn'), 'lambda.UpdateFunctionConfiguration'),
}


@pytest.fixture
def session(session_kwargs):
    return AWS_Session(session_kwargs)


@pytest.fixture
def make(session, tmp_path):
    (tmp_path / 'app.py').write_text('def run(event, context): return 1\n')

    def made(name='fn', **settings):
        return Deploy_Lambda('app.run', name, source_roots=[tmp_path], session_kwargs=session, timeout=5, **settings)

    return made


@pytest.fixture
def orders(session):
    queue = SQS_Queue('orders', session)
    queue.create()
    return queue.arn()


@pytest.fixture
def role(session):
    """role(name): as it is on the cloud."""
    return lambda name: IAM_Role(name, session)


def role_of(deploy):
    return deploy.info()['Configuration']['Role'].rpartition('/')[2]


def may(role, region='us-east-1'):
    """{actions: resources} of the inline policy that a deploy writes."""
    statements = role.inline_policy(f'osbot-lambda-{region}')['Statement']
    return {' '.join(each['Action']): each['Resource'] for each in statements}


def without_logs(allowed):
    return {actions: resources for actions, resources in allowed.items() if not actions.startswith('logs:')}


class test_of_a_new_function:
    def test_without_needs_it_is_the_shared_one(self, make, role):
        make().deploy()
        assert role_of(make()) == Function_Role.SHARED
        assert role(Function_Role.SHARED).policies_attached() == [BASIC_EXECUTION]
        assert role(Function_Role.SHARED).inline_policies() == []

    def test_with_a_trigger_it_is_its_own_and_names_the_queue_and_the_log_group(self, make, role, orders, account):
        make().add_trigger('orders').deploy()
        logs = f'arn:aws:logs:us-east-1:{account}:log-group:/aws/lambda/fn'
        assert role_of(make()) == OWN
        assert role(OWN).policies_attached() == []
        assert may(role(OWN)) == {
            'logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents': [logs, f'{logs}:*'],
            ' '.join(READ_QUEUE): [orders],
        }
        assert not role(Function_Role.SHARED).exists()

    def test_what_its_settings_need_is_allowed(self, make, role, orders):
        deploy = make().set_tracing('Active').set_vpc(['subnet-1'], ['sg-1']).set_dead_letter(orders)
        deploy.set_logging(group='/shop/fn').deploy()
        allowed = may(role(OWN))
        assert allowed['logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents'][0].endswith(':log-group:/shop/fn')
        assert without_logs(allowed) == {' '.join(NETWORK): ['*'], ' '.join(TRACE): ['*'], 'sqs:SendMessage': [orders]}

    def test_a_role_of_its_own_that_is_there_without_its_policy_gets_it(self, make, role, orders):
        """As left by a deploy that was cut off."""
        role(OWN).create_for_service('lambda.amazonaws.com')
        make().add_trigger('orders').deploy()
        assert without_logs(may(role(OWN))) == {' '.join(READ_QUEUE): [orders]}

    def test_the_name_of_a_role_has_64_characters_at_most(self):
        names = {Function_Role.own_name('f' * 63 + letter) for letter in 'ab'}
        assert [len(name) for name in names] == [64, 64]
        assert len(Function_Role.own_name('f' * 45)) == 63


class test_of_a_function_that_is_there:
    def test_with_its_first_trigger_it_gets_a_role_of_its_own(self, make, role, orders):
        make().deploy()
        deploy = make().add_trigger('orders')
        assert [change.what for change in deploy.plan().changes] == ['role', 'trigger']
        deploy.deploy()
        assert role_of(deploy) == OWN
        assert role(Function_Role.SHARED).policies_attached() == [BASIC_EXECUTION]
        assert deploy.deploy().status == 'unchanged'

    def test_not_when_the_shared_one_was_given_more(self, make, role, orders):
        make().deploy()
        role(Function_Role.SHARED).attach_policy('arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess')
        with pytest.raises(Role__Lacks_Permission, match=r'was given more than logs .*S3ReadOnly.*is not moved'):
            make().add_trigger('orders').deploy()
        assert role_of(make()) == Function_Role.SHARED
        assert not role(OWN).exists()
        role(Function_Role.SHARED).attach_policy(SQS_EXECUTION)
        make(role=Function_Role.SHARED).add_trigger('orders').deploy()
        assert role_of(make()) == Function_Role.SHARED

    def test_its_policy_follows_its_triggers(self, make, role, orders, session):
        SQS_Queue('returns', session).create()
        make().add_trigger('orders').deploy()
        make().add_trigger('returns').deploy()
        assert without_logs(may(role(OWN))) == {' '.join(READ_QUEUE): [orders, orders.replace('orders', 'returns')]}
        make().set_triggers(['orders']).deploy()
        assert without_logs(may(role(OWN))) == {' '.join(READ_QUEUE): [orders]}
        make().set_triggers([]).deploy()
        assert without_logs(may(role(OWN))) == {}

    def test_a_setting_changed_alone_leaves_what_the_triggers_need(self, make, role, orders):
        make().add_trigger('orders').deploy()
        make().set_tracing('Active').deploy()
        assert without_logs(may(role(OWN))) == {' '.join(READ_QUEUE): [orders], ' '.join(TRACE): ['*']}
        make().set_tracing('PassThrough').deploy()
        assert without_logs(may(role(OWN))) == {' '.join(READ_QUEUE): [orders]}

    def test_a_trigger_made_elsewhere_keeps_its_permission(self, make, role, orders, session):
        SQS_Queue('returns', session).create()
        make().add_trigger('orders').deploy()
        make().lambda_function().event_source_create(orders.replace('orders', 'returns'))
        make().set_tracing('Active').deploy()
        assert orders.replace('orders', 'returns') in without_logs(may(role(OWN)))[' '.join(READ_QUEUE)]

    def test_policies_of_the_users_own_stay(self, make, role, orders):
        make().add_trigger('orders').deploy()
        document = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]}
        role(OWN).set_inline_policy('mine', document).attach_policy(BASIC_EXECUTION)
        make().set_triggers([]).deploy()
        assert role(OWN).inline_policies() == ['mine', 'osbot-lambda-us-east-1']
        assert role(OWN).policies_attached() == [BASIC_EXECUTION]


def pairs(role):
    """{(action, resource)} of the inline policy that a deploy writes."""
    statements = role.inline_policy('osbot-lambda-us-east-1')['Statement']
    return {pair for each in statements for pair in itertools.product(each['Action'], each['Resource'])}


@pytest.fixture
def cut_off(session):
    """cut_off(deploy, puts): a Ctrl-C when the last of its writings of the role's policy is to be sent."""

    def cut(deploy, puts=1):
        left = [puts]

        def interrupt(**_):
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        events = session.client('iam').meta.events
        events.register(f'before-send.{PUT}', interrupt)
        try:
            with pytest.raises(KeyboardInterrupt):
                deploy.deploy()
        finally:
            events.unregister(f'before-send.{PUT}', interrupt)

    return cut


@pytest.fixture
def deleting(session):
    """deleting(times): so often a mapping is still listed after it was deleted, as on AWS."""
    left, deleted = [0], []
    events = session.client('lambda').meta.events

    def keep(parsed, **_):
        deleted.append(dict(parsed))

    def show(parsed, **_):
        if deleted and left[0]:
            left[0] -= 1
            parsed['EventSourceMappings'] += deleted

    events.register('after-call.lambda.DeleteEventSourceMapping', keep)
    events.register('after-call.lambda.ListEventSourceMappings', show)

    def made(times):
        left[0] = times
        return left

    yield made
    events.unregister('after-call.lambda.DeleteEventSourceMapping', keep)
    events.unregister('after-call.lambda.ListEventSourceMappings', show)


@pytest.fixture
def full(make, orders, session):
    """A function that has a trigger, a dead-letter queue, a VPC and tracing."""
    SQS_Queue('returns', session).create()
    deploy = make().add_trigger('orders').set_dead_letter(orders).set_vpc(['subnet-1'], ['sg-1'])
    deploy.set_tracing('Active').deploy()


class test_what_is_taken_away:
    @pytest.mark.parametrize('what', list(TAKING))
    def test_the_role_loses_it_last(self, make, role, session, orders, full, what):
        change, by = TAKING[what]
        before = pairs(role(OWN))
        with Call_Recorder(session) as recorder:
            change(make(), orders).deploy()
        assert by in recorder.sent
        assert [number for number, call in enumerate(recorder.sent) if call == PUT] == [len(recorder.sent) - 1]
        assert pairs(role(OWN)) < before
        with Call_Recorder(session) as recorder:
            assert change(make(), orders).deploy().status == 'unchanged'
        assert PUT not in recorder.sent

    @pytest.mark.parametrize('what', list(EXCHANGING))
    def test_what_takes_its_place_comes_first(self, make, role, session, orders, full, what):
        change, by = EXCHANGING[what]
        before, during = pairs(role(OWN)), []
        events, name = session.client('lambda').meta.events, f'before-send.{by}'

        def look(**_):
            during.append(pairs(role(OWN)))

        events.register(name, look)
        try:
            with Call_Recorder(session) as recorder:
                change(make(), orders).deploy()
        finally:
            events.unregister(name, look)
        after = pairs(role(OWN))
        assert during == [before | after]
        assert before - after
        assert after - before
        puts = [number for number, call in enumerate(recorder.sent) if call == PUT]
        assert (len(puts), puts[-1]) == (2, len(recorder.sent) - 1)
        assert puts[0] < recorder.sent.index(by) < puts[1]

    @pytest.mark.parametrize(
        ('change', 'by', 'puts'),
        [
            *(pytest.param(*TAKING[what], 1, id=what) for what in TAKING),
            *(pytest.param(*EXCHANGING[what], 2, id=f'another {what}') for what in EXCHANGING),
        ],
    )
    def test_the_next_deploy_takes_it_when_this_one_was_cut_off(
        self, make, role, session, orders, full, cut_off, change, by, puts
    ):
        deploy = change(make(), orders)
        before = pairs(role(OWN))
        cut_off(deploy, puts)
        assert pairs(role(OWN)) >= before
        plan = change(make(), orders).plan()
        assert [each.what for each in plan.changes] == ['permissions']
        with Call_Recorder(session) as recorder:
            assert deploy.deploy().status == 'updated'
        assert by not in recorder.sent
        assert recorder.sent.count(PUT) == 1
        assert before - pairs(role(OWN))
        assert deploy.deploy().status == 'unchanged'

    def test_so_does_one_that_changes_something_else_too(self, make, role, full, cut_off, tmp_path):
        cut_off(make().set_triggers([]))
        (tmp_path / 'app.py').write_text('def run(event, context): return 2\n')
        assert make().set_triggers([]).deploy(publish=True).version == '1'
        assert ' '.join(READ_QUEUE) not in may(role(OWN))

    def test_a_mapping_that_is_being_deleted_is_waited_for(self, make, role, session, orders, full, deleting):
        deleting(2)
        with Call_Recorder(session) as recorder:
            make().set_triggers([]).deploy()
        waits = ['lambda.ListEventSourceMappings'] * 3
        assert recorder.sent[-5:] == ['lambda.DeleteEventSourceMapping', *waits, PUT]

    def test_until_the_deadline_and_then_by_the_next_deploy(self, make, role, session, orders, full, deleting):
        left = deleting(1000)
        deploy = make().set_triggers([])
        deploy.settings.deadline = 0.1
        with pytest.raises(Wait__Timeout, match='event source mapping'):
            deploy.deploy()
        assert may(role(OWN))[' '.join(READ_QUEUE)] == [orders]
        left[0] = 2
        with Call_Recorder(session) as recorder:
            make().set_triggers([]).deploy()
        assert recorder.sent == [
            'lambda.GetFunctionConfiguration',
            'lambda.ListEventSourceMappings',
            'iam.GetRolePolicy',
            'lambda.ListEventSourceMappings',
            'lambda.ListEventSourceMappings',
            PUT,
        ]
        assert ' '.join(READ_QUEUE) not in may(role(OWN))

    def test_a_role_made_for_the_function_by_its_name_too(self, make, role, session, orders):
        SQS_Queue('returns', session).create()
        make(role='mine').deploy()
        make(role='mine').add_trigger('orders').deploy()
        with Call_Recorder(session) as recorder:
            make(role='mine').set_triggers(['returns']).deploy()
        calls = [call for call in recorder.sent if call in (PUT, 'lambda.DeleteEventSourceMapping')]
        assert calls == [PUT, 'lambda.DeleteEventSourceMapping', PUT]
        assert without_logs(may(role('mine'))) == {' '.join(READ_QUEUE): [orders.replace('orders', 'returns')]}

    def test_what_somebody_added_stays_when_nothing_changes(self, make, role, orders, full):
        name = 'osbot-lambda-us-east-1'
        document = role(OWN).inline_policy(name)
        document['Statement'].append({'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': '*'})
        role(OWN).set_inline_policy(name, document)
        assert make().set_triggers(['orders']).set_dead_letter(orders).deploy().status == 'unchanged'
        assert role(OWN).inline_policy(name) == document

    def test_the_policy_is_looked_at_only_when_something_may_have_been_taken(self, make, session, orders, full):
        read = ['lambda.GetFunctionConfiguration']
        for deploy, calls in (
            (make().set_tracing('Active').set_vpc(['subnet-1'], ['sg-1']), read),
            (make().add_trigger('orders'), [*read, 'lambda.ListEventSourceMappings']),
            (make().set_triggers('orders'), [*read, 'lambda.ListEventSourceMappings', 'iam.GetRolePolicy']),
            (make().set_dead_letter(orders), [*read, 'iam.GetRolePolicy']),
        ):
            with Call_Recorder(session) as recorder:
                assert deploy.deploy().status == 'unchanged'
            assert recorder.sent == calls

    def test_who_may_not_look_at_it_deploys_all_the_same(self, make, session, orders, full):
        with Call_Recorder(session, 1, 'denied') as recorder:
            assert make().set_dead_letter(orders).deploy().status == 'unchanged'
        assert recorder.disturbed == 'iam.GetRolePolicy'


class test_that_the_user_named:
    def test_it_is_left_as_it_is_when_it_allows_what_is_needed(self, make, role, orders):
        role('mine').create_for__lambda([SQS_EXECUTION])
        make(role='mine').add_trigger('orders').deploy()
        assert role_of(make()) == 'mine'
        assert role('mine').inline_policies() == []

    @pytest.mark.parametrize('by', ['name', 'arn'])
    def test_what_it_lacks_is_said_as_a_statement(self, make, role, orders, by):
        named = role('mine').create_for__lambda()
        given = 'mine' if by == 'name' else named.arn()
        with pytest.raises(Role__Lacks_Permission, match='add to one of its policies') as raised:
            make(role=given).add_trigger('orders').deploy()
        assert raised.value.statements == [{'Effect': 'Allow', 'Action': READ_QUEUE, 'Resource': [orders]}]
        assert not make().exists()
        named.set_inline_policy('queue', {'Version': '2012-10-17', 'Statement': raised.value.statements})
        assert make(role=given).add_trigger('orders').deploy()

    def test_also_when_the_function_has_it_already(self, make, role, orders):
        role('mine').create_for__lambda()
        make(role='mine').deploy()
        for deploy in (make(), make(role='mine')):
            with pytest.raises(Role__Lacks_Permission):
                deploy.add_trigger('orders').deploy()
        with pytest.raises(Role__Lacks_Permission, match='xray:PutTraceSegments'):
            make().set_tracing('Active').deploy()
        assert make().info()['Configuration']['TracingConfig'] == {'Mode': 'PassThrough'}

    def test_a_function_that_needs_nothing_more_does_not_have_it_looked_at(self, make, role):
        role('mine').create_for_service('lambda.amazonaws.com')
        make(role='mine').deploy()
        assert role('mine').policies_attached() == []

    def test_one_that_is_not_there_is_made_for_what_is_needed(self, make, role, orders):
        make(role='mine').deploy()
        assert (role('mine').policies_attached(), role('mine').inline_policies()) == ([BASIC_EXECUTION], [])
        make(role='mine').add_trigger('orders').deploy()
        assert without_logs(may(role('mine'))) == {' '.join(READ_QUEUE): [orders]}

    def test_another_function_may_use_it_as_it_is(self, make, role, orders):
        make(role='mine').deploy()
        make('other', role='mine').deploy()
        with pytest.raises(Role__Lacks_Permission):
            make('other', role='mine').add_trigger('orders').deploy()

    def test_one_of_another_account_is_left_to_aws(self, make, role, orders):
        role('theirs').create_for__lambda()  # one of this name is here, too
        make(role='arn:aws:iam::999988887777:role/theirs').add_trigger('orders').deploy()
        assert make().info()['Configuration']['Role'] == 'arn:aws:iam::999988887777:role/theirs'


class test_Role_Needs:
    def test_streams_topics_and_another_partition(self):
        kinesis = 'arn:aws-cn:kinesis:cn-north-1:111122223333:stream/s'
        table = 'arn:aws-cn:dynamodb:cn-north-1:111122223333:table/t/stream/1'
        topic = 'arn:aws-cn:sns:cn-north-1:111122223333:failed'
        needs = Role_Needs('/aws/lambda/fn', (kinesis, table), topic)
        found = {each['Action'][0]: each['Resource'] for each in needs.statements()}
        assert found == {
            'kinesis:DescribeStream': [kinesis],
            'kinesis:ListStreams': ['*'],
            'dynamodb:DescribeStream': [table],
            'dynamodb:ListStreams': ['*'],
            'sns:Publish': [topic],
        }
        logs = needs.logs('arn:aws-cn:iam::111122223333:role/r', 'cn-north-1')
        assert logs['Resource'][0] == 'arn:aws-cn:logs:cn-north-1:111122223333:log-group:/aws/lambda/fn'
