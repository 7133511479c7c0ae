"""Account settings."""


class test_account_settings:
    def test_account_settings(self, lambda_func):
        settings = lambda_func.account_settings()
        # Returns Lambda service quotas and limits

        assert settings['AccountLimit']['ConcurrentExecutions'] > 0
        assert settings['AccountUsage']['FunctionCount'] == 1
