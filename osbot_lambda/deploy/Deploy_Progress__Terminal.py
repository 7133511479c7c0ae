import sys
from typing import TYPE_CHECKING, Optional

from osbot_lambda.deploy.Deploy_Progress import Deploy_Progress
from osbot_lambda.deploy.Progress_Task import Progress_Task

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Deploy_Progress__Terminal(Deploy_Progress):
    """A bar for each task, on stderr; where that is no terminal, a line for each that is over. Thread-safe.

    Shapes : console is one of rich's; by default stderr's.
    """

    def __init__(self, console: Optional['Console'] = None):
        super().__init__()
        self._console = console
        self._bars: Optional[Bars] = None
        self._drawn: dict[str, TaskID] = {}

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = self._console or Console(stderr=True)
        if self._console.is_terminal:
            columns = (TextColumn('{task.description}', markup=False), BarColumn(), TextColumn('{task.fields[amount]}'))
            through = bool(sys.stdout) and sys.stdout.isatty()  # or what is printed would go to stderr, too
            self._bars = Progress(*columns, console=self._console, transient=True, redirect_stdout=through)
            self._bars.start()

    def _draw(self) -> None:
        if self._bars is None:
            return
        for name in [name for name in self._drawn if name not in self._tasks]:
            self._bars.remove_task(self._drawn.pop(name))
        for name, task in self._tasks.items():
            total, done, amount = task.total or None, task.done, task.amount()
            if name in self._drawn:
                self._bars.update(self._drawn[name], total=total, completed=done, amount=amount)
            else:
                self._drawn[name] = self._bars.add_task(name, total=total, completed=done, amount=amount)

    def _over(self, task: Progress_Task) -> None:
        if self._bars is None and self._console is not None:
            self._console.print(f'{task.name}: {task.amount() or "done"}', markup=False, highlight=False)

    def _close(self) -> None:
        if self._bars is not None:
            self._bars.stop()
        self._bars, self._drawn = None, {}
