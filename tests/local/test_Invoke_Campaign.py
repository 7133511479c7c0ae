import os
import subprocess
import sys

from benchmarks.campaign import invokes
from benchmarks.Invoke_Campaign import Invoke_Campaign
from benchmarks.Left_Behind import Left_Behind


class test_Invoke_Campaign:
    """A small one; `make campaign` runs ten thousand invokes."""

    def test_each_is_answered_and_nothing_is_left(self, capsys):
        assert invokes(Invoke_Campaign(invokes=160, crashes=0.05, timeouts=0.02, concurrency=4)) == 0
        out = capsys.readouterr().out
        kinds = '2 child, 2 exit, 2 killed, 149 ok, 2 segfault, 3 timeout'
        assert out.startswith(f'ok     160 invokes, 4 at once, seed 1: {kinds}\n')

    def test_a_wrong_answer_makes_it_fail(self, capsys, monkeypatch):
        monkeypatch.setattr('benchmarks.Invoke_Campaign.ERRORS', {})
        monkeypatch.setattr('benchmarks.Invoke_Campaign.Invoke_Campaign.SECONDS_TO_END', 0)
        assert invokes(Invoke_Campaign(invokes=8, crashes=0.25, timeouts=0, concurrency=2)) == 1
        out = capsys.readouterr().out
        assert out.startswith('FAILED 8 invokes')
        assert 'Runtime.ExitError' in out


class test_Left_Behind:
    def test_it_counts_what_there_is_more(self, tmp_path):
        name = f'left-{os.getpid()}'
        waits = [sys.executable, '-c', 'import sys; sys.stdin.read()']
        with subprocess.Popen(waits, stdin=subprocess.PIPE) as stranger:
            before = Left_Behind.of(stranger.pid, tmp_path, name)
            (tmp_path / 'a' / 'b').mkdir(parents=True)
            function = {**os.environ, 'AWS_LAMBDA_FUNCTION_NAME': f'{name}-1'}
            with subprocess.Popen(waits, stdin=subprocess.PIPE, env=function):  # no child of the stranger's
                after = Left_Behind.of(stranger.pid, tmp_path, name)
            ours = Left_Behind.of(os.getpid(), tmp_path, name)
        assert (before.processes, after.processes) == (0, 1)
        assert (before.folders, after.folders) == (0, 2)
        assert ours.processes >= 1  # the stranger
        assert ours.descriptors > before.descriptors >= 1
