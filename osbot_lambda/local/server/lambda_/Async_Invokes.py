import logging
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.lambda_.Delayed_Calls import Delayed_Calls
from osbot_lambda.local.server.lambda_.Destination_Record import Destination_Record
from osbot_lambda.local.server.lambda_.Destination_Sender import Destination_Sender
from osbot_lambda.local.server.lambda_.Event_Response import Event_Response
from osbot_lambda.local.server.lambda_.Event_Services import Event_Services
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Function_Version import Function_Version
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Queued_Event import Queued_Event
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from osbot_lambda.runtime.Invocation import Invocation
from osbot_lambda.runtime.Log_Sink import Log_Sink

log = logging.getLogger('osbot_lambda.local')


class Async_Invokes:
    """Event invokes: queued in memory, run on threads of their own, tried again after a failure, told to destinations.

    Units  : retry_delays in seconds, one for each further attempt; all attempts have the same request id.
             throttle_delay in seconds, before a throttled event is tried again; it doubles each time, to MAX_DELAY.
             MAX_AGE in seconds, MAX_RETRIES: where the function's event invoke config says nothing.
    Threads: started when there is work, at most MAX_THREADS; what is over waits its turn.
    A function that is deleted meanwhile gets no further attempt, nor does its successor of the same name.
    """

    MAX_THREADS = 100
    MAX_DELAY = 300.0
    MAX_AGE = 21_600
    MAX_RETRIES = 2

    def __init__(
        self,
        runner: Function_Runner,
        later: Delayed_Calls,
        sqs: Sqs_Engine,
        services: Event_Services,
        log_sink: Log_Sink,
        clock: Clock,
        retry_delays: Sequence[float] = (60, 120),
        throttle_delay: float = 1,
    ):
        self.runner, self.later, self.clock = runner, later, clock
        self.retry_delays, self.throttle_delay = tuple(retry_delays), throttle_delay
        self.destinations = Destination_Sender(sqs, services, self.send, log_sink, clock)
        self._threads = ThreadPoolExecutor(self.MAX_THREADS, thread_name_prefix='osbot-lambda-event')

    def submit(self, ref: Function_Ref, function: Lambda_Function, invocation: Invocation) -> None:
        """Queue one event invoke. Raises Api__Error 503 when the cloud is stopping."""
        if not self._submit(Queued_Event(ref, function, invocation, self.clock.now())):
            raise Api__Error('ServiceException', 'The local cloud is stopping.', 503)

    def send(self, ref: Function_Ref, payload: bytes, trace_id: Optional[str] = None) -> str:
        """Queue an event that comes from another service, JSON text; gives the new request id.

        Raises Api__Error 404 when the function isn't there, and as submit() does.
        """
        function = self.runner.functions.find(ref)
        if function is None or function.version(ref.qualifier) is None:
            raise Lambda_Errors.function_not_found(ref.arn)
        request_id = str(uuid.uuid4())
        trace_id = trace_id or self.runner.new_trace_id()
        self.submit(ref, function, Invocation(request_id, payload, ref.arn, None, trace_id))
        return request_id

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
            self._give_up(event, version, Destination_Record.ZERO_RESERVED_CONCURRENCY)
            return
        if self._too_old(event, 0):
            self._give_up(event, version, Destination_Record.EVENT_AGE_EXCEEDED)
            return
        try:
            response = Event_Response.of(self.runner.run(function, version, event.invocation))
        except Api__Error as failure:
            if failure.status == 429:
                self._throttled(event, version)
                return
            if failure.status == 503:  # stopping
                return
            response = Event_Response.of_error(failure, version.version)
            if failure.code == 'RecursiveInvocationException':
                self._give_up(replace(event, last=response), version, Destination_Record.RETRIES_EXHAUSTED)
                return
        except Exception as failure:
            log.exception('event %s of %s', request_id, ref.arn)
            response = Event_Response.of_error(failure, version.version)
        answered = replace(event, attempts=event.attempts + 1, last=response)
        if response.function_error:
            self._failed(answered, version)
        else:
            self.destinations.succeeded(answered, version)

    def _failed(self, event: Queued_Event, version: Function_Version) -> None:
        config = event.function.event_config(event.ref.qualifier)
        retries = self.MAX_RETRIES if config is None or config.max_retries is None else config.max_retries
        if event.attempts > min(retries, len(self.retry_delays)):
            self._give_up(event, version, Destination_Record.RETRIES_EXHAUSTED)
            return
        self._later(event, version, self.retry_delays[event.attempts - 1])

    def _throttled(self, event: Queued_Event, version: Function_Version) -> None:
        delay = min(self.throttle_delay * 2**event.throttles, self.MAX_DELAY)
        self._later(replace(event, throttles=event.throttles + 1), version, delay)

    def _later(self, event: Queued_Event, version: Function_Version, seconds: float) -> None:
        if self._too_old(event, seconds):
            self._give_up(event, version, Destination_Record.EVENT_AGE_EXCEEDED)
            return
        self.later.call_later(seconds, lambda: self._submit(event))

    def _too_old(self, event: Queued_Event, in_seconds: float) -> bool:
        """Whether the event will be, when so many seconds have passed."""
        config = event.function.event_config(event.ref.qualifier)
        max_age = config.max_age if config and config.max_age else self.MAX_AGE
        return self.clock.now() + in_seconds - event.queued_at >= max_age

    def _give_up(self, event: Queued_Event, version: Function_Version, condition: str) -> None:
        error = ': '.join(part for part in event.last.error if part) if event.last else 'it was never run'
        where = event.invocation.request_id, event.ref.arn
        log.warning('event %s of %s given up after %d attempts (%s): %s', *where, event.attempts, condition, error)
        self.destinations.given_up(event, version, condition)
