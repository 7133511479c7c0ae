import pytest

from osbot_lambda.aws.sts.STS import STS


@pytest.mark.usefixtures('mocked')
class test_STS:
    def test_says_who_is_calling(self):
        sts = STS()
        assert sts.account_id() == '123456789012'
        assert sts.caller_identity().keys() == {'UserId', 'Account', 'Arn'}
