from dataclasses import dataclass

from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.runtime.Invocation import Invocation


@dataclass(frozen=True, slots=True)
class Queued_Event:
    """An event invoke that waits for its next attempt.

    Units  : deadline is on the monotonic clock. failures and throttles are counted apart: a throttled attempt is none.
    """

    ref: Function_Ref
    function: Lambda_Function
    invocation: Invocation
    deadline: float
    failures: int = 0
    throttles: int = 0
