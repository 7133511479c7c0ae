import pytest

from osbot_lambda.aws.session.Target import Target
from osbot_lambda.errors import Config__Error, Target__Aws_Not_Named, Target__Unknown

MINE = 'http://localhost:4566'
VPC = 'https://vpce-1.lambda.us-east-1.vpce.amazonaws.com'
IN_LAMBDA = {'AWS_LAMBDA_FUNCTION_NAME': 'f', 'AWS_LAMBDA_RUNTIME_API': '127.0.0.1:9001'}
KEYS = {'AWS_ACCESS_KEY_ID': 'AKIA', 'AWS_SECRET_ACCESS_KEY': 's', 'AWS_PROFILE': 'work', 'AWS_REGION': 'eu-west-1'}


@pytest.fixture(autouse=True)
def _no_project(monkeypatch, tmp_path):
    (tmp_path / 'pyproject.toml').write_text('')
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def project(tmp_path):
    def target(value: str):
        (tmp_path / 'pyproject.toml').write_text(f'[tool.osbot-lambda]\ntarget = "{value}"\n')

    return target


class test_Target:
    @pytest.mark.parametrize(
        ('arguments', 'environ', 'name', 'came_from'),
        [
            ({}, {}, 'local', 'the default'),
            ({}, KEYS, 'local', 'the default'),
            ({}, {**KEYS, 'AWS_LAMBDA_FUNCTION_NAME': 'f'}, 'local', 'the default'),
            ({}, {'AWS_ENDPOINT_URL_LAMBDA': MINE}, 'local', 'the default'),
            ({}, {'OSBOT_LAMBDA_TARGET': '', 'AWS_ENDPOINT_URL': ''}, 'local', 'the default'),
            ({}, IN_LAMBDA, 'aws', 'running inside a Lambda'),
            ({}, {**IN_LAMBDA, 'AWS_ENDPOINT_URL': MINE}, MINE, 'AWS_ENDPOINT_URL'),
            ({}, {**IN_LAMBDA, 'AWS_ENDPOINT_URL': VPC}, 'aws', 'running inside a Lambda'),
            ({}, {'AWS_ENDPOINT_URL': MINE + '/'}, MINE, 'AWS_ENDPOINT_URL'),
            ({}, {'AWS_ENDPOINT_URL': MINE, 'OSBOT_LAMBDA_TARGET': 'local'}, 'local', 'OSBOT_LAMBDA_TARGET'),
            ({}, {'AWS_ENDPOINT_URL': MINE, 'OSBOT_LAMBDA_TARGET': 'aws'}, 'aws', 'OSBOT_LAMBDA_TARGET'),
            ({}, {'AWS_ENDPOINT_URL': VPC, 'OSBOT_LAMBDA_TARGET': 'aws'}, 'aws', 'OSBOT_LAMBDA_TARGET'),
            ({}, {'OSBOT_LAMBDA_TARGET': 'https://cloud.test:1/'}, 'https://cloud.test:1', 'OSBOT_LAMBDA_TARGET'),
            ({'target': 'local'}, {'OSBOT_LAMBDA_TARGET': 'aws'}, 'local', 'the argument target'),
            ({'target': 'aws'}, {'OSBOT_LAMBDA_TARGET': 'local'}, 'aws', 'the argument target'),
            ({'target': MINE}, {'OSBOT_LAMBDA_TARGET': 'aws'}, MINE, 'the argument target'),
            ({'endpoint_url': MINE}, {'OSBOT_LAMBDA_TARGET': 'aws'}, MINE, 'the argument endpoint_url'),
            ({'endpoint_url': MINE, 'target': MINE}, {}, MINE, 'the argument endpoint_url'),
            ({'endpoint_url': MINE, 'target': 'local'}, {}, 'local', 'the argument target'),
            ({'endpoint_url': VPC, 'target': 'aws'}, {}, 'aws', 'the argument target'),
            ({'endpoint_url': VPC}, {'OSBOT_LAMBDA_TARGET': 'aws'}, 'aws', 'OSBOT_LAMBDA_TARGET'),
            ({'endpoint_url': VPC}, IN_LAMBDA, 'aws', 'running inside a Lambda'),
        ],
    )
    def test_is_the_first_that_is_given(self, arguments, environ, name, came_from):
        target = Target.resolve(**arguments, environ=environ)
        assert (target.name, target.came_from) == (name, came_from)

    def test_the_project_comes_after_the_variable_and_before_aws_endpoint_url(self, project):
        project('aws')
        of_project = Target.resolve(environ={'AWS_ENDPOINT_URL': MINE})
        assert of_project.name == 'aws'
        assert of_project.came_from.startswith('target in [tool.osbot-lambda] of ')
        assert Target.resolve(environ={'OSBOT_LAMBDA_TARGET': 'local'}).name == 'local'

    @pytest.mark.parametrize(
        ('arguments', 'environ'),
        [
            ({'target': VPC}, {}),
            ({'endpoint_url': VPC}, {}),
            ({'endpoint_url': VPC}, KEYS),
            ({'endpoint_url': VPC}, {'OSBOT_LAMBDA_TARGET': 'local'}),
            ({'endpoint_url': VPC, 'target': 'local'}, {'OSBOT_LAMBDA_TARGET': 'aws'}),
            ({}, {'OSBOT_LAMBDA_TARGET': VPC}),
            ({}, {'AWS_ENDPOINT_URL': VPC}),
            ({}, {'AWS_ENDPOINT_URL': 'https://LAMBDA.us-east-1.AmazonAWS.com'}),
        ],
    )
    def test_an_address_of_aws_does_not_select_aws(self, arguments, environ):
        with pytest.raises(Target__Aws_Not_Named, match='only when asked for by name'):
            Target.resolve(**arguments, environ=environ)

    @pytest.mark.parametrize(
        ('arguments', 'environ', 'came_from'),
        [
            ({'target': 'AWS'}, {}, 'the argument target'),
            ({'target': 'localhost:4566'}, {}, 'the argument target'),
            ({'endpoint_url': 'localhost:4566'}, {}, 'the argument endpoint_url'),
            ({'endpoint_url': 'aws'}, {}, 'the argument endpoint_url'),
            ({}, {'OSBOT_LAMBDA_TARGET': 'prod'}, 'OSBOT_LAMBDA_TARGET'),
            ({}, {'AWS_ENDPOINT_URL': 'aws'}, 'AWS_ENDPOINT_URL'),
        ],
    )
    def test_what_is_neither_a_name_nor_a_url_is_refused(self, arguments, environ, came_from):
        with pytest.raises(Target__Unknown) as raised:
            Target.resolve(**arguments, environ=environ)
        assert raised.value.came_from == came_from

    @pytest.mark.parametrize('target', ['aws', 'http://other:4566'])
    def test_arguments_that_contradict_each_other_are_refused(self, target):
        with pytest.raises(Config__Error, match='contradict'):
            Target.resolve(target=target, endpoint_url=MINE, environ={})

    @pytest.mark.parametrize(
        ('url', 'here'), [(MINE, True), ('http://127.0.0.1:1', True), ('http://localstack:4566', False)]
    )
    def test_a_loopback_url_is_on_this_machine(self, url, here):
        assert Target.resolve(target=url, environ={}).is_on_this_machine is here

    def test_an_active_mock_aws_is_found_and_comes_before_local_alone(self):
        from moto import mock_aws

        assert Target.resolve(environ={}).name == 'local'
        with mock_aws():
            assert Target.resolve(environ={}).name == 'moto'
            assert Target.resolve(environ={'AWS_ENDPOINT_URL': MINE}).name == MINE
            assert Target.resolve(target='local', environ={}).name == 'local'
        assert Target.resolve(environ={}).name == 'local'
