import threading
import uuid
from collections.abc import Callable
from typing import Optional

from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Layer_Version import Layer_Version
from osbot_lambda.local.server.lambda_.Resource_Policy import Resource_Policy


class Layer:
    """A layer: its versions by number, and their policies. Safe to use from several threads.

    It stays when its last version is deleted: numbers are never used again.
    """

    def __init__(self) -> None:
        self.versions: dict[int, Layer_Version] = {}
        self._policies: dict[int, tuple[Resource_Policy, str]] = {}  # and its RevisionId
        self._next_number = 1
        self._lock = threading.Lock()

    def publish(self, make: Callable[[int], Layer_Version]) -> Layer_Version:
        """A new version: make(number) gives it."""
        with self._lock:
            version = self.versions[self._next_number] = make(self._next_number)
            self._next_number += 1
            return version

    def remove(self, number: int) -> None:
        """Forget a version and its policy; fine when there is none."""
        with self._lock:
            self.versions.pop(number, None)
            self._policies.pop(number, None)

    def newest_first(self, runtime: Optional[str] = None, architecture: Optional[str] = None) -> list[Layer_Version]:
        """The versions that fit."""
        with self._lock:
            versions = list(self.versions.values())
        return [version for version in reversed(versions) if version.fits(runtime, architecture)]

    def allows(self, number: int, account_id: str) -> bool:
        """Whether another account may use this version."""
        with self._lock:
            return number in self._policies and self._policies[number][0].allows(account_id)

    def policy(self, number: int) -> Optional[tuple[str, str]]:
        """A version's policy as JSON, and its RevisionId; None when it has none."""
        with self._lock:
            policy, revision_id = self._policies.get(number, (None, ''))
            return (policy.document(), revision_id) if policy and policy.statements else None

    def change_policy(
        self, number: int, revision_id: Optional[str], change: Callable[[Resource_Policy], str]
    ) -> tuple[str, str]:
        """What change(policy) gives, and the new RevisionId. Raises Api__Error 412, and what change() raises."""
        with self._lock:
            policy, latest = self._policies.get(number, (Resource_Policy(), ''))
            if revision_id and revision_id != latest:
                raise Lambda_Errors.wrong_revision('GetLayerPolicy')
            answer = change(policy)
            self._policies[number] = policy, str(uuid.uuid4())
            return answer, self._policies[number][1]
