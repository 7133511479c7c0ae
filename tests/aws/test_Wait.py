import pytest

from osbot_lambda.aws import Wait as module
from osbot_lambda.aws.Wait import Wait


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when somebody sleeps."""

    class Clock:
        now = 0.0
        pauses: list[float] = []

        def monotonic(self):
            return self.now

        def sleep(self, seconds):
            self.pauses.append(seconds)
            self.now += seconds

    clock = Clock()
    clock.pauses = []
    monkeypatch.setattr(module, 'time', clock)
    return clock


class test_Wait:
    def test_looks_at_once(self, clock):
        assert Wait(10).until(lambda: 'there') == 'there'
        assert clock.pauses == []

    def test_what_is_falsy_is_there_unless_none(self, clock):
        assert Wait(10).until(lambda: 0) == 0
        assert clock.pauses == []

    def test_pauses_grow_to_the_longest(self, clock):
        assert Wait(10, longest_pause=0.5).until(lambda: 'x' if clock.now > 5 else None) == 'x'
        assert clock.pauses == sorted(clock.pauses)
        assert clock.pauses[0] == 0.01
        assert clock.pauses[-1] == 0.5

    def test_ends_with_a_last_look_at_the_deadline(self, clock):
        looks = []
        assert Wait(3).until(lambda: looks.append(clock.now)) is None
        assert looks[-1] == pytest.approx(3)

    def test_no_time_is_one_look(self, clock):
        looks = []
        assert Wait(0).until(lambda: looks.append(1)) is None
        assert looks == [1]
