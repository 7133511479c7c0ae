import subprocess
import sys
import unittest
from pathlib import Path

import pytest

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.deploy.Deploy_Result import Deploy_Result
from osbot_lambda.errors import Handler__Invalid
from osbot_lambda.testing.TestCase__Lambda__Deploy import TestCase__Lambda__Deploy

BRIEFING = """
from osbot_lambda.testing.TestCase__Lambda__Deploy import TestCase__Lambda__Deploy

def my_handler(event, context):
    return {'result': event.get('input', 0) * 2}

class Test_My_Lambda(TestCase__Lambda__Deploy):
    handler = my_handler                            # Set your handler

    def test_deploy_and_invoke(self):
        self.deploy()                               # Deploys the function
        result = self.invoke({'input': 21})
        assert result['result'] == 42
"""


def double(event, context):
    print('doubling', event['input'])
    return {'result': event['input'] * 2}


def environ(event, context):
    import os

    return {name: os.environ.get(name) for name in event}


def run_tests(case: type[unittest.TestCase]) -> unittest.TestResult:
    """The class's tests, as unittest runs them."""
    result = unittest.TestResult()
    unittest.TestSuite([unittest.defaultTestLoader.loadTestsFromTestCase(case)]).run(result)
    return result


def outcome(result: unittest.TestResult) -> tuple[int, list[str]]:
    return result.testsRun, [text for _, text in [*result.errors, *result.failures]]


class test_briefing:
    @pytest.mark.parametrize(
        'command',
        [['-m', 'unittest', '-v', 'test_my_lambda'], ['-m', 'pytest', '-p', 'no:cacheprovider', 'test_my_lambda.py']],
        ids=['unittest', 'pytest'],
    )
    def test_its_example_works_as_it_is_written(self, tmp_path, command, no_aws_environment):
        (tmp_path / 'test_my_lambda.py').write_text(BRIEFING)
        root = str(Path(__file__).parents[2])
        # credentials of the environment have no say: with these AWS would refuse
        environment = {**no_aws_environment, 'PYTHONPATH': root, 'AWS_ACCESS_KEY_ID': 'AKIAIOSFODNN7EXAMPLE'}
        environment |= {'AWS_SECRET_ACCESS_KEY': 'x', 'AWS_PROFILE': 'nobody', 'OSBOT_LAMBDA_TARGET': 'aws'}
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert '1 passed' in done.stdout or 'Ran 1 test' in done.stderr


class test_TestCase__Lambda__Deploy:
    def test_a_method_of_the_class_is_never_made_of_the_handler(self):
        class Case(TestCase__Lambda__Deploy):
            handler = double

            def test(self):
                assert self.invoke({'input': 4}) == {'result': 8}

        class Static(Case):
            handler = staticmethod(double)

        assert outcome(run_tests(Case)) == (1, [])
        assert outcome(run_tests(Static)) == (1, [])

    def test_deploy_says_what_it_did_and_may_be_left_out(self):
        class Case(TestCase__Lambda__Deploy):
            handler = double

            def test_1_the_first_invoke_deploys(self):
                assert not self.deploy_lambda.exists()
                assert self.invoke({'input': 1}) == {'result': 2}

            def test_2_the_function_stays_for_the_tests_of_its_class(self):
                assert self.deploy_lambda.exists()
                assert isinstance(self.deploy(), Deploy_Result)

        assert outcome(run_tests(Case)) == (2, [])

    def test_the_log_comes_with_invoke_return_logs(self):
        class Case(TestCase__Lambda__Deploy):
            handler = double

            def test(self):
                answer = self.invoke_return_logs({'input': 3})
                assert answer['return_value'] == {'result': 6}
                assert 'doubling 3' in answer['execution_logs']

        assert outcome(run_tests(Case)) == (1, [])

    def test_a_handler_that_fails_answers_with_its_error(self):
        class Case(TestCase__Lambda__Deploy):
            handler = double

            def test(self):
                assert self.invoke({}) == {'error': "'input'"}

        assert outcome(run_tests(Case)) == (1, [])

    def test_name_and_variables_are_taken_from_the_class(self):
        class Case(TestCase__Lambda__Deploy):
            handler = environ
            lambda_name = 'a-name'
            env = {'COLOUR': 'blue'}

            def test(self):
                answer = self.invoke({'COLOUR': '', 'AWS_LAMBDA_FUNCTION_NAME': ''})
                assert answer == {'COLOUR': 'blue', 'AWS_LAMBDA_FUNCTION_NAME': 'a-name'}

        assert outcome(run_tests(Case)) == (1, [])

    def test_a_class_without_a_handler_is_told_so(self):
        class Case(TestCase__Lambda__Deploy):
            def test(self):
                self.invoke()

        (text,) = outcome(run_tests(Case))[1]
        assert Handler__Invalid.__name__ in text
        assert 'Case has no handler' in text

    def test_classes_do_not_see_each_other_and_leave_nothing(self):
        seen = []

        class One(TestCase__Lambda__Deploy):
            handler = double
            lambda_name = 'same-name'

            def test(self):
                s3 = S3(self.session_kwargs())
                seen.append((self.session_kwargs(), s3.buckets(), self.deploy_lambda.exists()))
                s3.bucket_create('a-bucket')
                self.deploy()

        class Two(One):
            pass

        for case in (One, Two, One):
            assert outcome(run_tests(case)) == (1, [])
        assert [found[1:] for found in seen] == [([], False)] * 3
        accounts = {kwargs['aws_access_key_id'] for kwargs, *_ in seen}
        assert len(accounts) == 3
        for kwargs, *_ in seen:
            assert S3(kwargs).buckets() == []
            assert Lambda('same-name', session_kwargs=kwargs).exists() is False

    def test_it_is_cleaned_up_though_the_test_and_tear_down_class_fail(self):
        seen = []

        class Case(TestCase__Lambda__Deploy):
            handler = double

            @classmethod
            def tearDownClass(cls):
                raise RuntimeError('on purpose')

            def test(self):
                self.deploy()
                seen.append(self.session_kwargs())
                S3(self.session_kwargs()).bucket_create('a-bucket')
                raise RuntimeError('on purpose')

        assert len(outcome(run_tests(Case))[1]) == 2
        assert S3(seen[0]).buckets() == []

    def test_the_environment_has_no_say_in_where_it_runs(self, monkeypatch):
        monkeypatch.setenv('OSBOT_LAMBDA_TARGET', 'aws')
        monkeypatch.setenv('AWS_ENDPOINT_URL', 'https://lambda.us-east-1.amazonaws.com')
        monkeypatch.setenv('AWS_PROFILE', 'nobody')

        class Case(TestCase__Lambda__Deploy):
            handler = double

            def test(self):
                assert self.invoke({'input': 2}) == {'result': 4}

        assert outcome(run_tests(Case)) == (1, [])
