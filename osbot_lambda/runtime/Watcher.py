"""The thread that looks at what workers do beside answering."""

import threading

from osbot_lambda.runtime.Process_Table import Process_Table
from osbot_lambda.runtime.Worker_Process import Worker_Process


class Watcher:
    """The thread that looks at all workers that run: for the memory that they have, of which nothing tells; and that
    stops what has left the process group of one that was stopped.

    Units  : TICK and REST are seconds: how often it looks, and how long it goes on doing so when nothing runs.
             SLOW_TICKS: how often it looks through all processes of this machine, for workers outside of a namespace.
    """

    TICK = 0.02
    REST = 1.0
    SLOW_TICKS = 10

    def __init__(self) -> None:
        self._running: set[Worker_Process] = set()
        self._stopped: set[Worker_Process] = set()
        self._awake = threading.Event()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name='osbot-lambda-watcher', daemon=True)
        self._thread.start()

    def runs(self, worker: Worker_Process) -> None:
        """The worker runs from now on."""
        self._stopped.discard(worker)
        self._running.add(worker)
        if not self._awake.is_set():
            self._awake.set()

    def stopped(self, worker: Worker_Process) -> None:
        """The worker has been stopped; its descendants may not have been."""
        self._running.discard(worker)
        self._stopped.add(worker)

    def ended(self, worker: Worker_Process) -> None:
        """The worker is gone."""
        self._running.discard(worker)
        self._stopped.discard(worker)

    def stop(self) -> None:
        """End the thread."""
        self._end.set()
        self._awake.set()
        self._thread.join()

    def _run(self) -> None:
        ticks = quiet = 0
        while not self._end.wait(self.TICK):
            ticks += 1
            quiet = 0 if self._running or self._stopped else quiet + 1
            if quiet * self.TICK > self.REST:
                quiet = 0
                self._awake.clear()
                if not self._running:  # else it came before the clear
                    self._awake.wait()
            self._look(slow=ticks % self.SLOW_TICKS == 0)

    def _look(self, slow: bool) -> None:
        running, stopped = self._running.copy(), self._stopped.copy()
        table = Process_Table() if slow and not all(worker.namespace for worker in running | stopped) else None
        for worker in running:
            worker.check_memory(table)
        for worker in stopped:
            if table or worker.namespace:
                self._stopped.discard(worker)
                worker.stop_others(table)
