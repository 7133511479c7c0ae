import pytest

from osbot_lambda.local.Local_Cloud import Local_Cloud


@pytest.fixture
def mocked(monkeypatch):
    """moto in this process, and nothing before it in the order of targets."""
    from moto import mock_aws

    monkeypatch.setenv('AWS_DEFAULT_REGION', 'us-east-1')
    with mock_aws():
        yield


@pytest.fixture(params=['moto', 'local'])
def anywhere(request, monkeypatch):
    """The same account 123456789012, empty, once with moto in this process, once on the local cloud."""
    if request.param == 'moto':
        request.getfixturevalue('mocked')
        yield
        return
    cloud = request.getfixturevalue('local_cloud')
    if not isinstance(cloud, Local_Cloud):
        pytest.skip('an endpoint that is given has one account 123456789012 for all processes that test')
    monkeypatch.setenv('AWS_ENDPOINT_URL', cloud.endpoint_url)
    monkeypatch.setenv('AWS_ACCESS_KEY_ID', '123456789012')
    monkeypatch.setenv('AWS_SECRET_ACCESS_KEY', cloud.session_kwargs('123456789012')['aws_secret_access_key'])
    yield
    cloud.reset('123456789012')
