import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock, Timer
from typing import Optional, Union

from osbot_lambda.deploy.Progress_Task import Progress_Task
from osbot_lambda.schemas.Progress import Progress


class Deploy_Progress(Progress):
    """How far the tasks of a deploy are, shown to who watches: bars, in a terminal and in a notebook.

        progress = Deploy_Progress.of(None)
        progress.start('upload orders', 60_000_000)
        progress.advance('upload orders', 8_388_608)
        progress.finish('upload orders')

    The bars come when a task is not over after AFTER, and go with the last one: a quick deploy shows none. A subclass
    draws them; what they are drawn with is imported when the first one comes.

    Units  : AFTER is seconds.
    """

    AFTER = 0.25

    def __init__(self) -> None:
        self._lock = RLock()
        self._tasks: dict[str, Progress_Task] = {}
        self._timer: Optional[Timer] = None
        self._is_open = False

    @classmethod
    def of(cls, wanted: Union[bool, Progress, None] = None) -> Progress:
        """What deploy(progress=…) stands for: None shows bars in a terminal (stderr) and in a notebook, and nothing
        elsewhere; True and False force it; a Progress is used as it is."""
        if isinstance(wanted, Progress):
            return wanted
        if wanted is not False and _is_notebook():
            from osbot_lambda.deploy.Deploy_Progress__Notebook import Deploy_Progress__Notebook

            return Deploy_Progress__Notebook()
        if wanted or (wanted is None and _is_terminal()):
            from osbot_lambda.deploy.Deploy_Progress__Terminal import Deploy_Progress__Terminal

            return Deploy_Progress__Terminal()
        return Progress()

    @classmethod
    @contextmanager
    def shown(cls, wanted: Union[bool, Progress, None] = None) -> Iterator[Progress]:
        """As of(), for a block: at its end, however it ends, nothing of it is on the screen."""
        progress = cls.of(wanted)
        try:
            yield progress
        finally:
            if isinstance(progress, cls) and progress is not wanted:
                progress.end()

    def end(self) -> None:
        """All of them are over."""
        for task in list(self._tasks):
            self.finish(task)

    def start(self, task: str, total: int = 0, unit: str = 'bytes') -> None:
        """A task begins, or its total has become known."""
        with self._lock:
            known = self._tasks.get(task)
            self._tasks[task] = Progress_Task(task, total, unit, known.done if known else 0)
            if self._is_open:
                self._draw()
            elif self.AFTER <= 0:
                self._show()
            elif self._timer is None:
                self._timer = Timer(self.AFTER, self._show)
                self._timer.daemon = True
                self._timer.start()

    def advance(self, task: str, done: int) -> None:
        """So much more of it is done."""
        with self._lock:
            if task in self._tasks:
                self._tasks[task].done += done
                if self._is_open:
                    self._draw()

    def finish(self, task: str) -> None:
        """It is over."""
        with self._lock:
            over = self._tasks.pop(task, None)
            if over is not None and self._is_open:
                self._over(over)
                self._draw()
            if not self._tasks:
                if self._timer is not None:
                    self._timer.cancel()
                if self._is_open:
                    self._close()
                self._timer, self._is_open = None, False

    def _show(self) -> None:
        with self._lock:
            if self._tasks and not self._is_open:
                self._open()
                self._is_open = True
                self._draw()

    def _open(self) -> None:
        """The first bar comes."""

    def _draw(self) -> None:
        """The tasks are other ones, or further."""

    def _over(self, task: Progress_Task) -> None:
        """One is over."""

    def _close(self) -> None:
        """The last bar goes."""


def _is_terminal() -> bool:
    from os import environ

    return bool(sys.stderr) and sys.stderr.isatty() and environ.get('TERM') != 'dumb'


def _is_notebook() -> bool:
    ipython = sys.modules.get('IPython')
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, 'kernel', None) is not None
