import pytest

from osbot_lambda.aws.session.Address import Address


class test_Address:
    @pytest.mark.parametrize(
        'url',
        [
            'http://127.0.0.1:4566',
            'http://127.9.9.9/x',
            'http://[::1]:80',
            'https://localhost',
            'http://LOCALHOST.:1',
            'http://bucket.localhost:4566/key',
        ],
    )
    def test_is_loopback(self, url):
        assert Address(url).is_loopback()

    @pytest.mark.parametrize(
        'url',
        [
            'http://10.0.0.1',
            'http://0.0.0.0:4566',
            'http://169.254.169.254/latest',
            'https://s3.amazonaws.com',
            'http://127.0.0.1.evil.com',
            'http://localhost.evil.com',
            'http://notlocalhost',
            'http://127.0.0.1@evil.com',
            'http://evil.com\\@127.0.0.1',
            'http://evil.com\t@127.0.0.1',
            'http://127.0.0.1:port',
            'ftp://127.0.0.1',
            '',
        ],
    )
    def test_is_not_loopback(self, url):
        assert not Address(url).is_loopback()

    @pytest.mark.parametrize(
        'url',
        [
            'https://lambda.eu-west-1.amazonaws.com',
            'https://AMAZONAWS.com',
            'https://s3.cn-north-1.amazonaws.com.cn',
            'https://vpce-1.lambda.us-east-1.vpce.amazonaws.com./x',
            'https://lambda.us-east-1.api.aws',
            'https://sqs.eusc-de-east-1.amazonaws.eu',
        ],
    )
    def test_is_of_aws(self, url):
        assert Address(url).is_aws()

    @pytest.mark.parametrize(
        'url', ['http://localhost:4566', 'https://notamazonaws.com', 'https://amazonaws.com.evil.io']
    )
    def test_is_not_of_aws(self, url):
        assert not Address(url).is_aws()

    @pytest.mark.parametrize('url', ['localhost:4566', 'aws', 'http://', 'file:///etc/passwd', 'http:// x'])
    def test_is_no_url(self, url):
        assert not Address(url).is_url()
