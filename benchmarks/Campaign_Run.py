from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Campaign_Run:
    """One run of the campaign: invalid is percent; timeout, of function and visibility, seconds."""

    orders: int
    batch_size: int
    invalid: float
    timeout: int
    seed: int
