import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Delayed_Calls import Delayed_Calls
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.runtime.Invocation import Invocation

log = logging.getLogger('osbot_lambda.local')


class Async_Invokes:
    """Event invokes: queued in memory, run on threads of their own, tried again after a failure.

    Units  : retry_delays in seconds, one for each further attempt; all attempts have the same request id.
    Threads: started when there is work, at most MAX_THREADS; what is over waits its turn.
    A function that is deleted meanwhile gets no further attempt, nor does its successor of the same name.
    """

    MAX_THREADS = 100

    def __init__(self, runner: Function_Runner, later: Delayed_Calls, retry_delays: Sequence[float] = (60, 120)):
        self.runner, self.later, self.retry_delays = runner, later, tuple(retry_delays)
        self._threads = ThreadPoolExecutor(self.MAX_THREADS, thread_name_prefix='osbot-lambda-event')

    def submit(self, ref: Function_Ref, function: Lambda_Function, invocation: Invocation) -> None:
        """Queue one event invoke. Raises Api__Error 503 when the cloud is stopping."""
        if not self._submit(ref, function, invocation, 0):
            raise Api__Error('ServiceException', 'The local cloud is stopping.', 503)

    def stop(self) -> None:
        """Forget what is queued, wait for what runs (the data plane has to be stopped before); idempotent."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _submit(self, ref: Function_Ref, function: Lambda_Function, invocation: Invocation, attempt: int) -> bool:
        try:
            self._threads.submit(self._attempt, ref, function, invocation, attempt)
        except RuntimeError:  # the executor's word for: shut down
            return False
        return True

    def _attempt(self, ref: Function_Ref, function: Lambda_Function, invocation: Invocation, attempt: int) -> None:
        version = function.version(ref.qualifier)
        if version is None or self.runner.functions.find(ref) is not function:
            log.info('event %s dropped: %s was deleted', invocation.request_id, ref.arn)
            return
        try:
            result = self.runner.run(version, invocation)
            error = f'{result.function_error} {result.error_type}' if result.function_error else ''
        except Api__Error as failure:
            if failure.status == 503:  # stopping
                return
            error = str(failure)
        except Exception as failure:
            log.exception('event %s of %s', invocation.request_id, ref.arn)
            error = repr(failure)
        if not error:
            return
        if attempt >= len(self.retry_delays):
            log.warning(
                'event %s of %s given up after %d attempts: %s', invocation.request_id, ref.arn, attempt + 1, error
            )
            return
        self.later.call_later(self.retry_delays[attempt], lambda: self._submit(ref, function, invocation, attempt + 1))
