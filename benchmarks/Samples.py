import time
from collections.abc import Callable
from typing import Any


class Samples:
    """Times of one operation.

    Units  : milliseconds.
    """

    def __init__(self) -> None:
        self.times: list[float] = []

    def time(self, do: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What `do` returns; its time is added."""
        start = time.perf_counter()
        result = do(*args, **kwargs)
        self.times.append((time.perf_counter() - start) * 1000)
        return result

    def percentile(self, percent: float) -> float:
        """The time that `percent` of the samples don't exceed."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

    @property
    def p50(self) -> float:
        """The median."""
        return self.percentile(50)

    @property
    def p99(self) -> float:
        """Exceeded by one of a hundred."""
        return self.percentile(99)
