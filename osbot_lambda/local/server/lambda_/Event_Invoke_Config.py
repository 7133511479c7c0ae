from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Optional


@dataclass(frozen=True, slots=True)
class Event_Invoke_Config:
    """How the event invokes of a function, a version or an alias are dealt with; a change makes a new one.

    Shapes : arn is the function's with the qualifier, '$LATEST' when it is for none; on_success and on_failure are the
             ARNs of destinations.
    Units  : max_age in seconds, last_modified in epoch seconds; max_retries doesn't count the first attempt. None: not
             said, so Lambda's own default holds.
    """

    arn: str
    last_modified: float
    max_retries: Optional[int] = None
    max_age: Optional[int] = None
    on_success: Optional[str] = None
    on_failure: Optional[str] = None

    def updated(self, params: Mapping[str, Any], now: float) -> 'Event_Invoke_Config':
        """With the settings that params (of Put… or Update…) hold; DestinationConfig is one setting."""
        change: dict[str, Any] = {'last_modified': now}
        for theirs, ours in (('MaximumRetryAttempts', 'max_retries'), ('MaximumEventAgeInSeconds', 'max_age')):
            if params.get(theirs) is not None:
                change[ours] = params[theirs]
        if params.get('DestinationConfig') is not None:
            for theirs, ours in (('OnSuccess', 'on_success'), ('OnFailure', 'on_failure')):
                change[ours] = (params['DestinationConfig'].get(theirs) or {}).get('Destination') or None
        return replace(self, **change)

    def response(self) -> dict[str, Any]:
        """FunctionEventInvokeConfig of the API: what wasn't set isn't there, but for an empty DestinationConfig."""
        destinations = {'OnSuccess': self.on_success, 'OnFailure': self.on_failure}
        return {
            'LastModified': self.last_modified,
            'FunctionArn': self.arn,
            'MaximumRetryAttempts': self.max_retries,
            'MaximumEventAgeInSeconds': self.max_age,
            'DestinationConfig': {name: {'Destination': arn} if arn else {} for name, arn in destinations.items()},
        }
