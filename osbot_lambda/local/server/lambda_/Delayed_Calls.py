import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger('osbot_lambda.local')


class Delayed_Calls:
    """Calls something later, on one thread of its own that sleeps until the next call is due.

    The calls have to be quick: hand longer work to another thread. The thread starts with the first call.
    """

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()  # equal times: first come, first called; functions don't compare
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def call_later(self, seconds: float, call: Callable[[], object]) -> None:
        """Call it after so many seconds; never when stopped before."""
        with self._changed:
            if self._stopped:
                return
            entry = (time.monotonic() + seconds, next(self._order), call)
            heapq.heappush(self._due, entry)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name='osbot-lambda-later', daemon=True)
                self._thread.start()
            elif self._due[0] is entry:
                self._changed.notify()

    def stop(self) -> None:
        """Forget what is still due, and end the thread; idempotent."""
        with self._changed:
            self._stopped = True
            self._due.clear()
            self._changed.notify()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while call := self._next():
            try:
                call()
            except Exception:
                log.exception('a delayed call failed')

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            while not self._stopped:
                seconds = self._due[0][0] - time.monotonic() if self._due else None
                if seconds is not None and seconds <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(seconds)
            return None
