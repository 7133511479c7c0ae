import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from osbot_lambda.local.server.Cloud import Cloud

ROOT = Path(__file__).parents[3]


@pytest.fixture
def run(tmp_path):
    """Starts the cloud's process as a user would from a shell; ends what is left of it."""
    running = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, '-m', 'osbot_lambda.local.server', *arguments],
            cwd=ROOT,
            env={**os.environ, 'TMPDIR': str(tmp_path), 'AWS_PROFILE': 'no-such-profile', 'MOTO_ACCOUNT_ID': '1'},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


class test_main:
    @pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_it_says_where_it_is_and_ends_with_a_signal(self, run, tmp_path, number):
        process = run()
        ready = json.loads(process.stdout.readline())
        assert ready['pid'] == process.pid
        assert ready['port'] > 0
        assert [str(path) for path in tmp_path.iterdir()] == [ready['work_dir']]
        process.send_signal(number)
        assert process.communicate(timeout=20) == ('', '')
        assert process.returncode == 0
        assert list(tmp_path.iterdir()) == []

    def test_a_port_that_is_taken_has_an_exit_code_of_its_own(self, run, tmp_path, local_cloud):
        process = run('--port', str(local_cloud.port))
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out) == (3, '')
        assert err.startswith(f'port {local_cloud.port} on 127.0.0.1 is taken')
        assert list(tmp_path.iterdir()) == []

    def test_nothing_is_left_when_nobody_hears_that_it_is_ready(self, run, tmp_path):
        process = run()
        process.stdout.close()
        process.wait(timeout=20)
        assert list(tmp_path.iterdir()) == []

    def test_nothing_is_left_of_a_cloud_that_can_not_be_made(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path))
        monkeypatch.setattr('osbot_lambda.local.server.Cloud.Moto_Adapter', lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Cloud()
        assert list(tmp_path.iterdir()) == []

    def test_it_ends_at_once_when_its_parent_is_gone_already(self, run, tmp_path):
        process = run('--parent', '1')
        process.communicate(timeout=20)
        assert process.returncode == 0
        assert list(tmp_path.iterdir()) == []
