import json
import logging
import time
from contextlib import ExitStack

import pytest

from osbot_lambda.errors import Packaging__Hash_Mismatch, Packaging__Install_Failed
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver
from osbot_lambda.packaging.wheels.Wheel_Fetch import Wheel_Fetch
from osbot_lambda.packaging.wheels.Wheel_Link import Wheel_Link
from osbot_lambda.schemas.Progress import Progress
from tests.packaging.wheels.Package_Index import Package_Index
from tests.Wheel_Folder import Wheel_Folder

PLATFORM = Lambda_Platform('python3.12')


class Heard(Progress):
    def __init__(self):
        self.heard = []

    def start(self, task, total=0, unit='bytes'):
        self.heard.append(('start', task, total, unit))

    def advance(self, task, done):
        self.heard.append(('advance', task, done))

    def finish(self, task):
        self.heard.append(('finish', task))


@pytest.fixture
def index(tmp_path, monkeypatch):
    """Makes an index of two wheels that uv and pip are told of."""
    wheels = Wheel_Folder(tmp_path / 'wheels').use(monkeypatch)
    wheels.add('app', requires=['helper']).add('helper')
    (wheels.folder / 'uv.toml').write_text('')
    for name in ('UV_FIND_LINKS', 'PIP_NO_INDEX', 'PIP_FIND_LINKS', 'PIP_EXTRA_INDEX_URL'):
        monkeypatch.delenv(name, raising=False)
    for name in ('HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('PIP_CONFIG_FILE', '/dev/null')
    monkeypatch.setenv('NETRC', '/dev/null')
    monkeypatch.setenv('UV_HTTP_RETRIES', '0')
    monkeypatch.setenv('PIP_RETRIES', '0')
    with ExitStack() as stack:

        def make(**options):
            made = stack.enter_context(Package_Index(wheels.folder, **options))
            monkeypatch.setenv('UV_INDEX_URL', made.url())
            monkeypatch.setenv('PIP_INDEX_URL', made.url())
            return made

        yield make


def resolve(progress=None):
    return Package_Resolver(PLATFORM, progress=progress or Progress()).resolve(Requirement_Set(('app',)))


class test_Wheel_Fetch:
    def test_wheels_of_an_index_are_downloaded_once(self, index, tool):
        made = index()
        found = resolve()
        assert found.names() == ['app==1.0', 'helper==1.0']
        assert [wheel.path.read_bytes() for wheel in found.wheels] == [
            (made.folder / wheel.path.name).read_bytes() for wheel in found.wheels
        ]
        before = len(made.asked)
        assert resolve() == found
        assert len(made.asked) == before

    def test_credentials_of_the_index_serve_for_its_files_and_are_written_nowhere(self, index, tool):
        index(credentials='me:pa55word')
        assert resolve().names() == ['app==1.0', 'helper==1.0']
        kept = [path for path in Package_Cache().folder.rglob('*') if path.is_file()]
        assert len(kept) == 3
        assert not [path for path in kept if b'pa55word' in path.read_bytes()]
        assert json.loads(next(path for path in kept if path.suffix != '.whl').read_text())['lasting'] is False

    def test_another_file_than_the_index_says_is_refused(self, index, monkeypatch):
        made = index(change=lambda path, data: data + b'\n' if 'helper' in path else data)
        resolver = Package_Resolver(PLATFORM)
        with pytest.raises(Packaging__Hash_Mismatch, match=r'helper-1\.0-py3-none-any\.whl of helper==1\.0'):
            resolver.resolve(Requirement_Set(('app',)))
        assert 'helper' not in str([*resolver.cache.folder.rglob('*')])
        made.change = None
        assert resolve().names() == ['app==1.0', 'helper==1.0']

    def test_an_answer_that_breaks_off_is_asked_for_again(self, index):
        made = index(cut=1)
        assert resolve().names() == ['app==1.0', 'helper==1.0']
        assert made.cut == 0

    def test_what_a_plain_download_does_not_get_pip_gets(self, index, caplog):
        made = index(refuse='python-requests')
        found = resolve()
        assert found.names() == ['app==1.0', 'helper==1.0']
        assert [agent for path, agent in made.asked if path.startswith('/files/app') and agent.startswith('pip/')]

    def test_what_nobody_gets_says_so(self, index):
        made = index()
        link = Wheel_Link(
            'gone', '1.0', 'gone-1.0-py3-none-any.whl', made.url().replace('simple', 'files/gone-1.0.whl')
        )
        resolver = Package_Resolver(PLATFORM)
        with pytest.raises(
            Packaging__Install_Failed, match=r'gone-1\.0-py3-none-any\.whl could not .* 404 .*nor by pip'
        ):
            Wheel_Fetch(PLATFORM, resolver.cache, made.folder).wheels([link])

    def test_offline_nothing_is_asked(self, index, monkeypatch):
        made = index()
        resolve()
        monkeypatch.setenv('UV_OFFLINE', '1')
        (wheel,) = Package_Cache().folder.rglob('app-*.whl')
        wheel.unlink()
        before = len(made.asked)
        with pytest.raises(Packaging__Install_Failed):
            resolve()
        assert len(made.asked) == before

    def test_progress_is_told(self, index):
        made, progress = index(), Heard()
        sizes = sum(path.stat().st_size for path in made.folder.glob('*.whl'))
        resolve(progress)
        told = progress.heard
        assert told[:2] == [('start', 'resolve packages', 0, 'packages'), ('finish', 'resolve packages')]
        assert (told[2][:2], told[-1]) == (('start', 'download 2 packages'), ('finish', 'download 2 packages'))
        assert sum(one[2] for one in told if one[0] == 'advance') == sizes

    def test_when_the_index_is_gone_what_was_found_serves(self, index, tool, monkeypatch, caplog):
        made = index()
        found = resolve()
        made.stop()
        later = time.time() + 48 * 3600
        monkeypatch.setattr('time.time', lambda: later)
        with caplog.at_level(logging.WARNING, 'osbot_lambda'):
            assert resolve() == found
        assert 'no package index can be reached; what was found 2 days ago is used' in caplog.text
