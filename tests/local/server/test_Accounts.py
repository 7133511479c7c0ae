import pytest

from osbot_lambda.local.server.Accounts import Accounts


class test_Accounts:
    @pytest.mark.parametrize(
        ('access_key', 'account_id'),
        [
            ('123456789012', '123456789012'),
            ('AKIAKNOWN', '444444444444'),
            ('AKIAOTHER', '000000000000'),
            ('1234567890123', '000000000000'),
            ('', '000000000000'),
        ],
        ids=['12 digits', 'known', 'unknown', '13 digits', 'none'],
    )
    def test_the_account_of_an_access_key(self, access_key, account_id):
        assert Accounts({'AKIAKNOWN': '444444444444'}.get).of(access_key) == account_id
