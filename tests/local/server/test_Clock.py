import threading
import time
from concurrent.futures import ThreadPoolExecutor

from osbot_lambda.local.server.Clock import Clock


class test_Clock:
    def test_now_is_the_systems_time(self):
        assert time.time() - 1 <= Clock().now() <= time.time() + 1

    def test_a_wait_ends_with_a_notify(self):
        condition, waits = threading.Condition(), threading.Event()

        def wait():
            with condition:
                waits.set()
                Clock().wait(condition)
            return 'woken'

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(wait)
            waits.wait(10)
            with condition:  # free only once the other waits
                condition.notify_all()
            assert waiting.result(10) == 'woken'

    def test_a_wait_for_a_moment_that_is_over_does_not_wait(self):
        class Never:
            def wait(self, seconds):
                raise AssertionError(f'waited {seconds} s')

        Clock().wait(Never(), 0)
        Clock().wait(Never(), -5)
