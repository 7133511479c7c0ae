import threading
import time
from typing import Optional


class Clock:
    """What time it is, and waiting for it: engines take one, so that a test can turn it.

    Units  : seconds; now() counts from the epoch.
    """

    def now(self) -> float:
        """Epoch seconds."""
        return time.time()

    def wait(self, condition: threading.Condition, seconds: Optional[float] = None) -> None:
        """Wait until the condition (held by the caller) is notified or the seconds are over; None waits for a notify.

        Returns early without being notified, too: callers look again at what they wait for.
        """
        if seconds is None or seconds > 0:
            condition.wait(seconds)
