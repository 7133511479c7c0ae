import importlib

import pytest

from osbot_lambda.aws.session.Session__Kwargs import Session__Kwargs


class test_Session__Kwargs:
    def test_shows_no_secrets(self):
        kwargs = Session__Kwargs(
            aws_access_key_id='AKIA', aws_secret_access_key='hidden-1', aws_session_token='hidden-2', region_name='x'
        )
        assert 'hidden' not in repr(kwargs)
        assert 'hidden' not in f'{kwargs} {[kwargs]}'
        assert repr(kwargs) == (
            "Session__Kwargs(region_name='x', aws_access_key_id='AKIA', aws_secret_access_key=***, "
            'aws_session_token=***)'
        )

    def test_kwargs_are_those_that_are_set(self):
        assert Session__Kwargs(region_name='x', profile_name=None).kwargs() == {'region_name': 'x'}

    @pytest.mark.parametrize(
        ('name', 'service'),
        [('Lambda', 'lambda'), ('S3', 's3'), ('SQS', 'sqs'), ('IAM', 'iam'), ('Logs', 'logs'), ('STS', 'sts')],
    )
    def test_there_is_one_for_each_service(self, name, service):
        module = importlib.import_module(f'osbot_lambda.aws.session.Session__Kwargs__{name}')
        assert getattr(module, f'Session__Kwargs__{name}')(region_name='x').kwargs() == {
            'service_name': service,
            'region_name': 'x',
        }

    @pytest.mark.parametrize('name', ['', '__Lambda', '__S3', '__SQS', '__IAM', '__Logs', '__STS'])
    def test_no_class_shows_secrets(self, name):
        module = importlib.import_module(f'osbot_lambda.aws.session.Session__Kwargs{name}')
        kwargs = getattr(module, f'Session__Kwargs{name}')(aws_secret_access_key='hidden', aws_session_token='hidden')
        assert 'hidden' not in f'{kwargs!r} {kwargs} {[kwargs]}'
        assert repr(kwargs).startswith(f'Session__Kwargs{name}(')

    def test_limits_are_seconds_and_a_number_of_attempts(self):
        limits = {'max_attempts': 1, 'connect_timeout': 2, 'read_timeout': 0.5}
        assert Session__Kwargs(**limits).kwargs() == limits
