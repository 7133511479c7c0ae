import json
import logging
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from osbot_lambda.aws.session import AWS_Session as module
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.session.Session__Kwargs__S3 import Session__Kwargs__S3
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.errors import Aws__Connection, Aws__Credentials, Config__Error, Target__Not_Loopback

NOBODY = 'http://127.0.0.1:9'  # nothing is sent there in these tests
ACCOUNT = {'endpoint_url': NOBODY, 'aws_access_key_id': '123456789012', 'aws_secret_access_key': 's'}


@pytest.fixture(autouse=True)
def _no_project(monkeypatch, tmp_path):
    (tmp_path / 'pyproject.toml').write_text('')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('AWS_CONFIG_FILE', str(tmp_path / 'config'))
    monkeypatch.setenv('AWS_SHARED_CREDENTIALS_FILE', str(tmp_path / 'credentials'))
    monkeypatch.setenv('AWS_EC2_METADATA_DISABLED', 'true')


@pytest.fixture
def shared_cloud(monkeypatch):
    """A stand-in for the handle of the cloud: counts how often it is asked for."""
    from osbot_lambda.local.Local_Cloud import Local_Cloud

    class Shared:
        asked = 0

        def session_kwargs(self, account_id=None):
            account = account_id or '000000000000'
            return {
                'endpoint_url': NOBODY,
                'region_name': 'us-east-1',
                'aws_access_key_id': account,
                'aws_secret_access_key': 'local',
            }

    cloud = Shared()

    def shared():
        cloud.asked += 1
        return cloud

    monkeypatch.setattr(Local_Cloud, 'shared', shared)
    return cloud


def _credentials(session: AWS_Session) -> tuple[str, str, str | None]:
    found = session.client('sts')._request_signer._credentials
    return found.access_key, found.secret_key, found.token


def _sent_to(client, operation: str, **parameters) -> list[str]:
    """The addresses that a call would be sent to, without sending it."""
    from botocore.awsrequest import AWSResponse

    urls = []

    def answer(request, **_):
        urls.append(request.url)
        return AWSResponse(request.url, 200, {}, None)

    client.meta.events.register_last('before-send', answer)
    try:
        getattr(client, operation)(**parameters)
    except AttributeError:
        pass  # the made-up answer can't be read; the address is known by then
    finally:
        client.meta.events.unregister('before-send', answer)
    return urls


def _in_threads(do, items) -> list:
    """What `do` returned for each item, each in a thread of its own, all at once."""
    with ThreadPoolExecutor(len(items)) as pool:
        barrier = threading.Barrier(len(items))
        return list(pool.map(lambda item: (barrier.wait(), do(item))[1], items))


class test_AWS_Session:
    # ---- what it takes

    @pytest.mark.parametrize('kwargs', [dict(ACCOUNT), Session__Kwargs__S3(**ACCOUNT)], ids=['dict', 'Session__Kwargs'])
    def test_a_dict_and_session_kwargs_both_serve(self, kwargs):
        session = AWS_Session.of(kwargs)
        assert session.target == NOBODY
        assert session.account_id() == '123456789012'
        assert AWS_Session.of(session) is session

    def test_a_misspelt_key_is_refused(self):
        with pytest.raises(AttributeError, match="did you mean 'endpoint_url'"):
            AWS_Session({'endpoint': NOBODY})

    def test_a_session_can_not_change_its_target(self):
        with pytest.raises(Config__Error, match='whose target is'):
            AWS_Session.of(AWS_Session(ACCOUNT), target='aws')

    def test_repr_shows_the_target_and_no_secrets(self):
        session = AWS_Session({**ACCOUNT, 'aws_secret_access_key': 'hidden'})
        assert NOBODY in repr(session)
        assert 'hidden' not in repr(session)

    # ---- local

    def test_no_cloud_is_started_before_a_client_is_made(self, shared_cloud):
        session = AWS_Session()
        assert (session.target, session.region_name) == ('local', 'us-east-1')
        assert shared_cloud.asked == 0
        session.client('s3')
        session.client('sqs')
        assert shared_cloud.asked == 1

    def test_keys_profiles_and_addresses_of_the_environment_have_no_say_in_local(self, shared_cloud, monkeypatch):
        monkeypatch.setenv('AWS_ACCESS_KEY_ID', 'AKIAREAL')
        monkeypatch.setenv('AWS_SECRET_ACCESS_KEY', 'real')
        monkeypatch.setenv('AWS_SESSION_TOKEN', 'real')
        monkeypatch.setenv('AWS_PROFILE', 'no-such-profile')
        monkeypatch.setenv('AWS_ENDPOINT_URL_STS', 'https://sts.amazonaws.com')
        monkeypatch.setenv('AWS_USE_FIPS_ENDPOINT', 'true')
        monkeypatch.setenv('AWS_DEFAULTS_MODE', 'auto')
        session = AWS_Session()
        assert _credentials(session) == ('000000000000', 'local', None)
        assert session.client('sts').meta.endpoint_url == NOBODY
        assert session.account_id() == '000000000000'

    def test_the_shared_config_file_has_no_say_in_local(self, shared_cloud, monkeypatch, tmp_path):
        (tmp_path / 'config').write_text('[default]\nregion = eu-west-3\nendpoint_url = https://sts.amazonaws.com\n')
        (tmp_path / 'credentials').write_text('[default]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n')
        session = AWS_Session()
        assert _credentials(session) == ('000000000000', 'local', None)
        assert session.client('sts').meta.region_name == 'us-east-1'

    def test_an_account_that_is_given_is_used_in_local(self, shared_cloud):
        session = AWS_Session({'aws_access_key_id': '111122223333'})
        assert _credentials(session) == ('111122223333', 'local', None)
        assert session.account_id() == '111122223333'

    def test_keys_that_are_given_are_used_in_local_whole(self, shared_cloud):
        given = {'aws_access_key_id': 'ASIAX', 'aws_secret_access_key': 'y', 'aws_session_token': 'z'}
        assert _credentials(AWS_Session(given)) == ('ASIAX', 'y', 'z')

    @pytest.mark.parametrize(
        ('kwargs', 'environ', 'region'),
        [
            ({'region_name': 'eu-west-1'}, {'AWS_DEFAULT_REGION': 'eu-west-2'}, 'eu-west-1'),
            ({}, {'AWS_DEFAULT_REGION': 'eu-west-2', 'AWS_REGION': 'eu-west-3'}, 'eu-west-2'),
            ({}, {'AWS_REGION': 'eu-west-3'}, 'eu-west-3'),
            ({}, {}, 'us-east-1'),
        ],
    )
    def test_the_region_is_the_first_that_is_given(self, shared_cloud, monkeypatch, kwargs, environ, region):
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        session = AWS_Session(kwargs)
        assert session.region_name == region
        assert session.client('sts').meta.region_name == region

    # ---- URLs

    def test_a_url_without_credentials_gets_fake_ones(self):
        assert _credentials(AWS_Session({'endpoint_url': NOBODY})) == ('test', 'test', None)
        assert _credentials(AWS_Session({'endpoint_url': 'http://localstack:4566'})) == ('test', 'test', None)

    @pytest.mark.parametrize('url', [NOBODY, 'http://localstack:4566'])
    def test_a_url_takes_the_keys_of_the_environment(self, monkeypatch, url):
        monkeypatch.setenv('AWS_ACCESS_KEY_ID', '111122223333')
        monkeypatch.setenv('AWS_SECRET_ACCESS_KEY', 's')
        monkeypatch.setenv('AWS_SESSION_TOKEN', 't')
        assert _credentials(AWS_Session(target=url)) == ('111122223333', 's', 't')

    def test_keys_that_are_given_come_first_and_whole(self, monkeypatch):
        monkeypatch.setenv('AWS_ACCESS_KEY_ID', 'AKIA')
        monkeypatch.setenv('AWS_SECRET_ACCESS_KEY', 's')
        monkeypatch.setenv('AWS_SESSION_TOKEN', 't')
        assert _credentials(AWS_Session(ACCOUNT)) == ('123456789012', 's', None)

    def test_a_remote_url_may_use_a_profile(self, tmp_path):
        (tmp_path / 'credentials').write_text('[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = w\n')
        session = AWS_Session({'endpoint_url': 'http://localstack:4566', 'profile_name': 'work'})
        assert _credentials(session) == ('AKIAWORK', 'w', None)

    def test_proxies_are_not_used_on_this_machine(self, monkeypatch):
        monkeypatch.setenv('HTTP_PROXY', 'http://10.0.0.1:3128')
        proxies = AWS_Session(ACCOUNT).client('sqs')._endpoint.http_session._proxy_config._proxies
        assert proxies == {}

    def test_buckets_are_in_the_path_where_they_have_no_host(self):
        client = AWS_Session({**ACCOUNT, 'endpoint_url': 'http://localhost:9'}).client('s3')
        assert _sent_to(client, 'head_object', Bucket='b', Key='k') == ['http://localhost:9/b/k']

    # ---- the guard

    @pytest.mark.parametrize('service', ['lambda', 's3', 'sqs', 'iam', 'logs', 'sts', 'dynamodb', 'events'])
    def test_no_service_leaves_this_machine(self, service):
        client = AWS_Session(ACCOUNT).client(service)
        operation, parameters = {
            'lambda': ('list_functions', {}),
            's3': ('list_buckets', {}),
            'sqs': ('list_queues', {}),
            'iam': ('list_roles', {}),
            'logs': ('describe_log_groups', {}),
            'sts': ('get_caller_identity', {}),
            'dynamodb': ('list_tables', {}),
            'events': ('list_rules', {}),
        }[service]

        def misdirect(request, **_):
            request.url = 'https://somewhere.amazonaws.com/'

        client.meta.events.register('before-sign', misdirect)
        try:
            with pytest.raises(Target__Not_Loopback, match=r'https://somewhere.amazonaws.com/, which is not on this'):
                getattr(client, operation)(**parameters)
        finally:
            client.meta.events.unregister('before-sign', misdirect)

    def test_a_redirect_of_s3_does_not_leave_this_machine(self):
        from botocore.awsrequest import AWSResponse

        class Empty:
            def stream(self, **_):
                return iter([b''])

        tried = []

        def redirect(request, **_):
            tried.append(request.url)
            headers = {'x-amz-bucket-region': 'eu-west-1'}
            return AWSResponse(request.url, 301, headers, Empty())

        client = AWS_Session(ACCOUNT).client('s3')
        client.meta.events.register_last('before-send', redirect)

        def follow(request_dict, response, **_):
            if response is not None and response[0].status_code == 301:
                request_dict['url'] = 'https://b.s3.eu-west-1.amazonaws.com/'
                return 0
            return None

        client.meta.events.register_first('needs-retry.s3', follow)
        try:
            with pytest.raises(Target__Not_Loopback, match=r's3.HeadBucket was about to call https://b.s3.eu-west-1'):
                client.head_bucket(Bucket='b')
        finally:
            client.meta.events.unregister('before-send', redirect)
            client.meta.events.unregister('needs-retry.s3', follow)
        assert tried[0] == f'{NOBODY}/b'
        assert not [url for url in tried if 'amazonaws' in url]

    def test_local_with_an_address_elsewhere_sends_nothing(self):
        session = AWS_Session({'endpoint_url': 'http://10.0.0.1:4566'}, target='local')
        with pytest.raises(Target__Not_Loopback):
            session.client('sts').get_caller_identity()

    def test_a_loopback_address_is_let_through(self):
        assert _sent_to(AWS_Session(ACCOUNT).client('iam'), 'list_roles') == [f'{NOBODY}/']

    # ---- AWS

    def test_aws_needs_a_region(self):
        with pytest.raises(Config__Error, match='no region is set'):
            AWS_Session(target='aws').client('sts')

    def test_aws_takes_region_and_profile_of_the_project(self, tmp_path):
        (tmp_path / 'pyproject.toml').write_text(
            '[tool.osbot-lambda]\ntarget = "aws"\nregion = "eu-west-2"\nprofile = "work"\n'
        )
        (tmp_path / 'credentials').write_text('[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = w\n')
        session = AWS_Session()
        assert (session.target, session.region_name) == ('aws', 'eu-west-2')
        assert _credentials(session) == ('AKIAWORK', 'w', None)
        assert session.client('sts').meta.endpoint_url == 'https://sts.eu-west-2.amazonaws.com'

    def test_aws_by_name_comes_before_aws_endpoint_url(self, monkeypatch):
        monkeypatch.setenv('AWS_ENDPOINT_URL', NOBODY)
        monkeypatch.setenv('AWS_ENDPOINT_URL_SQS', NOBODY)
        session = AWS_Session({'region_name': 'eu-west-1'}, target='aws')
        assert session.client('sqs').meta.endpoint_url == 'https://sqs.eu-west-1.amazonaws.com'

    def test_inside_a_lambda_the_address_of_a_vpc_endpoint_is_used(self, monkeypatch):
        url = 'https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com'
        monkeypatch.setenv('AWS_LAMBDA_FUNCTION_NAME', 'f')
        monkeypatch.setenv('AWS_LAMBDA_RUNTIME_API', '127.0.0.1:9001')
        monkeypatch.setenv('AWS_DEFAULT_REGION', 'eu-west-1')
        monkeypatch.setenv('AWS_ENDPOINT_URL', url)
        assert AWS_Session().client('sqs').meta.endpoint_url == url

    def test_an_active_mock_aws_sees_the_calls(self):
        from moto import mock_aws

        with mock_aws():
            session = AWS_Session()
            assert session.target == 'moto'
            assert session.account_id() == '123456789012'

    # ---- saying it

    def test_the_target_is_said_once_at_info(self, monkeypatch, caplog):
        monkeypatch.setattr(module, '_said', set())
        caplog.set_level(logging.INFO, 'osbot_lambda')
        for _ in range(2):
            AWS_Session(ACCOUNT).client('sts')
        AWS_Session({'region_name': 'eu-west-1', **dict.fromkeys(module.CREDENTIALS, 'x')}, target='aws').client('sts')
        assert [record.getMessage() for record in caplog.records if record.name == 'osbot_lambda'] == [
            f'target: {NOBODY} (from the argument endpoint_url)',
            'target: aws in eu-west-1 (from the argument target)',
        ]
        assert {record.levelno for record in caplog.records if record.name == 'osbot_lambda'} == {logging.INFO}

    # ---- clients

    def test_clients_are_made_once_also_by_many_threads(self):
        session = AWS_Session({**ACCOUNT, 'aws_access_key_id': '999900001111'})
        barrier = threading.Barrier(8)
        seen = []

        def ask():
            barrier.wait()
            seen.append(session.client('sts'))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 8
        assert len({id(client) for client in seen}) == 1

    def test_sessions_that_say_the_same_share_clients_and_others_do_not(self):
        one, two = AWS_Session(ACCOUNT), AWS_Session(ACCOUNT)
        other = AWS_Session({**ACCOUNT, 'aws_access_key_id': '111122223333'})
        assert one.client('sts') is two.client('sts')
        assert one.client('sts') is not other.client('sts')

    def test_a_forked_child_does_not_use_its_parents_connections(self):
        session = AWS_Session(ACCOUNT)
        client = session.client('sts')
        child = os.fork()
        if child == 0:
            os._exit(0 if session.client('sts') is not client else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert session.client('sts') is client

    def test_a_client_needs_a_service(self):
        with pytest.raises(Config__Error, match='needs a service'):
            AWS_Session(ACCOUNT).client()

    def test_the_service_of_session_kwargs_is_the_default(self):
        assert AWS_Session(Session__Kwargs__S3(**ACCOUNT)).client().meta.service_model.service_name == 's3'

    def test_a_slow_function_is_not_invoked_twice(self):
        assert AWS_Session(ACCOUNT).client('lambda').meta.config.read_timeout > 900

    def test_different_services_are_made_by_many_threads(self):
        session = AWS_Session({**ACCOUNT, 'aws_access_key_id': '999900002222'})
        services = ['sts', 'sqs', 's3', 'iam', 'logs', 'lambda'] * 4
        seen = _in_threads(lambda service: (service, id(session.client(service))), services)
        assert (len(seen), len(set(seen))) == (24, 6)

    def test_one_object_serves_many_threads(self, session_kwargs):
        queue = SQS_Queue('q', session_kwargs)
        queue.create()
        queue.queue_url = None
        _in_threads(lambda number: [queue.push([number, each]) for each in range(5)], range(8))
        found = [tuple(json.loads(text)) for text in queue.get_many(50)]
        assert sorted(found) == [(number, each) for number in range(8) for each in range(5)]

    def test_nothing_of_the_process_is_changed(self, shared_cloud):
        before = dict(os.environ), logging.getLogger().level, list(logging.getLogger().handlers)
        AWS_Session(ACCOUNT).client('sts')
        AWS_Session().client('sqs')
        assert (dict(os.environ), logging.getLogger().level, list(logging.getLogger().handlers)) == before

    # ---- attempts and timeouts

    def test_retries_are_those_of_the_standard_mode(self):
        retries = AWS_Session(ACCOUNT).client('sts').meta.config.retries
        assert retries['mode'] == 'standard'
        assert retries.get('total_max_attempts', 3) == 3

    def test_attempts_and_timeouts_can_be_said(self):
        limits = {'max_attempts': 1, 'connect_timeout': 0.5, 'read_timeout': 2}
        for service in ('sts', 'lambda'):
            config = AWS_Session({**ACCOUNT, **limits}).client(service).meta.config
            assert config.retries == {'mode': 'standard', 'total_max_attempts': 1}
            assert (config.connect_timeout, config.read_timeout) == (0.5, 2)

    def test_sessions_that_say_other_limits_have_other_clients(self):
        patient = AWS_Session(ACCOUNT)
        assert AWS_Session({**ACCOUNT, 'read_timeout': 2}).client('sts') is not patient.client('sts')

    @pytest.mark.parametrize('limit', [{'max_attempts': 0}, {'connect_timeout': 0}, {'read_timeout': -1.0}], ids=str)
    def test_a_limit_that_makes_no_sense_is_refused(self, limit):
        with pytest.raises(Config__Error, match=next(iter(limit))):
            AWS_Session({**ACCOUNT, **limit})

    # ---- other credentials

    @pytest.mark.parametrize(
        ('given', 'target', 'endpoint_url'),
        [
            ({'target': 'local'}, 'local', None),
            ({}, 'local', None),
            (ACCOUNT, None, NOBODY),
            ({'target': 'http://localstack:4566'}, None, 'http://localstack:4566'),
            ({'target': 'aws', 'region_name': 'eu-west-1'}, 'aws', None),
        ],
        ids=str,
    )
    def test_other_credentials_are_for_the_same_cloud(self, given, target, endpoint_url):
        session = AWS_Session({**given, 'max_attempts': 2})
        other = session.kwargs_with('ASIA', 's', 't')
        assert (other.target, other.endpoint_url, other.max_attempts) == (target, endpoint_url, 2)
        assert (other.aws_access_key_id, other.aws_secret_access_key, other.aws_session_token) == ('ASIA', 's', 't')
        assert other.profile_name is None
        assert (AWS_Session(other).target, AWS_Session(other).region_name) == (session.target, session.region_name)

    def test_the_target_may_be_in_the_session_kwargs(self):
        assert AWS_Session({'target': 'aws'}).target == 'aws'
        assert AWS_Session({'target': 'aws'}, target='aws').target == 'aws'
        with pytest.raises(Config__Error, match="target='local' was given with session kwargs whose target is 'aws'"):
            AWS_Session({'target': 'aws'}, target='local')

    def test_temporary_credentials_are_told_from_lasting_ones(self):
        assert not AWS_Session(ACCOUNT).is_temporary()
        assert AWS_Session({**ACCOUNT, 'aws_session_token': 't'}).is_temporary()
        keys = {'aws_access_key_id': 'a', 'aws_secret_access_key': 'b', 'region_name': 'eu-west-1'}
        assert not AWS_Session(keys, target='aws').is_temporary()
        assert AWS_Session({**keys, 'aws_session_token': 't'}, target='aws').is_temporary()

    # ---- errors are ours

    def test_an_arn_of_the_caller_s_own_tells_the_account(self):
        session = AWS_Session({'endpoint_url': NOBODY})
        session.learn_account('')
        session.learn_account('Function not found: arn:aws:lambda:us-east-1:123456789012:function:f')
        session.learn_account('arn:aws:lambda:us-east-1:999999999999:function:f')
        assert session.account_id() == '123456789012'

    def test_the_account_that_can_not_be_asked_for_is_our_error(self):
        session = AWS_Session({**ACCOUNT, 'aws_access_key_id': 'AKIAX', 'max_attempts': 1})
        with pytest.raises(Aws__Connection, match=r'sts.GetCallerIdentity: .* anything listening there'):
            session.account_id()

    def test_a_profile_that_is_not_there_is_our_error(self):
        session = AWS_Session({'profile_name': 'no-such', 'region_name': 'eu-west-1'}, target='aws')
        with pytest.raises(Aws__Credentials, match='no-such'):
            session.region_name

    @pytest.mark.parametrize(
        'name', ['lambda_.Lambda', 'iam.IAM_Role', 's3.S3', 'sqs.SQS_Queue', 'logs.Logs', 'sts.STS']
    )
    def test_an_object_is_made_without_loading_boto3(self, name, no_aws_environment):
        cls = name.rpartition('.')[2]
        code = (
            f'from osbot_lambda.aws.{name} import {cls}; import sys\n'
            f'{cls}({"" if cls in ("S3", "STS") else repr("x")})\n'
            "print(sorted({'boto3', 'botocore', 'moto', 'requests'} & set(sys.modules)))"
        )
        done = subprocess.run(
            [sys.executable, '-c', code], capture_output=True, text=True, check=True, env=no_aws_environment
        )
        assert done.stdout.strip() == '[]'
