import time
from collections.abc import Callable
from typing import Optional, TypeVar

T = TypeVar('T')


class Wait:
    """Looks again and again until something is there: at once, then after pauses that grow.

    Units  : seconds. The last look is at the deadline.
    """

    FIRST_PAUSE = 0.01
    GROWTH = 1.5

    def __init__(self, seconds: float, longest_pause: float = 1.0):
        self.seconds, self.longest_pause = seconds, longest_pause

    def until(self, look: Callable[[], Optional[T]]) -> Optional[T]:
        """What `look` returned when it first wasn't None; None when that didn't happen in time."""
        end = time.monotonic() + self.seconds
        pause = self.FIRST_PAUSE
        while True:
            found = look()
            left = end - time.monotonic()
            if found is not None or left <= 0:
                return found
            time.sleep(min(pause, self.longest_pause, left))
            pause *= self.GROWTH
