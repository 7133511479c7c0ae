import pytest


@pytest.fixture
def mocked(monkeypatch):
    """moto in this process, and nothing before it in the order of targets."""
    from moto import mock_aws

    monkeypatch.setenv('AWS_DEFAULT_REGION', 'us-east-1')
    with mock_aws():
        yield
