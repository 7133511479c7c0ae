import pytest
from botocore.stub import Stubber

from osbot_lambda.errors import Aws__Access_Denied, Aws__Not_Found, Deploy__Failed, Wait__Timeout

FAILED = {'State': 'Failed', 'StateReasonCode': 'InvalidImage', 'StateReason': 'it is no image'}
UPDATE_FAILED = {
    'State': 'Active',
    'LastUpdateStatus': 'Failed',
    'LastUpdateStatusReasonCode': 'SubnetOutOfIPAddresses',
    'LastUpdateStatusReason': 'no address is left',
}


def _answers(stub, *configurations):
    for configuration in configurations:
        stub.add_response('get_function_configuration', configuration, {'FunctionName': 'f'})


@pytest.mark.usefixtures('no_pauses')
class test_Lambda__Configuration:
    def test_exists_says_no_only_when_it_is_not_there(self, function, stub):
        _answers(stub, {})
        assert function.exists()
        stub.add_client_error('get_function_configuration', 'ResourceNotFoundException', 'no', 404)
        assert not function.exists()
        stub.add_client_error('get_function_configuration', 'AccessDeniedException', 'no', 403)
        with pytest.raises(Aws__Access_Denied):
            function.exists()

    def test_active_at_once_needs_one_look_and_no_pause(self, function, stub, no_pauses):
        _answers(stub, {'State': 'Active'})
        assert function.wait_for_state_active() == {'status': 'ok', 'name': 'f', 'message': 'function f is Active'}
        assert no_pauses.now == 0

    def test_active_later_is_waited_for(self, function, stub):
        _answers(stub, {'State': 'Pending'}, {'State': 'Pending'}, {'State': 'Active'})
        assert function.wait_for_state('Active')['status'] == 'ok'

    def test_failed_ends_the_wait_with_the_reason(self, function, stub):
        _answers(stub, {'State': 'Pending'}, FAILED)
        answer = function.wait_for_state_active()
        assert (answer['status'], 'InvalidImage: it is no image' in answer['error']) == ('error', True)
        assert (answer['message'], answer['exception'].code) == (answer['error'], 'InvalidImage')

    def test_failed_can_be_waited_for(self, function, stub):
        _answers(stub, FAILED)
        assert function.wait_for_state('Failed')['status'] == 'ok'

    def test_a_wait_ends_when_its_time_is_over(self, function, no_pauses):
        with Stubber(function.client()) as stub:
            _answers(stub, *[{'State': 'Pending'}] * 100)
            answer = function.wait_for_state_active(max_wait_count=4, wait_interval=0.5)
        assert answer['error'] == 'function f was not State Active after 2 s; it was Pending'
        assert no_pauses.now == pytest.approx(2)

    def test_a_function_that_is_not_there_is_an_error_in_a_status_dict(self, function, stub):
        stub.add_client_error('get_function_configuration', 'ResourceNotFoundException', 'no', 404)
        assert function.wait_for_state_active()['status'] == 'error'

    def test_an_update_is_waited_for(self, function, stub):
        _answers(stub, {'LastUpdateStatus': 'InProgress'}, {'LastUpdateStatus': 'Successful'})
        assert function.wait_for_function_update_to_complete() == 'Successful'

    def test_an_update_that_failed_raises_with_the_reason(self, function, stub):
        _answers(stub, {'LastUpdateStatus': 'InProgress'}, UPDATE_FAILED)
        with pytest.raises(Deploy__Failed, match='SubnetOutOfIPAddresses: no address is left') as raised:
            function.wait_for_function_update_to_complete()
        assert raised.value.code == 'SubnetOutOfIPAddresses'

    def test_an_update_that_takes_too_long_raises(self, function):
        with Stubber(function.client()) as stub:
            _answers(stub, *[{'LastUpdateStatus': 'InProgress'}] * 100)
            with pytest.raises(Wait__Timeout, match='LastUpdateStatus Successful after 4 s; it was InProgress'):
                function.wait_for_function_update_to_complete(max_attempts=40, wait_time=0.1)

    def test_ready_is_active_and_updated(self, function, stub):
        _answers(stub, {'State': 'Pending'}, {'State': 'Active', 'LastUpdateStatus': 'InProgress'})
        _answers(stub, {'State': 'Active', 'LastUpdateStatus': 'Successful', 'Version': '7'})
        assert function.wait_until_ready()['Version'] == '7'

    def test_a_new_function_is_ready_before_aws_says_anything_of_updates(self, function, stub):
        _answers(stub, {'State': 'Active'})
        assert function.wait_until_ready()['State'] == 'Active'

    def test_a_function_that_is_never_there_is_not_ready(self, function, stub):
        stub.add_client_error('get_function_configuration', 'ResourceNotFoundException', 'no', 404)
        with pytest.raises(Aws__Not_Found):
            function.wait_until_ready()

    def test_an_update_of_the_configuration_is_sent_and_waited_for(self, function, stub):
        sent = {'FunctionName': 'f', 'MemorySize': 1024, 'Layers': [], 'Environment': {'Variables': {}}}
        stub.add_response('update_function_configuration', {'MemorySize': 1024}, sent)
        _answers(stub, {'LastUpdateStatus': 'InProgress'}, {'LastUpdateStatus': 'Successful'})
        function.set_memory(1024).set_layers([]).set_env_variables({})
        assert function.update_lambda_configuration() == {'MemorySize': 1024}

    def test_without_anything_set_no_call_is_made(self, function, stub):
        assert function.update_lambda_configuration() == {}

    def test_an_arn_says_which_function_is_meant(self, function, stub):
        arn = 'arn:aws:lambda:us-east-1:123456789012:function:other'
        stub.add_response('get_function_configuration', {}, {'FunctionName': arn})
        assert function.exists(arn)
