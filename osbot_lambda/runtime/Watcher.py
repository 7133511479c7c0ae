"""The thread that looks at what workers do beside answering."""

import threading
import time

from osbot_lambda.runtime.Process_Table import Process_Table
from osbot_lambda.runtime.Worker_Process import Worker_Process


class Watcher:
    """The thread that looks at the memory of all workers that run, of which nothing tells, and that stops those that
    rest. That isn't done by who invokes them: a caller would wait for it.

    Units  : TICK, BREATH and QUIET are seconds: how often it looks; how long a worker has rested when it is stopped, so
             that it has asked for its next event; how long it goes on looking when there is nothing to do.
             SLOW_TICKS: how often it looks through all processes of this machine, for workers outside of a namespace.
    """

    TICK = 0.02
    BREATH = 0.005
    QUIET = 1.0
    SLOW_TICKS = 10

    def __init__(self) -> None:
        self._running: set[Worker_Process] = set()
        self._resting: dict[Worker_Process, float] = {}  # since when
        self._awake = threading.Event()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name='osbot-lambda-watcher', daemon=True)
        self._thread.start()

    def runs(self, worker: Worker_Process) -> None:
        """The worker runs from now on."""
        self._resting.pop(worker, None)
        self._running.add(worker)
        if not self._awake.is_set():
            self._awake.set()

    def rests(self, worker: Worker_Process) -> None:
        """The worker has nothing to do from now on."""
        self._running.discard(worker)
        self._resting[worker] = time.monotonic()

    def ended(self, worker: Worker_Process) -> None:
        """The worker is not to be looked at."""
        self._running.discard(worker)
        self._resting.pop(worker, None)

    def stop(self) -> None:
        """End the thread."""
        self._end.set()
        self._awake.set()
        self._thread.join()

    def _run(self) -> None:
        ticks = quiet = 0
        while not self._end.wait(self.TICK):
            ticks += 1
            quiet = 0 if self._running or self._resting else quiet + 1
            if quiet * self.TICK > self.QUIET:
                quiet = 0
                self._awake.clear()
                if not self._running:  # else it came before the clear
                    self._awake.wait()
            self._look(slow=ticks % self.SLOW_TICKS == 0)

    def _look(self, slow: bool) -> None:
        running, resting = self._running.copy(), self._resting.copy()
        table = Process_Table() if slow and not all(worker.namespace for worker in (*running, *resting)) else None
        for worker in running:
            worker.check_memory(table)
        for worker, since in resting.items():
            if time.monotonic() - since > self.BREATH:
                all_of_it = table or worker.namespace
                if all_of_it:
                    self._resting.pop(worker, None)  # first: it may come to rest anew meanwhile
                worker.stop()
                if all_of_it:
                    worker.stop_others(table)
