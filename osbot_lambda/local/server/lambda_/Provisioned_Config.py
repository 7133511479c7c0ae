from dataclasses import dataclass
from typing import Any, Optional


@dataclass(slots=True)
class Provisioned_Config:
    """The provisioned concurrency of one version or alias: what was asked for, and how far it has come.

    Shapes : last_modified as the API has it; status IN_PROGRESS, READY or FAILED; reason only of FAILED.
    """

    requested: int
    last_modified: str
    status: str = 'IN_PROGRESS'
    reason: Optional[str] = None

    def response(self, allocated: int) -> dict[str, Any]:
        """The operations' answer, when so many environments are there."""
        return {
            'RequestedProvisionedConcurrentExecutions': self.requested,
            'AvailableProvisionedConcurrentExecutions': allocated,
            'AllocatedProvisionedConcurrentExecutions': allocated,
            'Status': self.status,
            'StatusReason': self.reason,
            'LastModified': self.last_modified,
        }
