from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True, slots=True)
class Runtime_Management:
    """How a version's runtime is kept up to date, in the API's words; runtime_version is given with Manual alone."""

    update_on: str = 'Auto'
    runtime_version: Optional[str] = None
