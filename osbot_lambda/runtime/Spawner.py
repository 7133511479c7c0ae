"""The thread that starts the workers."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Optional, TypeVar

from osbot_lambda.errors import Runtime__Stopped

T = TypeVar('T')


class Spawner:
    """The thread that starts the workers, and that ends idle ones when their time has come.

    Linux kills a worker when the thread that started it ends, so it is not the (short-lived) invoking threads that
    start them.

    on_timer is called after wake(), and whenever the seconds that it returned are over; None: not until wake().
    """

    def __init__(self, on_timer: Callable[[], Optional[float]]):
        self._on_timer = on_timer
        self._lock = threading.Lock()
        self._stopped = False
        self._jobs: queue.SimpleQueue[Optional[Callable[[], None]]] = queue.SimpleQueue()
        self._timer_at: Optional[float] = None
        self._thread = threading.Thread(target=self._run, name='osbot-lambda-spawner', daemon=True)
        self._thread.start()

    def call(self, function: Callable[[], T]) -> T:
        """Run function on the thread; gives what it returns, raises what it raises, and Runtime__Stopped."""
        future: Future[T] = Future()

        def job() -> None:
            try:
                future.set_result(function())
            except BaseException as error:  # noqa: BLE001  it is raised in the calling thread
                future.set_exception(error)

        with self._lock:
            if self._stopped:
                raise Runtime__Stopped('the data plane is stopping')
            self._jobs.put(job)
        return future.result()

    def wake(self) -> None:
        """Have on_timer called now."""
        self._jobs.put(self._timer)

    def stop(self) -> None:
        """End the thread, after what it has to do already."""
        with self._lock:
            if not self._stopped:
                self._stopped = True
                self._jobs.put(None)
        self._thread.join()

    def _timer(self) -> None:
        seconds: Optional[float] = None
        try:
            seconds = self._on_timer()
        except Exception:  # all workers die with this thread, so a failing log sink must not end it
            logging.getLogger('osbot_lambda.runtime').exception('idle environments were not ended in order')
        self._timer_at = None if seconds is None else time.monotonic() + seconds

    def _run(self) -> None:
        while True:
            wait = None if self._timer_at is None else max(self._timer_at - time.monotonic(), 0)
            try:
                job = self._jobs.get(timeout=wait)
            except queue.Empty:
                job = self._timer
            if job is None:
                return
            job()
            del job  # or the last result would be kept while waiting
