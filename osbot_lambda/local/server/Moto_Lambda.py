import json
import logging
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, ClassVar, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.event_sources.Logs_Event import Logs_Event
from osbot_lambda.local.server.lambda_.Async_Invokes import Async_Invokes
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref

log = logging.getLogger('osbot_lambda.local')


class Moto_Lambda:
    """Stands where moto has its Lambda backend of one account and region: moto's services invoke our functions.

    Always as events: who invokes waits for nothing, and isn't told what goes wrong; that is logged.
    trace_id is the trace header of the request that moto answers in this thread.
    """

    trace_id: ClassVar[ContextVar[Optional[str]]] = ContextVar('trace_id', default=None)

    def __init__(self, events: Async_Invokes, region_name: str, account_id: str):
        self.events, self.region_name, self.account_id = events, region_name, account_id
        self._ref: Optional[Function_Ref] = None

    def get_function(self, function_name: str, qualifier: Optional[str] = None) -> 'Moto_Lambda':
        """What stands for a function, given by name or ARN. Raises Api__Error 404."""
        found = Moto_Lambda(self.events, self.region_name, self.account_id)
        ref = found._ref = self._ref_of(function_name, qualifier)
        self.events.runner.functions.get_version(ref)
        return found

    def invoke(self, *args: Any, **kwargs: Any) -> bytes:
        """Of a function: invoke(body, …); of the backend: invoke(function_name, qualifier, body, …)."""
        if self._ref is not None:
            self.send(self._ref, str(args[0]))
        else:
            names = ('function_name', 'qualifier', 'body')
            given = {**dict(zip(names, args, strict=False)), **kwargs}
            self.send(self._ref_of(given['function_name'], given['qualifier']), given['body'])
        return b''

    def send_log_event(
        self,
        function_arn: str,
        filter_name: str,
        log_group_name: str,
        log_stream_name: str,
        log_events: Sequence[dict[str, Any]],
    ) -> None:
        """What a subscription filter let through."""
        event = Logs_Event.of(self.account_id, log_group_name, log_stream_name, filter_name, log_events)
        self.send(self._ref_of(function_arn), json.dumps(event))

    def send(self, ref: Function_Ref, body: str) -> None:
        """Queue an event, JSON text."""
        try:
            self.events.send(ref, body.encode(), self.trace_id.get())
        except Api__Error as error:
            log.warning('an event for %s was lost: %s', ref.arn, error)

    def _ref_of(self, function_name: str, qualifier: Optional[str] = None) -> Function_Ref:
        if function_name.startswith('arn:'):
            return Function_Ref.from_arn(function_name)
        return Function_Ref(self.account_id, self.region_name, function_name, qualifier)
