import io
import os
import pty
import subprocess
import sys
import threading
from contextlib import redirect_stderr

import pytest
from rich.console import Console

from osbot_lambda.deploy.Deploy_Progress import Deploy_Progress
from osbot_lambda.deploy.Deploy_Progress__Notebook import Deploy_Progress__Notebook
from osbot_lambda.deploy.Deploy_Progress__Terminal import Deploy_Progress__Terminal
from osbot_lambda.deploy.Progress_Task import Progress_Task
from osbot_lambda.schemas.Progress import Progress

SHOW = """
from osbot_lambda.deploy.Deploy_Progress import Deploy_Progress
Deploy_Progress.AFTER = 0
with Deploy_Progress.shown() as progress:
    progress.start('upload orders', 2_000_000)
    progress.advance('upload orders', 500_000)
    progress.start('resolve')  # draws
    print('kept')
"""


class Cell(Deploy_Progress__Notebook):
    """A notebook's output, kept instead of shown."""

    AFTER, EVERY = 0, 0

    def __init__(self):
        super().__init__()
        self.written = []

    def _open(self):
        pass

    def _write(self, html):
        self.written.append(html)


@pytest.fixture
def screen():
    return io.StringIO()


@pytest.fixture
def bars(screen):
    progress = Deploy_Progress__Terminal(Console(file=screen, force_terminal=True, width=100, color_system=None))
    progress.AFTER = 0
    yield progress
    progress.end()


class test_where_it_is_shown:
    def test_in_a_terminal_only_while_it_lasts(self):
        ours, theirs = pty.openpty()
        environment = {**os.environ, 'TERM': 'xterm', 'COLUMNS': '100'}
        process = subprocess.Popen(
            [sys.executable, '-c', SHOW], stdout=subprocess.PIPE, stderr=theirs, text=True, env=environment
        )
        os.close(theirs)
        shown = b''
        while True:
            try:
                shown += (data := os.read(ours, 4096))
            except OSError:  # the other end is closed
                break
            if not data:
                break
        os.close(ours)
        assert process.communicate()[0] == 'kept\n'
        assert process.returncode == 0
        assert b'upload orders' in shown
        assert b'500.0 kB of 2.0 MB' in shown
        assert shown.rstrip().endswith((b'\x1b[2K', b'\x1b[?25h')), 'the line is cleared, the cursor there again'

    @pytest.mark.parametrize('extra', [{}, {'TERM': 'dumb'}], ids=['a pipe', 'a dumb terminal'])
    def test_nowhere_in(self, extra):
        ours, theirs = pty.openpty()
        where = theirs if extra else subprocess.PIPE
        done = subprocess.run(
            [sys.executable, '-c', SHOW], stdout=subprocess.PIPE, stderr=where, text=True, env={**os.environ, **extra}
        )
        os.close(theirs)
        with pytest.raises(OSError, match='Input/output'):  # closed, with nothing in it
            os.read(ours, 1)
        os.close(ours)
        assert (done.returncode, done.stdout, done.stderr or '') == (0, 'kept\n', '')

    def test_silent_tasks_import_nothing_to_draw_with(self):
        code = f'{SHOW}\nimport sys; print(sorted({{"rich", "IPython"}} & set(sys.modules)))'
        done = subprocess.run([sys.executable, '-c', code], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ('kept\n[]\n', '')

    def test_false_is_silent_and_true_never(self):
        assert type(Deploy_Progress.of(False)) is Progress
        assert type(Deploy_Progress.of(True)) is Deploy_Progress__Terminal

    def test_somebody_s_own_is_used_as_it_is(self):
        mine = Progress()
        assert Deploy_Progress.of(mine) is mine

    def test_true_without_a_terminal_is_a_line_for_each_task(self, monkeypatch):
        monkeypatch.setattr(Deploy_Progress, 'AFTER', 0)
        with redirect_stderr(io.StringIO()) as err, Deploy_Progress.shown(True) as progress:
            progress.start('upload [orders]', 10)
            progress.advance('upload [orders]', 10)
            progress.finish('upload [orders]')
            progress.start('resolve')
            progress.finish('resolve')
        assert err.getvalue() == 'upload [orders]: 10 bytes of 10 bytes\nresolve: done\n'


class test_bars:
    def test_show_name_and_amount(self, bars, screen):
        bars.start('build [orders]', 4, 'wheels')
        bars.advance('build [orders]', 1)
        bars.finish('build [orders]')
        assert 'build [orders]' in screen.getvalue()
        assert '0 of 4 wheels' in screen.getvalue()
        assert bars._tasks == {}

    def test_a_task_that_is_over_before_they_come_shows_nothing(self, bars, screen):
        bars.AFTER = 3600
        bars.start('upload', 10)
        timer = bars._timer
        bars.advance('upload', 10)
        bars.finish('upload')
        assert screen.getvalue() == ''
        assert timer.finished.is_set()

    def test_they_come_when_a_task_is_not_over(self, bars, screen):
        bars.AFTER = 0.01
        bars.start('upload', 10)
        bars._timer.join()
        assert 'upload' in screen.getvalue()

    def test_a_total_that_becomes_known(self, bars, screen):
        bars.start('upload')
        bars.advance('upload', 2_000_000)
        bars.start('upload', 4_000_000)
        bars.start('other')  # draws
        assert '2.0 MB of 4.0 MB' in screen.getvalue()

    def test_come_again_with_the_next_task(self, bars, screen):
        for task in ('one', 'two'):
            bars.start(task)
            bars.finish(task)
        assert 'one' in screen.getvalue()
        assert 'two' in screen.getvalue()

    def test_many_threads_may_tell_it(self, bars):
        bars.start('deploy', 400, 'functions')

        def work(name):
            for number in range(50):
                bars.start(f'{name} {number}', 1)
                bars.advance(f'{name} {number}', 1)
                bars.advance('deploy', 1)
                bars.finish(f'{name} {number}')

        threads = [threading.Thread(target=work, args=(name,)) for name in 'abcdefgh']
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert bars._tasks['deploy'].done == 400
        assert list(bars._tasks) == ['deploy']

    def test_what_never_began_may_be_over(self, bars, screen):
        bars.advance('no such task', 1)
        bars.finish('no such task')
        assert screen.getvalue() == ''

    def test_a_block_that_raises_leaves_nothing(self, monkeypatch):
        monkeypatch.setattr(Deploy_Progress, 'AFTER', 0)
        seen = []

        def cut():
            with redirect_stderr(io.StringIO()), Deploy_Progress.shown(True) as progress:
                seen.append(progress)
                progress.start('upload', 10)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            cut()
        assert (seen[0]._tasks, seen[0]._is_open) == ({}, False)


class test_notebook:
    def test_a_bar_for_each_task_and_none_at_the_end(self):
        cell = Cell()
        cell.start('upload <orders>', 4_000_000)
        cell.start('resolve')
        cell.advance('upload <orders>', 1_000_000)
        shown = cell.written[-1]
        assert '<div>upload &lt;orders&gt; <progress value="1000000" max="4000000"' in shown
        assert '1.0 MB of 4.0 MB</div>' in shown
        assert '<div>resolve <progress style=' in shown
        cell.end()
        assert cell.written[-1] == ''

    def test_draws_no_more_often_than_it_should(self):
        cell = Cell()
        cell.EVERY = 3600
        cell.start('upload', 100)
        for _ in range(100):
            cell.advance('upload', 1)
        assert len(cell.written) == 1


class test_Progress_Task:
    @pytest.mark.parametrize(
        ('task', 'text'),
        [
            (Progress_Task('t', 0, 'bytes'), ''),
            (Progress_Task('t', 0, 'bytes', 1), '1 bytes'),
            (Progress_Task('t', 0, 'wheels', 3), '3 wheels'),
            (Progress_Task('t', 100, 'functions', 3), '3 of 100 functions'),
            (Progress_Task('t', 60_100_000, 'bytes', 12_500), '12.5 kB of 60.1 MB'),
            (Progress_Task('t', 2_500_000_000_000, 'bytes', 999), '999 bytes of 2500.0 GB'),
        ],
        ids=['nothing known', 'bytes', 'others', 'of a total', 'sizes', 'large'],
    )
    def test_amount(self, task, text):
        assert task.amount() == text
