import threading
from collections.abc import Callable
from typing import Optional

from osbot_lambda.local.server.lambda_.Account_Concurrency import Account_Concurrency
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Running_Invokes:
    """The invokes of one function that run, and how many may: its reserved concurrency, else the account's.

    `with running:` is one invoke; it raises Api__Error 429 when as many run as may.
    Without reserved concurrency, what goes over the provisioned takes from the account's unreserved concurrency.
    """

    def __init__(self) -> None:
        self.reserved: Optional[int] = None  # None: as many as there is room for
        self.provisioned = 0
        self.account: Optional[Account_Concurrency] = None
        self._count = 0
        self._shared = 0  # how many of them the account counts
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            if not self._free():
                raise Lambda_Errors.throttled('ReservedFunctionConcurrentInvocationLimitExceeded')
            if self.account and self.reserved is None and self._count >= self.provisioned:
                self.account.begin()
                self._shared += 1
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._share()
            self._changed.notify_all()

    @property
    def claimed(self) -> int:
        """How many the function has for itself: reserved, else provisioned."""
        return self.provisioned if self.reserved is None else self.reserved

    def reserve(self, number: Optional[int]) -> None:
        """Change the limit; None takes it away. What runs, runs to its end."""
        with self._changed:
            self.reserved = number
            self._share()
            self._changed.notify_all()

    def provision(self, number: int) -> None:
        """How many environments there are ahead of any invoke, for all versions together."""
        with self._changed:
            self.provisioned = number
            self._share()

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

    def _share(self) -> None:
        """Have the account count what it should, no more."""
        shared = max(self._count - self.provisioned, 0) if self.reserved is None else 0
        if self.account and shared != self._shared:
            self.account.add(shared - self._shared)
        self._shared = shared
