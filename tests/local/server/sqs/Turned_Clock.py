import threading

from osbot_lambda.local.server.Clock import Clock


class Turned_Clock(Clock):
    """A clock that a test turns; waiting turns it, too, and takes no time."""

    def __init__(self, start: float = 1_750_000_000.0):
        self.time = start

    def now(self) -> float:
        return self.time

    def wait(self, condition: threading.Condition, seconds: float | None = None) -> None:
        assert seconds is not None, 'a wait without an end would never come back on a turned clock'
        self.time += seconds

    def turn(self, seconds: float) -> None:
        self.time += seconds
