import threading
import time
from collections.abc import Callable
from typing import Any


def wait_until(predicate: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until predicate() is true, and give its value; only a failing test takes all the seconds."""
    end = time.monotonic() + seconds
    tick = threading.Event()
    while not (value := predicate()):
        if time.monotonic() > end:
            raise AssertionError(f'it did not come to that within {seconds} s')
        tick.wait(0.003)
    return value
