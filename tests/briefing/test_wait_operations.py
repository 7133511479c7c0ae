"""Wait operations."""


class test_wait_operations:
    def test_wait_operations(self, lambda_func):
        # Wait for function to be active
        result = lambda_func.wait_for_state_active(max_wait_count=40, wait_interval=1)
        assert result['status'] == 'ok'

        # Wait for any state
        result = lambda_func.wait_for_state('Active')
        assert result['status'] == 'ok'

        # Wait for update to complete (used internally)
        lambda_func.configuration_update(MemorySize=256)
        status = lambda_func.wait_for_function_update_to_complete(max_attempts=40, wait_time=0.1)
        assert status == 'Successful'
