"""The end of a child process, as something that poll() can wait for."""

import os
import threading
from typing import Optional


class Process_Exit:
    """The end of a child process, as a file descriptor that becomes readable; the process isn't reaped by it.

    A pidfd where the system has them; elsewhere (macOS, Linux before 5.3, some sandboxes) a thread waits.
    """

    def __init__(self, pid: int):
        self._pid = pid
        self._thread: Optional[threading.Thread] = None
        try:
            self._fd = os.pidfd_open(pid)
        except (AttributeError, OSError):
            self._fd, self._write_fd = os.pipe()
            self._thread = threading.Thread(target=self._wait, name=f'osbot-lambda-exit-{pid}', daemon=True)
            self._thread.start()

    def fileno(self) -> int:
        """Readable (or hung up) from the end of the process on."""
        return self._fd

    def close(self) -> None:
        """Only after the process has ended, and before it is reaped."""
        if self._thread:
            self._thread.join()
        os.close(self._fd)

    def _wait(self) -> None:
        os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOWAIT)  # leaves it a zombie, so that its pid stays taken
        os.close(self._write_fd)
