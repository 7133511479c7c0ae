import threading
import uuid
from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.Clock import Clock
from osbot_lambda.local.server.event_sources.Event_Source_Mapping import Event_Source_Mapping
from osbot_lambda.local.server.event_sources.Mapping_Validator import Mapping_Validator
from osbot_lambda.local.server.event_sources.Sqs_Poller import Sqs_Poller
from osbot_lambda.local.server.lambda_.Delayed_Calls import Delayed_Calls
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Runner import Function_Runner
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Pager import Pager
from osbot_lambda.local.server.sqs.Sqs_Engine import Sqs_Engine


class Event_Source_Mappings:
    """All mappings, and the poller of each that is enabled.

    The operations take (context, params) and answer as AWS does while the change is going on (Creating, Updating,
    Deleting, …); it has ended at the next look. Deleting a function leaves its mappings.
    """

    def __init__(self, runner: Function_Runner, sqs: Sqs_Engine, later: Delayed_Calls, clock: Clock):
        self.runner, self.sqs, self.later, self.clock = runner, sqs, later, clock
        self.validator = Mapping_Validator(runner.functions, sqs)
        self._mappings: dict[str, Event_Source_Mapping] = {}
        self._pollers: dict[str, Sqs_Poller] = {}
        self._ending: list[Sqs_Poller] = []  # cancelled, with an invoke that still runs
        self._lock = threading.RLock()
        self._stopped = False

    def create(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """CreateEventSourceMapping. Raises Api__Error: what Mapping_Validator refuses (400), a duplicate (409)."""
        function = Function_Ref.of(context, params)
        self.validator.check_source(params)
        self.validator.check_options(params)
        now = self.clock.now()
        mapping = Event_Source_Mapping(
            uuid=str(uuid.uuid4()),
            account_id=context.account_id,
            region=context.region,
            source_arn=params['EventSourceArn'],
            function=function,
            last_modified=now,
            tags=dict(params.get('Tags') or {}),
        ).updated(params, None, now)
        self.validator.check_whole(mapping)
        with self._lock:
            self._refuse_duplicate(mapping)
            self._put(mapping)
        return mapping.response('Creating' if mapping.enabled else '')

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetEventSourceMapping. Raises Api__Error 404."""
        return self._find(context, params['UUID']).response()

    def list_mappings(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """ListEventSourceMappings, of one source or one function when asked so."""
        mappings = [mapping for mapping in list(self._mappings.values()) if self._is_of(context, mapping)]
        if source := params.get('EventSourceArn'):
            mappings = [mapping for mapping in mappings if mapping.source_arn == source]
        if params.get('FunctionName'):
            wanted = Function_Ref.of(context, params)
            mappings = [mapping for mapping in mappings if wanted in (mapping.function, self._whole(mapping.function))]
        page, marker = Pager(mappings, lambda mapping: mapping.uuid, 100).page(params)
        answer: dict[str, Any] = {'EventSourceMappings': [mapping.response() for mapping in page]}
        return answer | ({'NextMarker': marker} if marker else {})

    def update(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """UpdateEventSourceMapping: what isn't given stays. Raises Api__Error as create() does, and 404."""
        old = self._find(context, params['UUID'])
        self.validator.check_options(params)
        function = Function_Ref.of(context, params) if params.get('FunctionName') else None
        with self._lock:
            new = self._find(context, old.uuid).updated(params, function, self.clock.now())
            self.validator.check_whole(new)
            self._refuse_duplicate(new)
            self._put(new)
        if new.enabled == old.enabled:
            return new.response('Updating')
        return new.response('Enabling' if new.enabled else 'Disabling')

    def delete(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteEventSourceMapping: nothing fires any more once this returns. Raises Api__Error 404."""
        with self._lock:
            mapping = self._find(context, params['UUID'])
            self._remove(mapping)
        return mapping.response('Deleting')

    def tags(self, context: Api_Context, mapping_uuid: str) -> dict[str, str]:
        """The tags of a mapping, to be changed in place. Raises Api__Error 404."""
        return self._find(context, mapping_uuid).tags

    def function_changed(self, arn: str) -> None:
        """A function has come, changed or gone: its pollers look again."""
        with self._lock:
            pollers = list(self._pollers.values())
        for poller in pollers:
            if poller.mapping.function.unqualified_arn == arn:
                poller.poke()

    def reset(self, account_id: Optional[str] = None) -> None:
        """Forget the mappings of an account, or of all."""
        with self._lock:
            for mapping in list(self._mappings.values()):
                if account_id in (None, mapping.account_id):
                    self._remove(mapping)

    def stop(self) -> None:
        """Cancel all pollers; idempotent."""
        with self._lock:
            self._stopped = True
            for mapping_uuid in list(self._pollers):
                self._cancel(mapping_uuid)

    def join(self) -> None:
        """Wait until the pollers' threads have ended; after stop()."""
        with self._lock:
            ending = list(self._ending)
        for poller in ending:
            poller.join()

    # ---- with the lock held

    def _put(self, mapping: Event_Source_Mapping) -> None:
        self._cancel(mapping.uuid)
        self._mappings[mapping.uuid] = mapping
        if mapping.enabled and not self._stopped:
            self._pollers[mapping.uuid] = Sqs_Poller(mapping, self.runner, self.sqs, self.later).start()

    def _remove(self, mapping: Event_Source_Mapping) -> None:
        self._cancel(mapping.uuid)
        del self._mappings[mapping.uuid]

    def _cancel(self, mapping_uuid: str) -> None:
        self._ending = [poller for poller in self._ending if poller.running()]
        poller = self._pollers.pop(mapping_uuid, None)
        if poller:
            poller.cancel()
            self._ending.append(poller)

    def _refuse_duplicate(self, mapping: Event_Source_Mapping) -> None:
        for other in self._mappings.values():
            same = (other.source_arn, other.function) == (mapping.source_arn, mapping.function)
            if same and other.uuid != mapping.uuid:
                raise Lambda_Errors.conflict(
                    f'An event source mapping with SQS arn (" {mapping.source_arn} ") and function '
                    f'(" {mapping.function.name} ") already exists. '
                    f'Please update or delete the existing mapping with UUID {other.uuid}'
                )

    # ---- looking up

    def _find(self, context: Api_Context, mapping_uuid: str) -> Event_Source_Mapping:
        mapping = self._mappings.get(mapping_uuid)
        if mapping is None or not self._is_of(context, mapping):
            raise Lambda_Errors.not_found('The resource you requested does not exist.')
        return mapping

    @staticmethod
    def _is_of(context: Api_Context, mapping: Event_Source_Mapping) -> bool:
        return (mapping.account_id, mapping.region) == (context.account_id, context.region)

    @staticmethod
    def _whole(ref: Function_Ref) -> Function_Ref:
        return Function_Ref(ref.account_id, ref.region, ref.name)
