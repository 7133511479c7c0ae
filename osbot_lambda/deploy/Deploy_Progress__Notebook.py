import time
from html import escape
from typing import Any

from osbot_lambda.deploy.Deploy_Progress import Deploy_Progress


class Deploy_Progress__Notebook(Deploy_Progress):
    """A bar for each task in the cell's output, which is empty again when they are over. It needs no widgets.

    Units  : EVERY is seconds between two pictures, at the least.
    """

    EVERY = 0.1

    def __init__(self) -> None:
        super().__init__()
        self._handle: Any = None
        self._drawn_at = 0.0

    def html(self) -> str:
        """The bars as they are now."""
        rows = []
        for task in self._tasks.values():
            share = f' value="{min(task.done, task.total)}" max="{task.total}"' if task.total else ''
            bar = f'<progress{share} style="width: 20em; vertical-align: middle"></progress>'
            rows.append(f'<div>{escape(task.name)} {bar} {escape(task.amount())}</div>')
        return ''.join(rows)

    def _open(self) -> None:
        from IPython.display import display

        self._handle = display({'text/html': '', 'text/plain': ''}, raw=True, display_id=True)

    def _draw(self) -> None:
        now = time.monotonic()
        if now - self._drawn_at >= self.EVERY:
            self._drawn_at = now
            self._write(self.html())

    def _close(self) -> None:
        self._write('')
        self._drawn_at = 0.0

    def _write(self, html: str) -> None:
        self._handle.update({'text/html': html, 'text/plain': ''}, raw=True)
