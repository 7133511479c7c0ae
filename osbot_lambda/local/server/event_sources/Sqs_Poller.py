import logging
import threading
import time
from typing import Optional, Self

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.event_sources.Batch_Outcome import Batch_Outcome
from osbot_lambda.local.server.event_sources.Event_Source_Mapping import Event_Source_Mapping
from osbot_lambda.local.server.event_sources.Sqs_Event import Sqs_Event
from osbot_lambda.local.server.lambda_.Delayed_Calls import Delayed_Calls
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine
from osbot_lambda.local.server.sqs.Sqs_Message import Sqs_Message
from osbot_lambda.local.server.sqs.Sqs_Queue import Sqs_Queue
from osbot_lambda.runtime.Invocation_Result import Invocation_Result

log = logging.getLogger('osbot_lambda.local')


class Sqs_Poller:
    """Takes messages from one mapping's queue and invokes its function with them, until it is cancelled.

    One thread waits in the queue (woken by a send, no work while idle). Another joins when there is more than one can
    carry: a receive that came back full, messages left behind it, or one that waits while every thread is busy (looked
    at each BUSY_SECONDS while all are); up to LIMIT, or the mapping's MaximumConcurrency. Of those that find nothing
    for LINGER_SECONDS one stays.
    Without the function, or while its reserved concurrency is 0, the messages stay in the queue. A batch that comes at
    a time of too many invokes waits for its turn, at most for the queue's visibility timeout.
    """

    LIMIT = 5
    WAIT_SECONDS = 20.0
    LINGER_SECONDS = 1.0
    BUSY_SECONDS = 0.1
    RECEIVE_SIZE = 10  # as ReceiveMessage; larger batches are collected from several
    MAX_BACK_OFF = 10.0

    def __init__(self, mapping: Event_Source_Mapping, runner: Function_Runner, sqs: Sqs_Engine, later: Delayed_Calls):
        self.mapping, self.runner, self.sqs, self.later = mapping, runner, sqs, later
        self.limit = mapping.max_concurrency or self.LIMIT
        self.event = Sqs_Event(mapping.source_arn, mapping.source_arn.split(':')[3], mapping.window)
        self._changed = threading.Condition()
        self._threads: set[threading.Thread] = set()
        self._receiving = 0  # threads that are waiting for messages
        self._pokes = 0
        self._growth_is_due = False
        self._cancelled = False

    def start(self) -> Self:
        """Start polling."""
        with self._changed:
            self._add_thread()
        return self

    def cancel(self) -> None:
        """No batch is handed to the function any more once this returns; what runs already, runs to its end."""
        with self._changed:
            self._cancelled = True
        self.poke()

    def poke(self) -> None:
        """Look again: the function has come, changed or gone."""
        with self._changed:
            self._pokes += 1
            self._changed.notify_all()
        queue = self.sqs.queue_by_arn(self.mapping.source_arn)
        if queue:
            queue.wake()
        function = self.runner.functions.find(self.mapping.function)
        if function:
            function.running.wake()

    def join(self) -> None:
        """Wait until all threads have ended; after cancel()."""
        with self._changed:
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def running(self) -> bool:
        """Whether there are threads left."""
        return bool(self._threads)

    def is_set(self) -> bool:
        """Whether a waiting receive should come back empty (the queue asks it, as it would an Event)."""
        return self._cancelled or not self._function_can_run()

    # ---- threads

    def _add_thread(self) -> None:
        """With the lock held."""
        if self._cancelled or len(self._threads) >= self._most():
            return
        thread = threading.Thread(target=self._run, name=f'osbot-lambda-poll-{self.mapping.uuid[:8]}', daemon=True)
        self._threads.add(thread)
        self._receiving += 1  # from now on, so that nobody adds another one before it runs
        thread.start()

    def _run(self) -> None:
        failures = 0
        while True:
            pokes = self._pokes
            found = True
            try:
                found = self._round()
                failures = 0
            except Api__Error as error:
                failures += 1
                if failures == 1:  # once, not every few seconds while a queue is gone
                    log.warning('event source mapping %s: %s', self.mapping.uuid, error)
            except Exception:
                failures += 1
                log.exception('event source mapping %s', self.mapping.uuid)
            with self._changed:
                if failures:
                    seconds = min(0.5 * 2**failures, self.MAX_BACK_OFF)
                    self._changed.wait_for(lambda: self._cancelled or self._pokes != pokes, seconds)  # noqa: B023
                if self._cancelled or (not found and self._receiving > 1):
                    self._threads.discard(threading.current_thread())
                    self._receiving -= 1
                    return

    def _grow_when_stuck(self) -> None:
        """All threads have been busy for a while: is there something that waits for one?"""
        queue = self.sqs.queue_by_arn(self.mapping.source_arn)
        waiting = queue.visible_count() if queue else 0
        with self._changed:
            self._growth_is_due = False
            if self._receiving:
                return
            if waiting:
                self._add_thread()
            else:
                self._look_later()

    def _look_later(self) -> None:
        """With the lock held. Nobody listens meanwhile: a thread that is about to end its invoke does so warm."""
        if not self._growth_is_due and not self._cancelled and len(self._threads) < self._most():
            self._growth_is_due = True
            self.later.call_later(self.BUSY_SECONDS, self._grow_when_stuck)

    # ---- one round; a thread counts as receiving all the time except while it has a batch in hand

    def _round(self) -> bool:
        """Wait for messages and handle them; whether there were any."""
        with self._changed:
            self._changed.wait_for(lambda: self._cancelled or self._function_can_run())
            alone = self._receiving == 1
        queue = self.sqs.queue_by_arn(self.mapping.source_arn)
        if self._cancelled:
            return False
        if queue is None:
            raise Api__Error('QueueDoesNotExist', f'there is no queue {self.mapping.source_arn}')
        messages = self._collect(queue, self.WAIT_SECONDS if alone else self.LINGER_SECONDS)
        if not messages:
            return False
        full = len(messages) >= min(self.mapping.batch_size, self.RECEIVE_SIZE)
        self._take(more=full or queue.visible_count() > 0)
        try:
            self._handle(queue, messages, time.monotonic() + queue.visibility_timeout - self.mapping.window)
        finally:
            with self._changed:
                self._receiving += 1
        return True

    def _collect(self, queue: Sqs_Queue, seconds: float) -> list[Sqs_Message]:
        """A batch: what the first receive brings, and what the batching window adds to it."""
        wanted = self.mapping.batch_size
        messages = queue.receive(min(wanted, self.RECEIVE_SIZE), seconds, cancel=self)
        size = sum(len(message.body) for message in messages)
        end = time.monotonic() + self.mapping.window
        while messages and len(messages) < wanted and size < Sqs_Event.MAX_BYTES and not self.is_set():
            left = end - time.monotonic()
            if left <= 0:
                break
            more = queue.receive(min(wanted - len(messages), self.RECEIVE_SIZE), left, cancel=self)
            messages += more
            size += sum(len(message.body) for message in more)
        return messages

    def _take(self, more: bool) -> None:
        """This thread is busy from now on; another one takes its place when there is more to do."""
        with self._changed:
            self._receiving -= 1
            if self._receiving:
                return
            if more:
                self._add_thread()
            else:
                self._look_later()

    def _handle(self, queue: Sqs_Queue, messages: list[Sqs_Message], end: float) -> None:
        for batch, payload in self.event.batches(messages):
            trace_id = next((found for message in batch if (found := message.attributes.get('AWSTraceHeader'))), None)
            result = self._call(payload, trace_id, end)
            if result is None:
                self._give_back(queue, batch)
                continue
            outcome = Batch_Outcome([message.message_id for message in batch], bool(self.mapping.response_types))
            done = outcome.done(result)
            for message in batch:
                if message.message_id in done:
                    self._delete(queue, message)

    def _call(self, payload: bytes, trace_id: Optional[str], end: float) -> Optional[Invocation_Result]:
        """The invoke's result; None when it may not start any more. Raises Api__Error, 429 when `end` has come."""
        while True:
            with self._changed:
                may_start = not self._cancelled
            function = self.runner.functions.find(self.mapping.function)
            if function is None or not (may_start and self._function_can_run()):
                return None
            try:
                return self.runner.call(self.mapping.function, payload, trace_id)
            except Api__Error as error:
                left = end - time.monotonic()
                if error.status != 429 or left <= 0:
                    raise
            function.running.wait_until_free(self.is_set, left)

    def _delete(self, queue: Sqs_Queue, message: Sqs_Message) -> None:
        try:
            queue.delete(message.receipt_handle)
        except Api__Error as error:  # the queue was deleted or purged meanwhile
            log.info(
                'event source mapping %s: message %s not deleted: %s', self.mapping.uuid, message.message_id, error
            )

    def _give_back(self, queue: Sqs_Queue, messages: list[Sqs_Message]) -> None:
        for message in messages:
            try:
                queue.change_visibility(message.receipt_handle, 0)
            except Api__Error as error:  # gone, or visible again already
                log.info('event source mapping %s: %s', self.mapping.uuid, error)

    def _most(self) -> int:
        """How many threads are of use: no more than the function may run at a time."""
        function = self.runner.functions.find(self.mapping.function)
        return min(self.limit, (function.running.reserved if function else None) or self.limit)

    def _function_can_run(self) -> bool:
        function = self.runner.functions.find(self.mapping.function)
        if function is None or function.running.reserved == 0:
            return False
        return function.version(self.mapping.function.qualifier) is not None
