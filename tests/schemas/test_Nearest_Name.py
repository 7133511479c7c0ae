from osbot_lambda.schemas.Nearest_Name import Nearest_Name


class test_Nearest_Name:
    def test_a_near_name_is_offered(self):
        assert Nearest_Name.advice('timeuot', ['memory', 'timeout']) == "did you mean 'timeout'?"

    def test_without_one_all_are(self):
        assert Nearest_Name.advice('zzz', ['timeout', 'memory']) == 'it has memory, timeout'
