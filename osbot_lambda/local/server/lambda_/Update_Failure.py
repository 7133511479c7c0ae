from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Update_Failure:
    """Why an update came to nothing: LastUpdateStatusReasonCode and LastUpdateStatusReason of the API."""

    code: str
    reason: str
