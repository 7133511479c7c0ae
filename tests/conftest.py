import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from osbot_lambda.local.Local_Cloud import Local_Cloud
from tests.Given_Endpoint import Given_Endpoint

ENDPOINT = os.environ.get('OSBOT_LAMBDA_TEST_ENDPOINT')  # the tests of the SDK run on any cloud that runs there

_accounts = itertools.count(1)


@pytest.fixture(autouse=True)
def _no_target_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine's environment says about AWS has no say in a test."""
    for name in list(os.environ):
        if name.startswith(('AWS_', 'OSBOT_LAMBDA_')):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _cache_of_its_own(_no_target_from_outside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What packaging keeps for later goes with the test."""
    monkeypatch.setenv('OSBOT_LAMBDA_CACHE', str(tmp_path / '.osbot-lambda-cache'))


@pytest.fixture(scope='session')
def local_cloud() -> Iterator[Local_Cloud | Given_Endpoint]:
    """One local cloud for all the tests of a process, or the one that OSBOT_LAMBDA_TEST_ENDPOINT names."""
    if ENDPOINT:
        yield Given_Endpoint(ENDPOINT)
        return
    with Local_Cloud() as cloud:
        yield cloud


@pytest.fixture
def account(local_cloud: Local_Cloud | Given_Endpoint) -> Iterator[str]:
    """An account of the test's own: an empty cloud, emptied again at the end."""
    account_id = f'1{os.getpid() % 10**6:06d}{next(_accounts):05d}'  # several processes may share one endpoint
    yield account_id
    local_cloud.reset(account_id)


@pytest.fixture
def session_kwargs(local_cloud: Local_Cloud | Given_Endpoint, account: str) -> dict[str, str]:
    """What boto3 or our SDK needs to reach the test's own account."""
    return local_cloud.session_kwargs(account)


@pytest.fixture
def no_aws_environment() -> dict[str, str]:
    """The environment for a child process: nothing in it names a cloud or credentials."""
    return {name: value for name, value in os.environ.items() if not name.startswith(('AWS_', 'OSBOT_LAMBDA_'))}


@pytest.fixture(scope='session')
def wheelhouse_folder() -> Path:
    """The folder of wheels that `make test` puts aside."""
    folder = Path(__file__).parents[1] / '.wheelhouse'
    if not (folder / '.ready').exists():
        pytest.fail(f'{folder} is not filled: run `make test` once, it does that first')
    return folder


@pytest.fixture
def wheelhouse(
    wheelhouse_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Package installers of this process find what `make` put aside, and nothing else: no network."""
    uv_config = tmp_path_factory.mktemp('uv') / 'uv.toml'
    uv_config.write_text('no-index = true\n')  # uv reads no variable for it
    monkeypatch.setenv('UV_CONFIG_FILE', str(uv_config))
    monkeypatch.setenv('UV_FIND_LINKS', str(wheelhouse_folder))
    monkeypatch.setenv('UV_OFFLINE', '1')
    monkeypatch.setenv('PIP_NO_INDEX', '1')
    monkeypatch.setenv('PIP_FIND_LINKS', str(wheelhouse_folder))
    return wheelhouse_folder
