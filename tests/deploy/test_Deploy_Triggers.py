"""Triggers of a deploy, on the local cloud; what that doesn't do as AWS does is put in between."""

import json

import pytest
from botocore.awsrequest import AWSResponse

from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Function_Role import Function_Role
from osbot_lambda.errors import (
    Aws__Invalid,
    Role__Lacks_Permission,
    Setting__Invalid,
    Trigger__Invalid,
    Trigger__No_Source,
    Wait__Timeout,
)
from tests.deploy.Call_Recorder import Call_Recorder

READ = ['lambda.GetFunctionConfiguration', 'lambda.ListEventSourceMappings']


class Raw:
    def __init__(self, body):
        self.body = body

    def stream(self, *_, **__):
        yield self.body


@pytest.fixture
def session(session_kwargs):
    return AWS_Session(session_kwargs)


@pytest.fixture
def queue(session):
    """queue(name): one that is there."""

    def made(name, seconds=30):
        queue = SQS_Queue(name, session)
        queue.create({'VisibilityTimeout': seconds})
        return queue

    return made


@pytest.fixture
def make(session, tmp_path):
    """make(name): a deploy of a function, of 5 s."""
    (tmp_path / 'app.py').write_text('def run(event, context): return 1\n')

    def made(name='fn', **settings):
        settings = {'timeout': 5, **settings}
        return Deploy_Lambda('app.run', name, source_roots=[tmp_path], session_kwargs=session, **settings)

    return made


@pytest.fixture
def calls(session):
    """calls(deploy): of one deploy(), those that aren't waits."""

    def made(deploy):
        with Call_Recorder(session) as recorder:
            deploy.deploy()
        return recorder.sent

    return made


@pytest.fixture
def refused(session):
    """refused(operation, code, message, times): the cloud says so first."""
    undo = []

    def add(operation, code, message, times=1, status=400):
        left = [times]

        def answer(request, **_):
            if left[0] == 0:
                return None
            left[0] -= 1
            headers = {'x-amzn-errortype': code, 'content-type': 'application/json'}
            return AWSResponse(request.url, status, headers, Raw(json.dumps({'message': message}).encode()))

        events, name = session.client('lambda').meta.events, f'before-send.lambda.{operation}'
        events.register(name, answer)
        undo.append(lambda: events.unregister(name, answer))
        return left

    yield add
    for each in undo:
        each()


def mappings(deploy):
    """{queue: (BatchSize, State)}"""
    found = deploy.lambda_function().event_sources()
    return {each['EventSourceArn'].rpartition(':')[2]: (each['BatchSize'], each['State']) for each in found}


class test_add_trigger:
    def test_a_message_runs_the_function(self, make, queue, session, tmp_path):
        done = queue('done')
        queue('orders')
        (tmp_path / 'app.py').write_text(
            'import boto3\n'
            'def run(event, context):\n'
            f'    boto3.client("sqs").send_message(QueueUrl={done.url()!r}, MessageBody=event["Records"][0]["body"])\n'
        )
        make().add_trigger('orders').deploy()
        SQS_Queue('orders', session).push({'order': 1})
        found = done.call('receive_message', QueueUrl=done.url(), WaitTimeSeconds=20)
        assert json.loads(found['Messages'][0]['Body']) == {'order': 1}

    def test_by_name_by_url_by_arn_and_by_object(self, make, queue):
        deploy = make()
        names = ['by-name', 'by-url', 'by-arn', 'by-object']
        queues = [queue(name) for name in names]
        for source in ('by-name', queues[1].url(), queues[2].arn(), queues[3]):
            deploy.add_trigger(source)
        deploy.deploy()
        assert sorted(mappings(deploy)) == sorted(names)
        assert deploy.deploy().status == 'unchanged'

    def test_a_queue_named_twice_is_one_trigger(self, make, queue):
        deploy = make().add_trigger('orders', batch_size=1).add_trigger(queue('orders'), batch_size=2)
        deploy.deploy()
        assert mappings(deploy) == {'orders': (2, 'Enabled')}

    def test_what_changed_is_updated_and_the_rest_left(self, make, queue):
        queue('orders')
        make().add_trigger('orders', batch_size=3, window=2, enabled=False).deploy()
        deploy = make().add_trigger('orders', batch_size=4)
        changes = deploy.plan().changes
        assert [str(change) for change in changes] == ['trigger orders: BatchSize 3 → BatchSize 4']
        assert deploy.deploy().changes == changes
        found = deploy.lambda_function().event_sources()[0]
        assert (found['BatchSize'], found['MaximumBatchingWindowInSeconds'], found['State']) == (4, 2, 'Disabled')

    def test_mappings_made_elsewhere_stay(self, make, queue):
        queue('orders')
        make().deploy()
        function = make().lambda_function()
        function.event_source_create(queue('elsewhere').arn())
        make().add_trigger('orders').deploy()
        assert sorted(mappings(make())) == ['elsewhere', 'orders']
        make().deploy()
        assert sorted(mappings(make())) == ['elsewhere', 'orders']

    def test_one_that_is_there_from_a_function_of_this_name_before_is_taken(self, make, queue):
        queue('orders')
        deploy = make().add_trigger('orders', batch_size=3)
        deploy.deploy()
        deploy.lambda_function().delete()
        again = make().add_trigger('orders', batch_size=4)
        assert again.deploy().status == 'created'
        assert mappings(again) == {'orders': (4, 'Enabled')}

    def test_the_mapping_of_an_alias_is_another(self, make, queue):
        arn = queue('orders').arn()
        make().deploy(alias='live')
        function = make().lambda_function()
        function.event_source_create(arn, function_name='fn:live')
        make().add_trigger('orders').deploy()
        found = sorted(each['FunctionArn'].partition(':fn')[2] for each in function.event_sources())
        assert found == ['', ':live']
        make().set_triggers([]).deploy()
        assert [each['FunctionArn'].partition(':fn')[2] for each in function.event_sources()] == [':live']


class test_set_triggers:
    def test_they_are_all_that_there_is(self, make, queue):
        for name in ('a', 'b', 'c'):
            queue(name)
        make().add_trigger('a').add_trigger('b').deploy()
        make().set_triggers(['b', {'source': 'c', 'batch_size': 2}]).deploy()
        assert mappings(make()) == {'b': (10, 'Enabled'), 'c': (2, 'Enabled')}
        plan = make().set_triggers([]).plan()
        assert [change.old.rpartition(':')[2] for change in plan.changes] == ['b', 'c']
        make().set_triggers([]).deploy()
        assert mappings(make()) == {}
        assert make().set_triggers([]).deploy().status == 'unchanged'

    def test_a_name_alone_is_one_of_them(self, make, queue):
        queue('orders')
        make().set_triggers('orders').deploy()
        assert list(mappings(make())) == ['orders']

    def test_unknown_settings_are_refused_at_once(self, make):
        with pytest.raises(TypeError, match='batchsize'):
            make().set_triggers([{'source': 'orders', 'batchsize': 2}])
        with pytest.raises(Trigger__Invalid):
            make().set_triggers([{'source': 'arn:aws:s3:::bucket'}])


class test_before_anything_is_changed:
    def test_a_queue_has_to_be_there(self, make, session):
        with pytest.raises(
            Trigger__No_Source, match=r"queue nope.*is not there in us-east-1.*SQS_Queue\('nope'\).create"
        ):
            make().add_trigger('nope').deploy()
        assert not make().exists()
        assert session.client('iam').list_roles()['Roles'] == []

    def test_a_queue_has_to_hide_a_message_as_long_as_the_function_may_run(self, make, queue):
        queue('orders', 30)
        with pytest.raises(Setting__Invalid, match=r'hides a message for 30 s, and function fn may run for 31 s.*186'):
            make(timeout=31).add_trigger('orders').deploy()
        assert not make().exists()
        make(timeout=30).add_trigger('orders').deploy()
        with pytest.raises(Setting__Invalid, match='may run for 40 s'):
            make(timeout=40).add_trigger('orders').deploy()
        assert make().info()['Configuration']['Timeout'] == 30

    def test_so_it_is_for_the_timeout_that_a_function_has_or_would_get(self, make, queue):
        queue('orders', 30)
        with pytest.raises(Setting__Invalid, match='may run for 60 s'):
            make(timeout=None).add_trigger('orders').deploy()
        make(timeout=50).deploy()
        with pytest.raises(Setting__Invalid, match='may run for 50 s'):
            make(timeout=None).add_trigger('orders').deploy()

    def test_a_stream_has_to_say_where_it_is_read_from(self, make):
        with pytest.raises(Trigger__Invalid, match='needs a starting_position'):
            make().add_trigger('arn:aws:kinesis:us-east-1:000000000000:stream/s').deploy()
        assert not make().exists()


class test_what_the_cloud_says:
    def test_a_stream_on_the_local_cloud_is_an_error_by_name(self, make):
        arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/s'
        with pytest.raises(Aws__Invalid, match='event source mappings for kinesis'):
            make().add_trigger(arn, starting_position='LATEST').deploy()

    def test_a_mapping_in_use_is_waited_for(self, make, queue, refused):
        queue('orders')
        make().add_trigger('orders').deploy()
        left = refused('UpdateEventSourceMapping', 'ResourceInUseException', 'in use', 2)
        make().add_trigger('orders', batch_size=1).deploy()
        assert (left, mappings(make())) == ([0], {'orders': (1, 'Enabled')})
        left = refused('DeleteEventSourceMapping', 'ResourceInUseException', 'in use', 2)
        make().set_triggers([]).deploy()
        assert (left, mappings(make())) == ([0], {})

    def test_until_the_deadline(self, make, queue, refused):
        queue('orders')
        make().add_trigger('orders').deploy()
        refused('UpdateEventSourceMapping', 'ResourceInUseException', 'in use', 1000)
        deploy = make().add_trigger('orders', batch_size=1)
        deploy.settings.deadline = 0.1
        with pytest.raises(Wait__Timeout, match='event source mapping'):
            deploy.deploy()

    def test_a_mapping_that_is_gone_need_not_be_removed(self, make, queue, refused):
        queue('orders')
        make().add_trigger('orders').deploy()
        refused('DeleteEventSourceMapping', 'ResourceNotFoundException', 'gone', 1, 404)
        assert make().set_triggers([]).deploy()

    def test_a_mapping_that_is_being_deleted_is_made_again(self, make, queue, refused):
        queue('orders')
        left = refused('CreateEventSourceMapping', 'ResourceConflictException', 'it exists already', 2, 409)
        make().add_trigger('orders').deploy()
        assert (left, list(mappings(make()))) == ([0], ['orders'])

    def test_a_permission_that_lambda_does_not_know_of_yet_is_waited_for(self, make, queue, refused):
        queue('orders')
        text = 'The provided execution role does not have permissions to call ReceiveMessage on SQS'
        left = refused('CreateEventSourceMapping', 'InvalidParameterValueException', text, 2)
        make().add_trigger('orders').deploy()
        assert (left, list(mappings(make()))) == ([0], ['orders'])

    def test_one_that_lacks_for_good_is_said_with_the_statement(self, make, queue, refused, session):
        """A role in another account, whose policies nobody here can look at."""
        arn = queue('orders').arn()
        text = 'The provided execution role does not have permissions to call ReceiveMessage on SQS'
        refused('CreateEventSourceMapping', 'InvalidParameterValueException', text, 1000)
        role = 'arn:aws:iam::999988887777:role/theirs'
        make(role=role).deploy()
        with pytest.raises(Role__Lacks_Permission, match='sqs:ReceiveMessage') as raised:
            make(role=role).add_trigger('orders').deploy()
        assert raised.value.statements[0]['Resource'] == [arn]


class test_calls:
    def test_of_a_first_deploy_with_a_trigger(self, make, queue, calls):
        queue('orders')
        assert calls(make().add_trigger('orders')) == [
            'lambda.GetFunctionConfiguration',
            'sqs.GetQueueUrl',
            'sqs.GetQueueAttributes',
            'iam.CreateRole',
            'iam.PutRolePolicy',
            'lambda.CreateFunction',
            'lambda.GetFunctionConfiguration',
            'lambda.CreateEventSourceMapping',
        ]

    def test_of_one_with_nothing_to_do(self, make, queue, calls):
        deploy = make().add_trigger(queue('orders')).add_trigger(queue('returns'))
        deploy.deploy()
        assert calls(deploy) == READ

    def test_of_a_changed_trigger(self, make, queue, calls):
        queue('orders')
        make().add_trigger('orders').deploy()
        assert calls(make().add_trigger('orders', batch_size=1)) == [*READ, 'lambda.UpdateEventSourceMapping']

    def test_of_one_more(self, make, queue, calls):
        queue('orders')
        queue('returns')
        make().add_trigger('orders').deploy()
        assert calls(make().add_trigger('returns')) == [
            *READ,
            'sqs.GetQueueUrl',
            'sqs.GetQueueAttributes',
            'iam.PutRolePolicy',
            'lambda.CreateEventSourceMapping',
        ]

    def test_a_plan_only_reads(self, make, queue, session):
        queue('orders')
        make().deploy()
        with Call_Recorder(session) as recorder:
            plan = make().add_trigger('orders').plan()
        assert recorder.sent == READ
        assert plan.role == Function_Role.own_name('fn')
