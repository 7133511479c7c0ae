from typing import Any

from waitress.task import ThreadedTaskDispatcher


class Http_Threads(ThreadedTaskDispatcher):
    """A thread pool that grows when every thread is busy.

    Long polls and invokes hold a thread for as long as they last; the next request must not wait for one of them.
    """

    FIRST = 8
    STEP = 8
    MOST = 1000

    def __init__(self) -> None:
        super().__init__()
        self._busy = 0
        self.set_thread_count(self.FIRST)

    def add_task(self, task: Any) -> None:
        """Queue a connection that has a request to be answered."""
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()
            have = len(self.threads)
            short = len(self.queue) > have - self._busy and self.stop_count == 0
        if short and have < self.MOST:
            self.set_thread_count(min(have + self.STEP, self.MOST))

    def handler_thread(self, thread_no: int) -> None:
        """One thread's life: as waitress', with a count of the busy ones that holds at every moment."""
        while True:
            with self.lock:
                while not self.queue and self.stop_count == 0:
                    self.queue_cv.wait()
                if self.stop_count > 0:
                    self.stop_count -= 1
                    self.threads.discard(thread_no)
                    self.thread_exit_cv.notify()
                    return
                task = self.queue.popleft()
                self._busy += 1
            try:
                task.service()
            except Exception:
                self.logger.exception('a connection failed')
            finally:
                with self.lock:
                    self._busy -= 1
