import heapq
import json
import re
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from hashlib import md5
from itertools import count
from typing import Any, Optional
from uuid import uuid4

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.sqs.Cancel import Cancel
from osbot_lambda.local.server.sqs.Message_Attributes import Message_Attributes
from osbot_lambda.local.server.sqs.Queue_Attributes import Queue_Attributes
from osbot_lambda.local.server.sqs.Sqs_Errors import Sqs_Errors
from osbot_lambda.local.server.sqs.Sqs_Message import Sqs_Message
from osbot_lambda.local.server.sqs.Sqs_Receipt import Sqs_Receipt
from osbot_lambda.local.server.sqs.Stored_Message import Stored_Message


class Sqs_Queue:
    """One standard queue: what it holds, who may see it when, and who waits for it.

    Ready messages stand in a deque, delayed and in-flight ones in a heap by the time they become visible; what is
    stale in either is skipped when it is met. So send and receive cost the same at any depth. One lock a queue: no
    message goes to two receivers within its visibility timeout. What became visible again goes to the end.
    Units  : seconds; times are epoch seconds of the clock.
    Errors : Api__Error QueueDoesNotExist from every method once the queue is deleted, waiting receivers included.
    """

    MAX_DELAY = 900
    MAX_VISIBILITY = 43200
    MAX_IN_FLIGHT = 120_000
    STALE_ALLOWED = 1000  # stale heap entries before the heap is made anew
    FORBIDDEN = re.compile('[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')

    def __init__(
        self,
        account_id: str,
        region: str,
        name: str,
        attributes: Optional[Mapping[str, str]] = None,
        clock: Optional[Clock] = None,
        find_queue: Callable[[str], Optional['Sqs_Queue']] = lambda arn: None,
    ):
        self.account_id, self.region, self.name = account_id, region, name
        self.arn = f'arn:aws:sqs:{region}:{account_id}:{name}'
        self.url_path = f'/{account_id}/{name}'
        self.clock = clock or Clock()
        self.find_queue = find_queue
        self.tags: dict[str, str] = {}
        self.deleted = False
        self.created_at = self.modified_at = int(self.clock.now())
        self.changed = threading.Condition(threading.Lock())
        self.messages: OrderedDict[str, Stored_Message] = OrderedDict()  # all that live, oldest first, by id
        self.ready: deque[Stored_Message] = deque()
        self.hidden: list[tuple[float, int, Stored_Message]] = []
        self.tie_breaker = count()
        self.counts = [0, 0, 0]  # by Stored_Message state: ready, delayed, in flight
        self.waiting = 0
        self.apply({**Queue_Attributes.DEFAULTS, **(attributes or {})})

    # ---- attributes

    def apply(self, settings: Mapping[str, str]) -> None:
        """Take settings (checked, in their stored form) as this queue's own."""
        self.settings = {name: value for name, value in settings.items() if value}
        self.visibility_timeout = int(self.settings['VisibilityTimeout'])
        self.delay_seconds = int(self.settings['DelaySeconds'])
        self.retention_seconds = int(self.settings['MessageRetentionPeriod'])
        self.wait_seconds = int(self.settings['ReceiveMessageWaitTimeSeconds'])
        self.max_size = int(self.settings['MaximumMessageSize'])
        policy = json.loads(self.settings.get('RedrivePolicy', '{}'))
        self.dead_letter_arn: Optional[str] = policy.get('deadLetterTargetArn')
        self.max_receive_count: int = policy.get('maxReceiveCount', 0)

    def update(self, attributes: Mapping[str, str]) -> None:
        """Change some attributes (checked, in their stored form); they hold at once, for messages inside, too."""
        with self.changed:
            self.apply({**self.settings, **attributes})
            self.modified_at = int(self.clock.now())

    def attributes(self) -> dict[str, str]:
        """All attributes, as GetQueueAttributes tells them."""
        with self.changed:
            self._pass_time(self.clock.now())
            ready, delayed, in_flight = self.counts
            return {
                'QueueArn': self.arn,
                'ApproximateNumberOfMessages': str(ready),
                'ApproximateNumberOfMessagesNotVisible': str(in_flight),
                'ApproximateNumberOfMessagesDelayed': str(delayed),
                'CreatedTimestamp': str(self.created_at),
                'LastModifiedTimestamp': str(self.modified_at),
                **self.settings,
            }

    def visible_count(self) -> int:
        """How many messages could be received now."""
        with self.changed:
            self._pass_time(self.clock.now())
            return self.counts[Stored_Message.READY]

    # ---- sending

    def send(
        self,
        body: str,
        delay: Optional[int] = None,
        attributes: Optional[dict[str, dict[str, Any]]] = None,
        system_attributes: Optional[Mapping[str, str]] = None,
    ) -> Sqs_Message:
        """Put a message into the queue, and wake a receiver; delay None takes the queue's.

        attributes are the sender's, as the API has them; system_attributes may hold SenderId, AWSTraceHeader, ...
        Raises Api__Error MissingParameter, InvalidMessageContents, InvalidParameterValue.
        """
        attributes = attributes or {}
        self.check(body, attributes, delay)
        now = self.clock.now()
        message = Stored_Message(
            message_id=str(uuid4()),
            body=body,
            md5_of_body=md5(body.encode(), usedforsecurity=False).hexdigest(),
            message_attributes=attributes,
            md5_of_attributes=Message_Attributes.md5(attributes) if attributes else None,
            system_attributes={
                'SenderId': self.account_id,
                'SentTimestamp': str(int(now * 1000)),
                **(system_attributes or {}),
            },
            sent_at=now,
        )
        with self.changed:
            self._must_exist()
            self._add(message, now, self.delay_seconds if delay is None else delay)
        return message.seen()

    def check(self, body: str, attributes: dict[str, dict[str, Any]], delay: Optional[int]) -> None:
        """Raises Api__Error when AWS would refuse such a message."""
        if not body:
            raise Api__Error('MissingParameter', 'The request must contain the parameter MessageBody.')
        if self.FORBIDDEN.search(body):
            raise Api__Error(
                'InvalidMessageContents',
                'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | '
                '#xE000 to #xFFFD | #x10000 to #x10FFFF',
            )
        if delay is not None and not 0 <= delay <= self.MAX_DELAY:
            reason = f'DelaySeconds must be >= 0 and <= {self.MAX_DELAY}.'
            raise Sqs_Errors.invalid_value('DelaySeconds', delay, reason)
        if attributes:
            Message_Attributes.check(attributes)
        if self.size(body, attributes) > self.max_size:
            reason = f'Message must be shorter than {self.max_size} bytes.'
            raise Sqs_Errors.invalid(f'One or more parameters are invalid. Reason: {reason}')

    @staticmethod
    def size(body: str, attributes: dict[str, dict[str, Any]]) -> int:
        """Bytes of a message that count towards MaximumMessageSize."""
        own = len(body) if body.isascii() else len(body.encode('utf-8', 'surrogatepass'))
        return own + Message_Attributes.size(attributes) if attributes else own

    def adopt(self, message: Stored_Message, source_arn: Optional[str] = None) -> bool:
        """Take over another queue's message, with its id, age and history; False when this queue is deleted."""
        with self.changed:
            if self.deleted:
                return False
            if source_arn:
                message.system_attributes = {**message.system_attributes, 'DeadLetterQueueSourceArn': source_arn}
            message.receive_count_here = 0
            self._add(message, self.clock.now(), 0)
            return True

    # ---- receiving

    def receive(
        self,
        max_messages: int = 1,
        wait_seconds: float = 0,
        visibility_timeout: Optional[float] = None,
        cancel: Optional[Cancel] = None,
    ) -> list[Sqs_Message]:
        """Up to max_messages; with none there, waits for the first: for a send, the end of a delay or of a visibility.

        Ends at once, with nothing, when `cancel` is set and wake() called. visibility_timeout None takes the queue's.
        Messages received too often go to the dead-letter queue instead. Raises Api__Error OverLimit.
        """
        until = self.clock.now() + wait_seconds
        while True:
            with self.changed:
                self._must_exist()
                if cancel is not None and cancel.is_set():
                    self.changed.notify()  # a send may have woken this receiver instead of another
                    return []
                now = self.clock.now()
                self._pass_time(now)
                hide_for = self.visibility_timeout if visibility_timeout is None else visibility_timeout
                taken, dead = self._take(now, max_messages, hide_for)
                if not taken and not dead:
                    if now >= until:
                        return []
                    self._wait(now, until)
                    continue
            self._bury(dead)  # outside the lock: it takes the other queue's
            if taken:
                return taken

    def wake(self) -> None:
        """Make every waiting receiver look again (whether it is cancelled, too)."""
        with self.changed:
            self.changed.notify_all()

    def delete(self, receipt_handle: str) -> None:
        """Delete a received message. Nothing happens when it is gone, or was received again since (an old handle).

        Raises Api__Error ReceiptHandleIsInvalid.
        """
        message_id, receive_number = Sqs_Receipt.read(self.arn, receipt_handle)
        with self.changed:
            self._must_exist()
            message = self.messages.get(message_id)
            if message and message.receive_count == receive_number:
                self._drop(message)

    def change_visibility(self, receipt_handle: str, seconds: float) -> None:
        """Make a message in flight visible in `seconds` from now; 0 is at once.

        Raises Api__Error ReceiptHandleIsInvalid, InvalidParameterValue, MessageNotInflight.
        """
        message_id, receive_number = Sqs_Receipt.read(self.arn, receipt_handle)
        if not 0 <= seconds <= self.MAX_VISIBILITY:
            reason = f'Must be between 0 and {self.MAX_VISIBILITY}.'
            raise Sqs_Errors.invalid_value('VisibilityTimeout', seconds, reason)
        with self.changed:
            self._must_exist()
            now = self.clock.now()
            self._pass_time(now)
            message = self.messages.get(message_id)
            if message is None or message.receive_count != receive_number:
                reason = 'Message does not exist or is not available for visibility timeout change.'
                raise Sqs_Errors.invalid_value('ReceiptHandle', receipt_handle, reason)
            if message.state != Stored_Message.IN_FLIGHT:
                raise Api__Error('MessageNotInflight', "The message referred to isn't in flight.")
            if now + seconds > message.received_at + self.MAX_VISIBILITY:
                reason = f'Total VisibilityTimeout for the message is beyond the limit [{self.MAX_VISIBILITY} seconds]'
                raise Sqs_Errors.invalid_value('VisibilityTimeout', seconds, reason)
            if seconds:
                self._hide(message, Stored_Message.IN_FLIGHT, now + seconds)
            else:
                self._make_ready(message)

    # ---- the queue as a whole

    def purge(self) -> None:
        """Drop all messages, in flight and delayed ones too."""
        with self.changed:
            self._must_exist()
            self._clear()

    def remove(self) -> None:
        """The queue is deleted: messages are gone, waiting receivers are woken and raise QueueDoesNotExist."""
        with self.changed:
            self.deleted = True
            self._clear()
            self.changed.notify_all()

    # ---- inside the lock

    def _must_exist(self) -> None:
        if self.deleted:
            raise Sqs_Errors.no_such_queue()

    def _clear(self) -> None:
        for message in self.messages.values():
            message.state = Stored_Message.GONE
        self.messages.clear()
        self.ready.clear()
        self.hidden.clear()
        self.counts = [0, 0, 0]

    def _wait(self, now: float, until: float) -> None:
        """Until something changes, the next message becomes visible, or the time is over."""
        if self.hidden:
            until = min(until, self.hidden[0][0])
        self.waiting += 1
        try:
            self.clock.wait(self.changed, until - now)
        finally:
            self.waiting -= 1

    def _add(self, message: Stored_Message, now: float, delay: float) -> None:
        self.messages[message.message_id] = message
        if delay > 0:
            self._hide(message, Stored_Message.DELAYED, now + delay)
        else:
            self._make_ready(message)

    def _set_state(self, message: Stored_Message, state: int) -> None:
        if message.state != Stored_Message.GONE:
            self.counts[message.state] -= 1
        if state != Stored_Message.GONE:
            self.counts[state] += 1
        message.state = state

    def _make_ready(self, message: Stored_Message) -> None:
        self._set_state(message, Stored_Message.READY)
        self.ready.append(message)
        self.changed.notify()

    def _hide(self, message: Stored_Message, state: int, until: float) -> None:
        self._set_state(message, state)
        message.visible_at = until
        entry = (until, next(self.tie_breaker), message)
        heapq.heappush(self.hidden, entry)
        if self.waiting and self.hidden[0] is entry:
            self.changed.notify_all()  # they wait for a later moment
        if len(self.hidden) > 2 * (self.counts[Stored_Message.DELAYED] + self.counts[Stored_Message.IN_FLIGHT]) + (
            self.STALE_ALLOWED
        ):
            self.hidden = [entry for entry in self.hidden if self._is_current(entry)]
            heapq.heapify(self.hidden)

    @staticmethod
    def _is_current(entry: tuple[float, int, Stored_Message]) -> bool:
        """Does a heap entry still say when its message becomes visible?"""
        until, _, message = entry
        return message.state in (Stored_Message.DELAYED, Stored_Message.IN_FLIGHT) and message.visible_at == until

    def _drop(self, message: Stored_Message) -> None:
        del self.messages[message.message_id]
        self._set_state(message, Stored_Message.GONE)

    def _pass_time(self, now: float) -> None:
        """Show what has become visible, and drop what is too old."""
        while self.hidden and self.hidden[0][0] <= now:
            entry = heapq.heappop(self.hidden)
            if self._is_current(entry):
                self._make_ready(entry[2])
        oldest_allowed = now - self.retention_seconds
        while self.messages:
            oldest = next(iter(self.messages.values()))
            if oldest.sent_at > oldest_allowed:
                break
            self._drop(oldest)
        while self.ready and self.ready[0].state != Stored_Message.READY:
            self.ready.popleft()

    def _take(self, now: float, most: int, hide_for: float) -> tuple[list[Sqs_Message], list[Stored_Message]]:
        """(messages for the receiver, messages for the dead-letter queue)."""
        taken: list[Sqs_Message] = []
        dead: list[Stored_Message] = []
        has_dead_letter_queue = self.ready and self._dead_letter_queue() is not None
        while self.ready and len(taken) < most:
            message = self.ready.popleft()
            if message.state != Stored_Message.READY:
                continue
            if message.sent_at <= now - self.retention_seconds:
                self._drop(message)
            elif has_dead_letter_queue and message.receive_count_here >= self.max_receive_count:
                self._drop(message)
                dead.append(message)
            elif self.counts[Stored_Message.IN_FLIGHT] >= self.MAX_IN_FLIGHT:
                self.ready.appendleft(message)
                if taken or dead:
                    break
                raise Api__Error('OverLimit', 'The maximum number of in flight messages is reached: 120000.', 403)
            else:
                taken.append(self._hand_out(message, now, hide_for))
        return taken, dead

    def _hand_out(self, message: Stored_Message, now: float, hide_for: float) -> Sqs_Message:
        message.receive_count += 1
        message.receive_count_here += 1
        message.received_at = now
        message.first_received_at = message.first_received_at or now
        self._hide(message, Stored_Message.IN_FLIGHT, now + hide_for)
        return message.seen(Sqs_Receipt.make(self.arn, message.message_id, message.receive_count))

    # ---- outside the lock

    def _dead_letter_queue(self) -> Optional['Sqs_Queue']:
        """The dead-letter queue, while there is one."""
        return self.find_queue(self.dead_letter_arn) if self.dead_letter_arn else None

    def _bury(self, dead: list[Stored_Message]) -> None:
        """Move messages to the dead-letter queue; back to the end of this one when it was deleted meanwhile."""
        for message in dead:
            target = self._dead_letter_queue()
            if target is None or not target.adopt(message, self.arn):
                self.adopt(message)
