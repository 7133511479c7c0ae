from dataclasses import dataclass
from typing import Optional

from osbot_lambda.local.server.lambda_.Event_Response import Event_Response
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.runtime.Invocation import Invocation


@dataclass(frozen=True, slots=True)
class Queued_Event:
    """An event invoke that waits for its next attempt.

    Units  : queued_at in epoch seconds. attempts and throttles are counted apart: a throttled attempt is none.
    last is what the last attempt answered; None before the first.
    """

    ref: Function_Ref
    function: Lambda_Function
    invocation: Invocation
    queued_at: float
    attempts: int = 0
    throttles: int = 0
    last: Optional[Event_Response] = None
