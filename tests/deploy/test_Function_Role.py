"""Which role a function gets, and what that may do, on the local cloud."""

import pytest

from osbot_lambda.aws.iam.IAM_Role import BASIC_EXECUTION, SQS_EXECUTION, IAM_Role
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Function_Role import Function_Role
from osbot_lambda.deploy.Role_Needs import NETWORK, READ_QUEUE, TRACE, Role_Needs
from osbot_lambda.errors import Role__Lacks_Permission

OWN = Function_Role.own_name('fn')


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
