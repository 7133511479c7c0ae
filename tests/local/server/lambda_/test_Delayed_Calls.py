import logging
import threading

from osbot_lambda.local.server.lambda_.Delayed_Calls import Delayed_Calls


class test_Delayed_Calls:
    def test_calls_come_in_the_order_in_which_they_are_due(self):
        later, done, order = Delayed_Calls(), threading.Event(), []
        later.call_later(0.04, done.set)
        later.call_later(0.02, lambda: order.append('second'))
        later.call_later(0.01, lambda: order.append('first'))
        later.call_later(0.02, lambda: order.append('third'))
        assert done.wait(20)
        later.stop()
        assert order == ['first', 'second', 'third']

    def test_a_call_that_fails_does_not_keep_the_others_from_coming(self, caplog):
        later, done = Delayed_Calls(), threading.Event()
        with caplog.at_level(logging.ERROR, 'osbot_lambda.local'):
            later.call_later(0, lambda: 1 / 0)
            later.call_later(0.01, done.set)
            assert done.wait(20)
        later.stop()
        assert 'ZeroDivisionError' in caplog.text

    def test_after_stop_nothing_is_called_and_no_thread_is_left(self):
        later, called = Delayed_Calls(), []
        later.call_later(60, lambda: called.append(1))
        later.stop()
        later.stop()
        later.call_later(0, lambda: called.append(2))
        assert not any(thread.name == 'osbot-lambda-later' for thread in threading.enumerate())
        assert called == []
