import time
from collections.abc import Callable
from typing import Optional, TypeVar

T = TypeVar('T')


class Steps:
    """Runs steps one after the other, and says how long each took.

    Units  : timings are seconds, by the steps' names.
    """

    def __init__(self, quiet: bool = False):
        self.quiet = quiet
        self.timings: dict[str, float] = {}

    def run(self, name: str, do: Callable[[], T], about: Optional[str] = None) -> T:
        """What `do` returns; a line with the time, the name and `about` (else what was returned) is printed."""
        start = time.perf_counter()
        result = do()
        self.timings[name] = round(time.perf_counter() - start, 4)
        if not self.quiet:
            print(f'{self.timings[name]:8.3f} s  {name:<14}{result if about is None else about}', flush=True)
        return result

    def finish(self) -> None:
        """Add and print the total."""
        self.timings['total'] = round(sum(self.timings.values()), 4)
        if not self.quiet:
            print(f'{self.timings["total"]:8.3f} s  total')
