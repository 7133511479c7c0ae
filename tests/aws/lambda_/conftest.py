import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.lambda_.Lambda import Lambda

NOWHERE = {'endpoint_url': 'http://127.0.0.1:9', 'aws_access_key_id': '123456789012', 'region_name': 'us-east-1'}


@pytest.fixture
def function():
    """A function on a cloud that isn't there; the answers come from `stub`."""
    return Lambda('f', session_kwargs__lambda=NOWHERE)


@pytest.fixture
def stub(function):
    with Stubber(function.client()) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def no_pauses(monkeypatch):
    """Waiting takes no time: a clock that moves when somebody sleeps."""
    from osbot_lambda.aws import Wait

    class Clock:
        now = 0.0

        def monotonic(self):
            return self.now

        def sleep(self, seconds):
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr(Wait, 'time', clock)
    return clock
