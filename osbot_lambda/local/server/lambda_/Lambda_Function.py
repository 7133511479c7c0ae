import threading
from typing import Any, Optional

from osbot_lambda.local.server.lambda_.Function_Code import Function_Code
from osbot_lambda.local.server.lambda_.Function_Config import Function_Config
from osbot_lambda.local.server.lambda_.Function_Version import LATEST, Function_Version
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Lambda_Function:
    """A function: what $LATEST is now, the published versions, the tags.

    What changes it answers as AWS does while the change is going on (Pending, InProgress), and has ended at the next
    look. Safe to use from several threads.
    """

    def __init__(self, latest: Function_Version, tags: Optional[dict[str, str]] = None):
        self.latest = latest
        self.versions: dict[str, Function_Version] = {}
        self.tags: dict[str, str] = dict(tags or {})
        self._next_number = 1  # numbers are never used again
        self._published_from: Optional[tuple[str, Function_Config, Function_Code]] = None
        self._lock = threading.RLock()

    @property
    def arn(self) -> str:
        """The unqualified ARN."""
        return self.latest.arn

    def version(self, qualifier: Optional[str]) -> Optional[Function_Version]:
        """The version meant by a qualifier (None and '$LATEST' are the same), or None."""
        if qualifier is None or qualifier == LATEST:
            return self.latest
        return self.versions.get(qualifier)

    def all_versions(self) -> list[Function_Version]:
        """$LATEST, then the published ones by number."""
        with self._lock:
            return [self.latest, *self.versions.values()]

    def settle(self) -> None:
        """Creating has ended."""
        with self._lock:
            self.latest = self.latest.settled()

    def update(
        self, config_params: dict[str, Any], code: Optional[Function_Code], now: str, revision_id: Optional[str]
    ) -> Function_Version:
        """Change configuration, code, or both; gives $LATEST as it is while that goes on.

        Raises Api__Error 412 when revision_id is given and isn't the latest.
        """
        with self._lock:
            self.check_revision(revision_id)
            changed = self.latest.changed(self.latest.config.updated(config_params), code or self.latest.code, now)
            self.latest = changed.settled()
            return changed

    def publish(self, description: Optional[str] = None, revision_id: Optional[str] = None) -> Function_Version:
        """A new version of what $LATEST is; the last one again when nothing changed since."""
        with self._lock:
            self.check_revision(revision_id)
            now = (self.latest.config, self.latest.code)
            if self._published_from and self._published_from[1:] == now:
                last = self.versions.get(self._published_from[0])
                if last:
                    return last
            number = str(self._next_number)
            self._next_number += 1
            new = self.latest.published(number, description)
            self.versions[number] = new.settled()
            self._published_from = (number, *now)
            return new

    def remove_version(self, number: str) -> None:
        """Forget a published version; fine when there is none."""
        with self._lock:
            self.versions.pop(number, None)

    def change_tags(self, add: dict[str, str], remove: list[str]) -> None:
        """Tagging is a change that gives a new RevisionId. Raises Api__Error (400) over 50 tags."""
        with self._lock:
            tags = {key: value for key, value in (self.tags | add).items() if key not in remove}
            if len(tags) > 50:
                raise Lambda_Errors.invalid('Number of tags exceeds resource tag limit.')
            self.tags = tags
            self.latest = self.latest.retouched()

    def check_revision(self, revision_id: Optional[str]) -> None:
        """Raises Api__Error 412 when one is given and isn't the latest."""
        if revision_id and revision_id != self.latest.revision_id:
            raise Lambda_Errors.wrong_revision()
