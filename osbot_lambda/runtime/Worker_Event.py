"""One thing that a worker did."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Worker_Event:
    """One thing that a worker did, or that happened to it.

    kind: 'next' it asks for an event (so its init is over); 'response', 'error' what it posted for the current
    invoke; 'init_error' what it posted instead of asking; 'too_large' it posts more than Lambda takes; 'exit' its
    process ended; 'timeout' none of these came before the deadline.
    """

    kind: Literal['next', 'response', 'error', 'init_error', 'too_large', 'exit', 'timeout']
    body: bytes = b''
