"""CloudWatch logs."""


class test_cloudwatch_logs:
    def test_cloudwatch_logs(self, lambda_func):
        log_group = lambda_func.log_group()
        # Returns Logs object for '/aws/lambda/{function_name}'

        assert log_group.name() == '/aws/lambda/my-function'
        lambda_func.invoke({'key': 'value'})
        assert log_group.wait_for_message("received {'key': 'value'}")
