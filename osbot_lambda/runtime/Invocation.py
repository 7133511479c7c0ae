"""One call of a function."""

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a function.

    Shapes : payload is the JSON text of the event; client_context is JSON text; invoked_arn is the ARN as the caller
             wrote it (with its qualifier); trace_id is 'Root=1-…;Parent=…;Sampled=0'.
    """

    request_id: str
    payload: bytes
    invoked_arn: str
    client_context: Optional[str] = None
    trace_id: Optional[str] = None
