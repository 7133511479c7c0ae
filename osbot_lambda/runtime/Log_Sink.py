"""Where the log events of functions go."""

from collections.abc import Sequence
from typing import Protocol


class Log_Sink(Protocol):
    """Where the log events of functions go.

    Called by the invoking threads, at the end of each invoke (and during it, when a function logs much), so it has to
    be cheap and thread-safe.
    """

    def write(self, account_id: str, region: str, group: str, stream: str, events: Sequence[tuple[int, str]]) -> None:
        """Takes events of one stream, in order: (milliseconds since the epoch, message). A line keeps its line feed."""
