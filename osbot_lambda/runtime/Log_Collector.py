"""Makes log events out of what a worker writes."""

import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Optional

from osbot_lambda.runtime.Log_Level import Log_Level
from osbot_lambda.runtime.Path_Mask import Path_Mask


class Log_Collector:
    """Makes log events out of what one worker writes, and keeps the text of the current invoke.

    One pipe carries stdout, stderr and the telemetry frames of awslambdaric, so that their order is kept: a line of raw
    text is one event, a frame is one event whatever line feeds it holds.

    Shapes : a frame is type (4 bytes, 0xA55A00..), length (4), timestamp in µs (8), message; big-endian.
    With `least`, what the worker writes below that level is dropped.
    Units  : MAX_EVENT, MAX_HELD and MAX_KEPT are bytes: the longest event, what is held back before the sink gets it,
             and what kept() gives at most.
    Source : awslambdaric.bootstrap.FramedTelemetryLogSink; CloudWatch Logs quota (256 KiB less 26 bytes an event).
    """

    MAX_EVENT = 256 * 1024 - 26
    MAX_HELD = 1024 * 1024
    MAX_KEPT = 256 * 1024

    FRAME_START = b'\xa5\x5a\x00'
    FRAME_HEADER = 16
    # the types that awslambdaric has, a length under 256 MiB, and a timestamp before the year 4253
    FRAME = re.compile(
        rb'\xa5\x5a\x00[\x02\x03\x0a\x0b\x0e\x0f\x12\x13\x16\x17\x1a\x1b][\x00-\x0f].{3}\x00.{7}', re.DOTALL
    )

    def __init__(
        self,
        write: Callable[[Sequence[tuple[int, str]]], None],
        mask: Path_Mask,
        least: Optional[Log_Level] = None,
    ):
        self._write = write
        self._mask = mask
        self._least = least
        self._frame_level = Log_Level.INFO
        self._buffer = bytearray()
        self._frame_left = 0
        self._events: list[tuple[int, str]] = []
        self._events_size = 0
        self._kept: deque[bytes] = deque()
        self._kept_size = 0

    def begin(self) -> None:
        """The text of an invoke starts here."""
        self._kept.clear()
        self._kept_size = 0

    def platform(self, message: str) -> None:
        """Add a line of Lambda's own, after what the worker wrote until now."""
        self._end_of_line()
        self._event(message.encode(), int(time.time() * 1000))

    def feed(self, data: bytes) -> None:
        """Take what was read from the pipe."""
        self._buffer += data
        now = int(time.time() * 1000)
        more = True
        while more:
            more = self._frame_step(now) if self._frame_left else self._text_step(now)

    def finish(self, process_ended: bool) -> None:
        """The invoke is over: what is left is a line. Of a living worker, the begin of a frame is kept for later."""
        self._end_of_line()
        if process_ended:
            self._emit_buffer(len(self._buffer), int(time.time() * 1000))
            self._frame_left = 0
        self.flush()

    def flush(self) -> None:
        """Give the sink what is held back."""
        if self._events:
            events, self._events, self._events_size = self._events, [], 0
            self._write(events)

    def kept(self) -> bytes:
        """The text since begin(), or the end of it; every event ends in a line feed."""
        return b''.join(self._kept)

    def _text_step(self, now: int) -> bool:
        """Turn text before the next frame into events; true when there may be more to do."""
        buffer = self._buffer
        start = self._find_frame()
        end = len(buffer) if start < 0 else start
        begin = 0
        while (feed := buffer.find(b'\n', begin, end)) >= 0:
            self._line(bytes(buffer[begin : feed + 1]), now)
            begin = feed + 1
        del buffer[:begin]
        if start < 0:
            if len(buffer) > self.MAX_EVENT + self.FRAME_HEADER:
                self._emit_buffer(self._end_of_event(buffer, 0), now)
                return True
            return False
        self._emit_buffer(start - begin, now)
        if len(buffer) < self.FRAME_HEADER:
            return False
        self._frame_left = int.from_bytes(buffer[4:8], 'big')
        self._frame_level = Log_Level.of_frame(buffer[3])
        del buffer[: self.FRAME_HEADER]
        return True

    def _find_frame(self) -> int:
        """Where a frame starts, or what may be one once its header is complete; -1 when there is none."""
        buffer = self._buffer
        start = buffer.find(self.FRAME_START)
        while start >= 0:
            if len(buffer) - start < self.FRAME_HEADER or self.FRAME.match(buffer, start):
                return start
            start = buffer.find(self.FRAME_START, start + 1)
        return -1

    def _frame_step(self, now: int) -> bool:
        """Turn the message of a frame into events; true when there may be more to do."""
        if len(self._buffer) < self._frame_left:
            if len(self._buffer) <= self.MAX_EVENT:
                return False
            self._frame_left -= self._emit_buffer(self._end_of_event(self._buffer, 0), now)
            return True
        self._emit_buffer(self._frame_left, now)
        self._frame_left = 0
        return True

    def _end_of_line(self) -> None:
        if not self._frame_left and not self._buffer.startswith(self.FRAME_START):
            self._emit_buffer(len(self._buffer), int(time.time() * 1000))

    def _emit_buffer(self, size: int, now: int) -> int:
        """Take size bytes off the buffer, as one event (several when it is too long); returns size."""
        if size:
            data = bytes(self._buffer[:size])
            del self._buffer[:size]
            if not self._frame_left:
                self._line(data, now)
            elif self._least is None or self._frame_level >= self._least:
                self._event(data, now)
        return size

    def _line(self, data: bytes, now: int) -> None:
        if self._least is None or Log_Level.of_line(data) >= self._least:
            self._event(data, now)

    def _end_of_event(self, data: bytes | bytearray, begin: int) -> int:
        """Where the longest event from begin on ends; not inside a UTF-8 letter."""
        end = begin + self.MAX_EVENT
        if end >= len(data):
            return len(data)
        letter = next((at for at in range(end, end - 4, -1) if data[at] & 0xC0 != 0x80), end)
        return letter if data[letter] >= 0xC0 else end

    def _event(self, message: bytes, now: int) -> None:
        message = self._mask.apply(message)
        begin = 0
        while begin < len(message):
            end = self._end_of_event(message, begin)
            self._events.append((now, message[begin:end].decode(errors='replace')))
            begin = end
        self._events_size += len(message)
        if self._events_size > self.MAX_HELD:
            self.flush()
        self._keep(message if message.endswith(b'\n') else message + b'\n')

    def _keep(self, message: bytes) -> None:
        self._kept.append(message)
        self._kept_size += len(message)
        while (excess := self._kept_size - self.MAX_KEPT) > 0:
            first = self._kept.popleft()
            if len(first) > excess:
                self._kept.appendleft(first[excess:])
            self._kept_size -= min(len(first), excess)
