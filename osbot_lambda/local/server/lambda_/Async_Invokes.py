import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Delayed_Calls import Delayed_Calls
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Queued_Event import Queued_Event
from osbot_lambda.runtime.Invocation import Invocation

log = logging.getLogger('osbot_lambda.local')


class Async_Invokes:
    """Event invokes: queued in memory, run on threads of their own, tried again after a failure.

    Units  : retry_delays in seconds, one for each further attempt; all attempts have the same request id.
             throttle_delay in seconds, before a throttled event is tried again; it doubles each time, to MAX_DELAY.
    Threads: started when there is work, at most MAX_THREADS; what is over waits its turn.
    A function that is deleted meanwhile gets no further attempt, nor does its successor of the same name.
    """

    MAX_THREADS = 100
    MAX_DELAY = 300.0
    MAX_AGE = 21_600.0

    def __init__(
        self,
        runner: Function_Runner,
        later: Delayed_Calls,
        retry_delays: Sequence[float] = (60, 120),
        throttle_delay: float = 1,
    ):
        self.runner, self.later = runner, later
        self.retry_delays, self.throttle_delay = tuple(retry_delays), throttle_delay
        self._threads = ThreadPoolExecutor(self.MAX_THREADS, thread_name_prefix='osbot-lambda-event')

    def submit(self, ref: Function_Ref, function: Lambda_Function, invocation: Invocation) -> None:
        """Queue one event invoke. Raises Api__Error 503 when the cloud is stopping."""
        if not self._submit(Queued_Event(ref, function, invocation, time.monotonic() + self.MAX_AGE)):
            raise Api__Error('ServiceException', 'The local cloud is stopping.', 503)

    def stop(self) -> None:
        """Forget what is queued, wait for what runs (the data plane has to be stopped before); idempotent."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _submit(self, event: Queued_Event) -> bool:
        try:
            self._threads.submit(self._attempt, event)
        except RuntimeError:  # the executor's word for: shut down
            return False
        return True

    def _attempt(self, event: Queued_Event) -> None:
        ref, function, request_id = event.ref, event.function, event.invocation.request_id
        version = function.chosen_version(ref.qualifier)
        if version is None or self.runner.functions.find(ref) is not function:
            log.info('event %s dropped: %s was deleted', request_id, ref.arn)
            return
        if function.running.reserved == 0:
            log.warning('event %s dropped: %s has a reserved concurrency of 0', request_id, ref.arn)
            return
        try:
            result = self.runner.run(function, version, event.invocation)
            error = f'{result.function_error} {result.error_type}' if result.function_error else ''
        except Api__Error as failure:
            if failure.status == 429:
                self._throttled(event)
                return
            if failure.status == 503:  # stopping
                return
            error = str(failure)
        except Exception as failure:
            log.exception('event %s of %s', request_id, ref.arn)
            error = repr(failure)
        if error:
            self._failed(event, error)

    def _failed(self, event: Queued_Event, error: str) -> None:
        request_id, attempts = event.invocation.request_id, event.failures + 1
        if attempts > len(self.retry_delays):
            log.warning('event %s of %s given up after %d attempts: %s', request_id, event.ref.arn, attempts, error)
            return
        self._later(replace(event, failures=attempts), self.retry_delays[event.failures])

    def _throttled(self, event: Queued_Event) -> None:
        if time.monotonic() >= event.deadline:
            log.warning('event %s of %s given up: throttled for too long', event.invocation.request_id, event.ref.arn)
            return
        delay = min(self.throttle_delay * 2**event.throttles, self.MAX_DELAY)
        self._later(replace(event, throttles=event.throttles + 1), delay)

    def _later(self, event: Queued_Event, seconds: float) -> None:
        self.later.call_later(seconds, lambda: self._submit(event))
