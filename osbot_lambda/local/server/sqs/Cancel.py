from typing import Protocol


class Cancel(Protocol):
    """What tells a waiting receiver to stop, such as threading.Event."""

    def is_set(self) -> bool:
        """Is it to stop?"""
