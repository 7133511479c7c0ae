class test_Lambda__Account:
    def test_the_settings_come_without_metadata(self, function, stub):
        settings = {'AccountLimit': {'ConcurrentExecutions': 1000}, 'AccountUsage': {'FunctionCount': 1}}
        stub.add_response('get_account_settings', {**settings, 'ResponseMetadata': {'RequestId': 'r'}}, {})
        assert function.account_settings() == settings
