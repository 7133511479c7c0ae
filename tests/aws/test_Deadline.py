import pytest

from osbot_lambda.aws.Deadline import Deadline
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.errors import Aws__Access_Denied, Aws__Conflict, Aws__Invalid, Aws__Throttled, Wait__Timeout
from tests.deploy.Fake_Cloud import Fake_Cloud, Fake_Session

THROTTLED = Fake_Cloud.error('TooManyRequestsException', 'Rate exceeded', 429)
BUSY = Fake_Cloud.error('ResourceConflictException', 'An update is in progress for resource: f', 409)
NO_PERMISSION = Fake_Cloud.error(
    'InvalidParameterValueException', 'The provided execution role does not have permissions to call ReceiveMessage'
)


@pytest.fixture
def cloud():
    cloud = Fake_Cloud()
    cloud.functions['f'] = {'FunctionName': 'f', 'State': 'Active', 'LastUpdateStatus': 'Successful'}
    return cloud


@pytest.fixture
def function(cloud):
    return Lambda('f', session_kwargs=Fake_Session(cloud))


class test_Deadline:
    @pytest.mark.parametrize('refused', [THROTTLED, BUSY], ids=['throttled', 'busy'])
    def test_a_call_that_is_refused_for_the_moment_is_made_again(self, cloud, function, refused):
        cloud.errors['get_function_configuration'] = [refused, refused]
        with Deadline(10):
            assert function.configuration()['FunctionName'] == 'f'
        assert len(cloud.calls) == 3

    def test_outside_of_it_a_call_is_made_once(self, cloud, function):
        cloud.errors['get_function_configuration'] = [THROTTLED]
        with pytest.raises(Aws__Throttled):
            function.configuration()

    @pytest.mark.parametrize(
        ('code', 'text', 'status', 'error'),
        [
            ('AccessDeniedException', 'no', 403, Aws__Access_Denied),
            ('ResourceConflictException', 'Function already exist: f', 409, Aws__Conflict),
            ('InvalidParameterValueException', 'Unzipped size', 400, Aws__Invalid),
        ],
    )
    def test_what_time_does_not_heal_is_raised_at_once(self, cloud, function, code, text, status, error):
        cloud.errors['get_function_configuration'] = [Fake_Cloud.error(code, text, status)]
        with Deadline(10), pytest.raises(error):
            function.configuration()
        assert len(cloud.calls) == 1

    def test_a_call_that_is_refused_to_the_end_says_for_how_long(self, cloud, function):
        cloud.errors['get_function_configuration'] = [THROTTLED] * 100
        with Deadline(0.03, 'Try again'), pytest.raises(Aws__Throttled) as raised:
            function.configuration()
        assert str(raised.value).endswith('TooManyRequestsException: Rate exceeded (for 0.03 s now). Try again')
        assert raised.value.operation == 'get_function_configuration'

    def test_all_waits_in_it_have_the_same_end(self, cloud, function):
        cloud.looks_left = 10_000
        cloud.functions['f']['LastUpdateStatus'] = 'InProgress'
        with Deadline(0.03), pytest.raises(Wait__Timeout, match=r'after 0\.03 s; it was Active, InProgress'):
            function.wait_until_ready(seconds=500)
        assert Deadline.current() is None

    def test_the_pages_of_a_list_are_asked_for_again(self, cloud, function):
        cloud.layers['a'] = [{'LayerVersionArn': 'arn:a:1'}]
        cloud.errors['list_layer_versions'] = [THROTTLED]
        with Deadline(10):
            found = list(function.iterate('list_layer_versions', 'LayerVersions', LayerName='a', MaxItems=1))
        assert found == [{'LayerVersionArn': 'arn:a:1'}]

    def test_for_want_of_a_permission_it_waits_only_when_the_role_has_changed(self, cloud, function):
        cloud.errors['get_function_configuration'] = [NO_PERMISSION] * 2
        with Deadline(10):
            with pytest.raises(Aws__Invalid, match='does not have permissions'):
                function.configuration()
            Deadline.role_changed()
            assert function.configuration()['FunctionName'] == 'f'

    def test_one_inside_another_ends_first(self):
        with Deadline(10) as outer:
            with Deadline(5) as inner:
                assert Deadline.current() is inner
            assert Deadline.current() is outer

    def test_a_thread_has_its_own(self):
        import threading

        seen = []
        with Deadline(10):
            thread = threading.Thread(target=lambda: seen.append(Deadline.current()))
            thread.start()
            thread.join()
        assert seen == [None]
