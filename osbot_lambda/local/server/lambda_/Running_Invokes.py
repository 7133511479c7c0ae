import threading
from collections.abc import Callable
from typing import Optional

from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Running_Invokes:
    """The invokes of one function that run, and how many may: its reserved concurrency.

    `with running:` is one invoke; it raises Api__Error 429 when as many run as are reserved.
    """

    def __init__(self) -> None:
        self.reserved: Optional[int] = None  # None: as many as there is room for
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            if not self._free():
                raise Lambda_Errors.throttled('ReservedFunctionConcurrentInvocationLimitExceeded')
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def reserve(self, number: Optional[int]) -> None:
        """Change the limit; None takes it away. What runs, runs to its end."""
        with self._changed:
            self.reserved = number
            self._changed.notify_all()

    def wake(self) -> None:
        """Have those that wait look again whether they still should."""
        with self._changed:
            self._changed.notify_all()

    def wait_until_free(self, cancelled: Callable[[], bool], seconds: float) -> None:
        """Wait until one more may run, or cancelled() after a wake(), or so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._free() or cancelled(), seconds)

    def _free(self) -> bool:
        return self.reserved is None or self._count < self.reserved
