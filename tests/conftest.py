import itertools
import os
from collections.abc import Iterator

import pytest

from osbot_lambda.local.Local_Cloud import Local_Cloud

_accounts = itertools.count(1)


@pytest.fixture(autouse=True)
def _no_target_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine's environment says about AWS has no say in a test."""
    for name in list(os.environ):
        if name.startswith(('AWS_', 'OSBOT_LAMBDA_')):
            monkeypatch.delenv(name)


@pytest.fixture(scope='session')
def local_cloud() -> Iterator[Local_Cloud]:
    """One local cloud for all the tests of a process."""
    with Local_Cloud() as cloud:
        yield cloud


@pytest.fixture
def account(local_cloud: Local_Cloud) -> Iterator[str]:
    """An account of the test's own: an empty cloud, emptied again at the end."""
    account_id = f'1{next(_accounts):011d}'
    yield account_id
    local_cloud.reset(account_id)


@pytest.fixture
def session_kwargs(local_cloud: Local_Cloud, account: str) -> dict[str, str]:
    """What boto3 or our SDK needs to reach the test's own account."""
    return local_cloud.session_kwargs(account)


@pytest.fixture
def no_aws_environment() -> dict[str, str]:
    """The environment for a child process: nothing in it names a cloud or credentials."""
    return {name: value for name, value in os.environ.items() if not name.startswith(('AWS_', 'OSBOT_LAMBDA_'))}
