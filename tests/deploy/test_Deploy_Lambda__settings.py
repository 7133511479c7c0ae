"""Each setting that Deploy_Lambda knows, made so on the local cloud; and what was never named, left as it is."""

import pytest

from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Setting__Invalid, Wait__Timeout
from tests.deploy.Call_Recorder import Call_Recorder
from tests.deploy.Cloud_State import Cloud_State

QUEUE = 'arn:aws:sqs:us-east-1:123456789012:failed'


@pytest.fixture
def session(session_kwargs):
    return AWS_Session(session_kwargs)


@pytest.fixture
def make(session, tmp_path):
    (tmp_path / 'app.py').write_text('def run(event, context): return 1\n')

    def made(**given):
        return Deploy_Lambda('app.run', source_roots=[tmp_path], session_kwargs=session, **given)

    return made


def changes(plan):
    return [str(change) for change in plan.changes]


# what is said first, what the function has of it, what is said then, what it has then, and the text of that change
SETTINGS = {
    'tracing': (
        ('set_tracing', 'Active'),
        ('TracingConfig', {'Mode': 'Active'}),
        ('set_tracing', 'PassThrough'),
        {'Mode': 'PassThrough'},
        'TracingConfig: Active → PassThrough',
    ),
    'architecture': (
        ('set_architecture', 'arm64'),
        ('Architectures', ['arm64']),
        ('set_architecture', 'x86_64'),
        ['x86_64'],
        'Architectures: arm64 → x86_64',
    ),
    'vpc': (
        ('set_vpc', ['subnet-2', 'subnet-1'], ['sg-1']),
        ('VpcConfig', {'SubnetIds': ['subnet-1', 'subnet-2'], 'SecurityGroupIds': ['sg-1']}),
        ('set_vpc',),
        {'SubnetIds': [], 'SecurityGroupIds': []},
        'VpcConfig: SubnetIds subnet-1, subnet-2, SecurityGroupIds sg-1 → (none)',
    ),
    'dead letter': (
        ('set_dead_letter', QUEUE),
        ('DeadLetterConfig', {'TargetArn': QUEUE}),
        ('set_dead_letter', None),
        None,
        f'DeadLetterConfig: {QUEUE} → (none)',
    ),
    'logging': (
        ('set_logging', 'JSON', 'DEBUG', 'WARN', '/mine'),
        (
            'LoggingConfig',
            {'LogFormat': 'JSON', 'ApplicationLogLevel': 'DEBUG', 'SystemLogLevel': 'WARN', 'LogGroup': '/mine'},
        ),
        ('set_logging', 'Text'),
        {'LogFormat': 'Text', 'LogGroup': '/mine'},
        'LoggingConfig: LogFormat JSON, ApplicationLogLevel DEBUG, SystemLogLevel WARN → LogFormat Text',
    ),
    'ephemeral storage': (
        ('set_ephemeral_storage', 1024),
        ('EphemeralStorage', {'Size': 1024}),
        ('set_ephemeral_storage', 512),
        {'Size': 512},
        'EphemeralStorage: 1024 → 512',
    ),
    'environment': (
        ('set_env_variables', {'KEY': 'secret'}),
        ('Environment', {'Variables': {'KEY': 'secret'}}),
        ('set_env_variables', {}),
        {'Variables': {}},
        'Environment: KEY → (none)',
    ),
    'description': (
        ('set_description', 'mine'),
        ('Description', 'mine'),
        ('set_description', ''),
        '',
        'Description: mine → (none)',
    ),
    'runtime': (
        ('set_runtime', 'python3.12'),
        ('Runtime', 'python3.12'),
        ('set_runtime', 'python3.13'),
        'python3.13',
        'Runtime: python3.12 → python3.13',
    ),
}


class test_Deploy_Lambda__settings:
    # ---- one by one

    @pytest.mark.parametrize('name', list(SETTINGS))
    def test_is_made_and_changed_and_then_is_as_named(self, make, name):
        (setter, *said), (key, has), (_, *then), has_then, text = SETTINGS[name]

        def there(names):
            found = deploy.lambda_function().configuration().get(key)
            return {name: found.get(name) for name in names} if isinstance(found, dict) else found

        deploy = make()
        getattr(deploy, setter)(*said).deploy()
        assert there(has) == has
        assert deploy.deploy().status == 'unchanged'
        getattr(deploy, setter)(*then)
        assert changes(deploy.plan()) == [text]
        assert deploy.deploy().status == 'updated'
        assert there(has_then) == has_then
        assert deploy.deploy().status == 'unchanged'

    @pytest.mark.parametrize('name', list(SETTINGS))
    def test_can_be_named_of_a_function_that_is_there(self, make, name):
        (setter, *said), (key, has), *_ = SETTINGS[name]
        make().deploy()
        deploy = make()
        getattr(deploy, setter)(*said).deploy()
        found = deploy.lambda_function().configuration()[key]
        assert ({name: found[name] for name in has} if isinstance(has, dict) else found) == has

    def test_the_order_of_subnets_is_no_change(self, make):
        make().set_vpc(['subnet-2', 'subnet-1'], ['sg-1']).deploy()
        assert make().set_vpc(['subnet-1', 'subnet-2'], ['sg-1']).deploy().status == 'unchanged'

    def test_only_what_is_named_of_the_logging_is_changed(self, make):
        make().set_logging('JSON', application_level='DEBUG', group='/mine').deploy()
        make().set_logging(system_level='DEBUG').deploy()
        assert make().lambda_function().configuration()['LoggingConfig'] == {
            'LogFormat': 'JSON',
            'ApplicationLogLevel': 'DEBUG',
            'SystemLogLevel': 'DEBUG',
            'LogGroup': '/mine',
        }

    def test_another_architecture_sends_the_code_with_it(self, make, session):
        make().deploy()
        with Call_Recorder(session) as recorder:
            make().set_architecture('arm64').deploy()
        assert [call for call in recorder.sent if 'Get' not in call] == ['lambda.UpdateFunctionCode']

    def test_code_goes_to_an_arm64_function_when_no_architecture_is_named(self, make, tmp_path):
        make().set_architecture('arm64').deploy()
        (tmp_path / 'app.py').write_text('def run(event, context): return 2\n')
        make().deploy()
        assert make().lambda_function().configuration()['Architectures'] == ['arm64']

    # ---- what Lambda would refuse

    @pytest.mark.parametrize(
        ('setter', 'said', 'text'),
        [
            ('set_tracing', ('On',), "tracing is 'On'; Lambda takes 'Active' or 'PassThrough'"),
            ('set_architecture', ('arm',), "architecture is 'arm'; Lambda takes 'x86_64' or 'arm64'"),
            ('set_vpc', (['subnet-1'],), 'both, subnet_ids and security_group_ids'),
            ('set_vpc', ([f'subnet-{number}' for number in range(17)], ['sg-1']), '17 subnets; Lambda takes 16'),
            ('set_dead_letter', ('my-queue',), "dead letters can not go to 'my-queue'"),
            ('set_logging', ('xml',), "log format is 'xml'"),
            ('set_logging', ('JSON', 'LOUD'), "ApplicationLogLevel is 'LOUD'"),
            ('set_logging', ('Text', 'INFO'), "a log in the format 'Text' has no levels"),
            ('set_logging', (None, None, None, 'a b'), "'a b' is no name for a log group"),
            ('set_deadline', (0,), 'it has to be more than 0'),
        ],
    )
    def test_is_refused_before_any_call(self, make, session, setter, said, text):
        deploy = make()
        getattr(deploy, setter)(*said)
        with Call_Recorder(session) as recorder, pytest.raises(Setting__Invalid, match=text):
            deploy.deploy()
        assert recorder.sent == []

    def test_levels_for_a_log_that_is_text_are_refused_before_anything_is_changed(self, make):
        make().deploy()
        with pytest.raises(Setting__Invalid, match=r"ApplicationLogLevel is 'DEBUG', .*set_logging\(format='JSON'\)"):
            make().set_timeout(7).set_logging(application_level='DEBUG').deploy()
        assert make().lambda_function().configuration()['Timeout'] == 60

    # ---- never named

    def test_what_was_never_named_stays(self, make, session, tmp_path):
        make().deploy()
        function = make().lambda_function()
        function.configuration_update(
            Description='by hand',
            MemorySize=333,
            Timeout=33,
            Environment={'Variables': {'BY': 'hand'}},
            TracingConfig={'Mode': 'Active'},
            EphemeralStorage={'Size': 555},
            VpcConfig={'SubnetIds': ['subnet-1'], 'SecurityGroupIds': ['sg-1']},
            DeadLetterConfig={'TargetArn': QUEUE},
            LoggingConfig={'LogFormat': 'JSON', 'ApplicationLogLevel': 'ERROR', 'LogGroup': '/by/hand'},
        )
        function.wait_until_ready()
        client = session.client('lambda')
        client.tag_resource(Resource=function.function_arn(), Tags={'by': 'hand'})
        function.concurrency_set(3)
        function.function_url_create_with_public_access(cors={'AllowOrigins': ['*']})
        function.permission_add(statement_id='hand', principal='s3.amazonaws.com')
        queue = session.client('sqs').create_queue(QueueName='by-hand', Attributes={'VisibilityTimeout': '60'})
        arn = session.client('sqs').get_queue_attributes(QueueUrl=queue['QueueUrl'], AttributeNames=['QueueArn'])
        function.event_source_create(arn['Attributes']['QueueArn'])
        before = Cloud_State(session).text()
        assert make().deploy().status == 'unchanged'
        assert Cloud_State(session).text() == before
        (tmp_path / 'app.py').write_text('def run(event, context): return 2\n')
        result = make().deploy()
        assert [change.what for change in result.changes] == ['code']
        after = Cloud_State(session).text().replace(result.changes[0].new, result.changes[0].old)
        assert drop_sizes(after) == drop_sizes(before)

    # ---- the deadline

    def test_a_function_that_is_busy_for_too_long_is_named(self, make, session):
        make().deploy()
        events = session.client('lambda').meta.events

        def busy(parsed, **_):
            parsed.update(State='Active', LastUpdateStatus='InProgress')

        events.register('after-call.lambda.GetFunctionConfiguration', busy)
        try:
            with pytest.raises(
                Wait__Timeout,
                match=r'function app was not State Active, LastUpdateStatus Successful after 0\.05 s; it was Active, '
                r'InProgress\. deploy\(\) again goes on from there, and set_deadline\(seconds\) gives it longer',
            ):
                make().set_deadline(0.05).deploy()
        finally:
            events.unregister('after-call.lambda.GetFunctionConfiguration', busy)


def drop_sizes(text):
    return [line for line in text.splitlines() if 'CodeSize' not in line]
