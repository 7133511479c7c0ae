import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Optional, Self

from osbot_lambda.errors import Aws__Not_Found

LATE = 10_000  # milliseconds: events may come into a group this much after others with a later time


class Log_Tail:
    """An iterator over log events that are there, and then over those that come.

        with group.tail(timeout=60) as tail:
            for event in tail:
                print(event['message'])

    Shapes : read(start_time) gives the events since then, each once; `wait_for_group` says whether a group that isn't
             there is waited for, or raises Aws__Not_Found at once.
    Units  : timeout and longest_pause are seconds; None is for ever. start_time is epoch milliseconds.
    Note   : each look reads what is new, with a small overlap for what comes late. stop() may be called from another
             thread, or a signal handler; the iteration then ends. It ends by itself when the timeout is over.
    """

    FIRST_PAUSE = 0.01
    GROWTH = 1.5

    def __init__(
        self,
        read: Callable[[Optional[int]], Iterator[dict[str, Any]]],
        start_time: Optional[int] = None,
        timeout: Optional[float] = None,
        longest_pause: float = 1.0,
        wait_for_group: bool = False,
    ):
        self._read, self._wait_for_group = read, wait_for_group
        self._start = self._from = start_time
        self._end = None if timeout is None else time.monotonic() + timeout
        self._longest_pause, self._pause = longest_pause, self.FIRST_PAUSE
        self._stopped = threading.Event()
        self._seen: dict[str, int] = {}  # the ids of the events in the overlap, with their times
        self._waiting: list[dict[str, Any]] = []  # the next is the last

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> dict[str, Any]:
        while not self._waiting:
            if self._stopped.is_set():
                raise StopIteration
            last = self._end is not None and time.monotonic() >= self._end
            self._look()
            if self._waiting:
                self._pause = self.FIRST_PAUSE
            elif last:
                self.stop()
            else:
                self._rest()
        return self._waiting.pop()

    def stop(self) -> Self:
        """No more looks: the iteration ends, also one that another thread waits in."""
        self._stopped.set()
        return self

    def _rest(self) -> None:
        left = self._longest_pause if self._end is None else self._end - time.monotonic()
        self._stopped.wait(max(0, min(self._pause, self._longest_pause, left)))
        self._pause *= self.GROWTH

    def _look(self) -> None:
        try:
            found = [event for event in self._read(self._from) if event['eventId'] not in self._seen]
        except Aws__Not_Found:
            if not self._wait_for_group:
                raise
            return
        if not found:
            return
        found.sort(key=lambda event: event['timestamp'], reverse=True)
        self._waiting = found
        self._seen.update((event['eventId'], event['timestamp']) for event in found)
        newest = max(self._seen.values())
        since = newest - LATE
        self._from = since if self._start is None else max(since, self._start)
        self._seen = {event_id: at for event_id, at in self._seen.items() if at >= since}
