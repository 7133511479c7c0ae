import threading
from collections.abc import Callable

from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Account_Concurrency:
    """The invokes of an account in a region that run on what no function has for itself, and how many may.

    unreserved() gives how many invokes stay for the functions that have none reserved or provisioned.
    """

    LIMIT = 1000
    LEAST_UNRESERVED = 100

    def __init__(self, unreserved: Callable[[], int]):
        self._unreserved = unreserved
        self._count = 0
        self._lock = threading.Lock()

    def add(self, number: int) -> None:
        """So many more (or fewer) run, whatever the limit."""
        with self._lock:
            self._count += number

    def begin(self) -> None:
        """One more wants to run. Raises Api__Error 429 when there are too many."""
        with self._lock:  # below LEAST_UNRESERVED there is always room: nothing to count
            if self._count >= self.LEAST_UNRESERVED and self._count >= self._unreserved():
                raise Lambda_Errors.throttled('ConcurrentInvocationLimitExceeded')
            self._count += 1
