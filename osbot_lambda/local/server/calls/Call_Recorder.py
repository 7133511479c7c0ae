import logging
import threading
from collections import OrderedDict
from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.calls.Call_Reader import Call_Reader
from osbot_lambda.local.server.calls.Call_Resources import Call_Resources
from osbot_lambda.local.server.calls.Function_Token import Function_Token
from osbot_lambda.local.server.Http_Request import Http_Request

log = logging.getLogger('osbot_lambda.local')

Key = tuple[str, str, str]  # account, region, function name
Call = tuple[str, str, str]  # service, operation, ARN


class Call_Recorder:
    """Which AWS calls each function has made, and how often.

    Shapes : service is a signing name; operation and ARN as Call_Resources gives them.
    Units  : MOST_CALLS are kept of a function one by one; what comes then is counted for the whole bucket, or for '*'.
             Of more than MOST_FUNCTIONS, the one that called longest ago is forgotten.
    Costs  : nothing to speak of for a request that no function made.
    """

    MOST_FUNCTIONS = 1000
    MOST_CALLS = 200

    def __init__(self) -> None:
        self._reader = Call_Reader()
        self._lock = threading.Lock()
        self._functions: OrderedDict[Key, dict[Call, int]] = OrderedDict()

    def record(self, service: str, request: Http_Request, context: Api_Context) -> None:
        """Count a request, if it is a function's."""
        caller = Function_Token.read(request)
        if caller is None:
            return
        try:
            operation, params = self._reader.read(service, request)
            found = Call_Resources(context.account_id, context.region).of(service, operation, params)
        except Exception:  # a request must be answered, whatever is in it
            log.exception('%s %s of %s could not be recorded', request.method, request.path, caller[1])
            return
        with self._lock:
            calls = self._calls_of((context.account_id, *caller))
            for name, arn in found:
                call = (service, name or f'{request.method} {request.path[:100]}', arn)
                if call not in calls and len(calls) >= self.MOST_CALLS:
                    call = (*call[:2], self._whole(service, arn))
                if call in calls or len(calls) < 2 * self.MOST_CALLS:
                    calls[call] = calls.get(call, 0) + 1

    def calls(self, account_id: str, region: str, function_name: str) -> list[dict[str, Any]]:
        """[{'service', 'operation', 'resource', 'count'}] of a function, in the order in which they first came."""
        with self._lock:
            found = dict(self._functions.get((account_id, region, function_name), {}))
        return [
            {'service': service, 'operation': operation, 'resource': arn, 'count': count}
            for (service, operation, arn), count in found.items()
        ]

    def reset(self, account_id: Optional[str] = None) -> None:
        """Forget what the functions of an account did, or of all."""
        with self._lock:
            for key in [key for key in self._functions if account_id in (None, key[0])]:
                del self._functions[key]

    def _calls_of(self, key: Key) -> dict[Call, int]:
        calls = self._functions.setdefault(key, {})
        self._functions.move_to_end(key)
        if len(self._functions) > self.MOST_FUNCTIONS:
            self._functions.popitem(last=False)
        return calls

    @staticmethod
    def _whole(service: str, arn: str) -> str:
        bucket, slash, _ = arn.partition('/')
        return f'{bucket}/*' if service == 's3' and slash else '*'
