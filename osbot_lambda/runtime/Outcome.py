"""How the running of a handler ended."""

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the running of a handler ended.

    Shapes : error_type is None when it worked; status is what REPORT says ('', 'timeout' or 'error'); log_line is the
             platform's own line about it, or ''.
    reusable tells whether the worker can take another event.
    """

    payload: bytes
    error_type: Optional[str] = None
    status: str = ''
    log_line: str = ''
    reusable: bool = True
