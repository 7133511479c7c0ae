import threading

import pytest

from osbot_lambda.errors import Runtime__Stopped
from osbot_lambda.runtime.Spawner import Spawner


class test_Spawner:
    def test_it_runs_all_in_one_thread_and_hands_over_what_comes_of_it(self):
        spawner = Spawner(lambda: None)
        idents = {spawner.call(threading.get_ident) for _ in range(3)}
        assert len(idents) == 1
        assert threading.get_ident() not in idents
        with pytest.raises(ZeroDivisionError):
            spawner.call(lambda: 1 / 0)
        spawner.stop()

    def test_the_timer_is_called_until_it_says_none(self):
        waits = [0, 0, None]
        called = threading.Event()

        def timer():
            seconds = waits.pop(0)
            if not waits:
                called.set()
            return seconds

        spawner = Spawner(timer)
        spawner.wake()
        assert called.wait(20)
        assert spawner.call(lambda: 1) == 1
        spawner.stop()
        assert waits == []

    def test_a_timer_that_fails_does_not_end_the_thread(self, caplog):
        spawner = Spawner(lambda: 1 / 0)
        spawner.wake()
        assert spawner.call(lambda: 1) == 1
        spawner.stop()
        assert 'ZeroDivisionError' in caplog.text

    def test_after_stop_nothing_is_run(self):
        spawner = Spawner(lambda: None)
        spawner.stop()
        spawner.stop()
        with pytest.raises(Runtime__Stopped):
            spawner.call(lambda: 1)
