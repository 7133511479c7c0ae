import pytest

from osbot_lambda.local.server.calls.Function_Token import Function_Token
from osbot_lambda.local.server.Http_Request import Http_Request


def request(query='', **headers):
    return Http_Request('GET', '/', query, {name.replace('_', '-'): value for name, value in headers.items()}, b'')


class test_Function_Token:
    def test_a_request_that_the_function_signed_names_it(self):
        token = Function_Token.of('eu-west-1', 'my_fn')
        assert Function_Token.read(request(x_amz_security_token=token)) == ('eu-west-1', 'my_fn')

    def test_so_does_a_url_that_it_signed(self):
        query = 'X-Amz-Date=1&X-Amz-Security-Token=osbot-lambda%2Feu-west-1%2Fmy_fn&X-Amz-Signature=2'
        assert Function_Token.read(request(query)) == ('eu-west-1', 'my_fn')

    @pytest.mark.parametrize('token', ['', 'local', 'FwoGZXIvYXdzEJr//////////wEaDH'], ids=['none', 'ours', "STS's"])
    def test_any_other_caller_is_nobody(self, token):
        assert Function_Token.read(request(x_amz_security_token=token)) is None
        assert Function_Token.read(request(f'X-Amz-Security-Token={token}')) is None
