import pytest


@pytest.fixture
def mocked(monkeypatch):
    """moto in this process, with AWS's own policies."""
    from moto import mock_aws

    monkeypatch.setenv('AWS_DEFAULT_REGION', 'us-east-1')
    with mock_aws(config={'iam': {'load_aws_managed_policies': True}}):
        yield
