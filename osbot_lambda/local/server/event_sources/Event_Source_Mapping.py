from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref


@dataclass(frozen=True, slots=True)
class Event_Source_Mapping:
    """What one mapping is configured to; a change makes a new one (its tags alone are changed in place).

    Shapes : function is qualified only if the mapping is for a version.
    Units  : window seconds; last_modified epoch seconds. max_concurrency is None when ScalingConfig isn't given.
    """

    uuid: str
    account_id: str
    region: str
    source_arn: str
    function: Function_Ref
    last_modified: float
    enabled: bool = True
    batch_size: int = 10
    window: int = 0
    response_types: tuple[str, ...] = ()
    max_concurrency: Optional[int] = None
    tags: dict[str, str] = field(default_factory=dict)

    def updated(
        self, params: Mapping[str, Any], function: Optional[Function_Ref], now: float
    ) -> 'Event_Source_Mapping':
        """With what params (of Create… or UpdateEventSourceMapping) hold; the rest stays."""
        names = {'Enabled': 'enabled', 'BatchSize': 'batch_size', 'MaximumBatchingWindowInSeconds': 'window'}
        change: dict[str, Any] = {ours: params[theirs] for theirs, ours in names.items() if theirs in params}
        if 'FunctionResponseTypes' in params:
            change['response_types'] = tuple(params['FunctionResponseTypes'])
        if 'ScalingConfig' in params:
            change['max_concurrency'] = params['ScalingConfig'].get('MaximumConcurrency')
        return replace(self, function=function or self.function, last_modified=now, **change)

    @property
    def state(self) -> str:
        """The state when nothing is going on."""
        return 'Enabled' if self.enabled else 'Disabled'

    def response(self, state: str = '') -> dict[str, Any]:
        """EventSourceMappingConfiguration of the API; state: what is going on just now ('Creating', …)."""
        answer: dict[str, Any] = {
            'UUID': self.uuid,
            'EventSourceMappingArn': f'arn:aws:lambda:{self.region}:{self.account_id}:event-source-mapping:{self.uuid}',
            'EventSourceArn': self.source_arn,
            'FunctionArn': self.function.arn,
            'BatchSize': self.batch_size,
            'MaximumBatchingWindowInSeconds': self.window,
            'FunctionResponseTypes': list(self.response_types),
            'LastModified': self.last_modified,
            'State': state or self.state,
            'StateTransitionReason': 'USER_INITIATED',
        }
        if self.max_concurrency is not None:
            answer['ScalingConfig'] = {'MaximumConcurrency': self.max_concurrency}
        return answer
