import logging
import threading
from collections.abc import Callable, Sequence
from typing import Optional

log = logging.getLogger('osbot_lambda.local')


class Logs_Buffer:
    """What functions log, kept until somebody asks for it: an invoke neither imports moto nor waits for it.

    The runtime's Log_Sink. Flushed before CloudWatch Logs answers anything, and by a thread of its own when a lot
    waits, so that memory stays bounded, or when somebody listens.

    Shapes : put(account_id, region, group, stream, events), events being (epoch ms, message);
             listened_to(account_id, region, group) tells whether what is written there has to go on at once.
    Units  : LARGE is a number of events.
    """

    LARGE = 5000

    def __init__(
        self,
        put: Callable[[str, str, str, str, Sequence[tuple[int, str]]], None],
        listened_to: Callable[[str, str, str], bool] = lambda *_: False,
    ):
        self._put, self._listened_to = put, listened_to
        self._waiting: dict[tuple[str, str, str, str], list[tuple[int, str]]] = {}
        self._count = 0
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._flusher_runs = False
        self._flush_again = False

    def write(self, account_id: str, region: str, group: str, stream: str, events: Sequence[tuple[int, str]]) -> None:
        """Keep the events; cheap, called at the end of each invoke."""
        with self._lock:
            self._waiting.setdefault((account_id, region, group, stream), []).extend(events)
            self._count += len(events)
            if self._count < self.LARGE and not self._listened_to(account_id, region, group):
                return
            self._flush_again = True
            if self._flusher_runs:
                return
            self._flusher_runs = True
        threading.Thread(target=self._flush_in_background, name='logs-flush', daemon=True).start()

    def flush(self) -> None:
        """Hand over all that was written before this call; when it returns, it is there to be read."""
        with self._flushing:
            with self._lock:
                waiting, self._waiting, self._count = self._waiting, {}, 0
            for where, events in waiting.items():
                try:
                    self._put(*where, events)
                except Exception:
                    log.exception('could not store %d log events of %s', len(events), where[2])

    def waiting(self) -> int:
        """How many events aren't handed over yet."""
        with self._lock:
            return self._count

    def reset(self, account_id: Optional[str] = None) -> None:
        """Forget what the functions of the account logged, or of all accounts."""
        with self._flushing, self._lock:
            kept = {} if account_id is None else self._waiting
            self._waiting = {where: events for where, events in kept.items() if where[0] != account_id}
            self._count = sum(len(events) for events in self._waiting.values())

    def _flush_in_background(self) -> None:
        while self._wanted():
            self.flush()

    def _wanted(self) -> bool:
        """Whether a flush was asked for since the last look; when not, the flusher ends."""
        with self._lock:
            again, self._flush_again = self._flush_again, False
            self._flusher_runs = again
            return again
