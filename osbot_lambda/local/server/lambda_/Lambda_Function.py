import threading
from typing import Any, Optional, Union

from osbot_lambda.local.server.lambda_.Event_Invoke_Config import Event_Invoke_Config
from osbot_lambda.local.server.lambda_.Function_Alias import Function_Alias
from osbot_lambda.local.server.lambda_.Function_Config import Function_Config
from osbot_lambda.local.server.lambda_.Function_Url import Function_Url
from osbot_lambda.local.server.lambda_.Function_Version import LATEST, Code, Function_Version
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Provisioned_Config import Provisioned_Config
from osbot_lambda.local.server.lambda_.Resource_Policy import Resource_Policy
from osbot_lambda.local.server.lambda_.Running_Invokes import Running_Invokes
from osbot_lambda.local.server.lambda_.Runtime_Management import Runtime_Management
from osbot_lambda.local.server.lambda_.Update_Failure import Update_Failure


class Lambda_Function:
    """A function: what $LATEST is now, the published versions, the tags, and what hangs on them.

    What changes it answers as AWS does while the change is going on (Pending, InProgress), and has ended at the next
    look. Safe to use from several threads; who changes aliases, policies or urls holds the lock.
    Shapes : aliases by name; policies and urls by qualifier, '' for the function as a whole; event_configs
             by qualifier, '$LATEST' for none; runtime_management by version.
    """

    def __init__(self, latest: Function_Version, tags: Optional[dict[str, str]] = None):
        self.latest = latest
        self.versions: dict[str, Function_Version] = {}
        self.tags: dict[str, str] = dict(tags or {})
        self.aliases: dict[str, Function_Alias] = {}
        self.policies: dict[str, Resource_Policy] = {}
        self.urls: dict[str, Function_Url] = {}
        self.event_configs: dict[str, Event_Invoke_Config] = {}
        self.runtime_management: dict[str, Runtime_Management] = {}
        self.recursive_loop = 'Terminate'
        self.code_signing: Optional[str] = None  # the ARN of the configuration
        self.provisioned: dict[str, Provisioned_Config] = {}
        self.running = Running_Invokes()
        self.next_number = 1  # numbers are never used again
        self._published_from: Optional[tuple[str, Function_Config, Code]] = None
        self.lock = threading.RLock()

    @property
    def arn(self) -> str:
        """The unqualified ARN."""
        return self.latest.arn

    def version(self, qualifier: Optional[str]) -> Optional[Function_Version]:
        """The version meant by a qualifier (None and '$LATEST' are the same; an alias's main one), or None."""
        if qualifier is None or qualifier == LATEST:
            return self.latest
        alias = self.aliases.get(qualifier)
        return self.version(alias.version) if alias else self.versions.get(qualifier)

    def chosen_version(self, qualifier: Optional[str]) -> Optional[Function_Version]:
        """The version for one invoke: as version(), and of an alias with weights one or the other."""
        alias = self.aliases.get(qualifier or '')
        return self.version(alias.choose() if alias else qualifier)

    def event_config(self, qualifier: Optional[str]) -> Optional[Event_Invoke_Config]:
        """How event invokes with this qualifier are dealt with, or None: as Lambda does by default."""
        return self.event_configs.get(qualifier or LATEST)

    def alias(self, name: str) -> Function_Alias:
        """The alias, else Api__Error 404."""
        if name not in self.aliases:
            raise Lambda_Errors.not_found(f'Cannot find alias arn: {self.arn}:{name}')
        return self.aliases[name]

    def all_versions(self) -> list[Function_Version]:
        """$LATEST, then the published ones by number."""
        with self.lock:
            return [self.latest, *self.versions.values()]

    def settle(self) -> None:
        """Creating has ended."""
        with self.lock:
            self.latest = self.latest.settled()

    def update(
        self,
        config_params: dict[str, Any],
        code: Optional[Code],
        now: str,
        revision_id: Optional[str],
        failure: Optional[Update_Failure] = None,
    ) -> Function_Version:
        """Change configuration, code, or both; gives $LATEST as it is while that goes on.

        With a failure the change comes to nothing, and $LATEST says why.
        Raises Api__Error 412 when revision_id is given and isn't the latest.
        """
        with self.lock:
            self.check_revision(revision_id)
            changed = self.latest.changed(self.latest.config.updated(config_params), code or self.latest.code, now)
            self.latest = self.latest.update_failed(failure, now) if failure else changed.settled()
            return changed

    def publish(self, description: Optional[str] = None, revision_id: Optional[str] = None) -> Function_Version:
        """A new version of what $LATEST is; the last one again when nothing changed since."""
        with self.lock:
            self.check_revision(revision_id)
            now = (self.latest.config, self.latest.code)
            if self._published_from and self._published_from[1:] == now:
                last = self.versions.get(self._published_from[0])
                if last:
                    return last
            number = str(self.next_number)
            self.next_number += 1
            new = self.latest.published(number, description)
            self.versions[number] = new.settled()
            self._published_from = (number, *now)
            return new

    def remove_version(self, number: str) -> None:
        """Forget a published version; fine when there is none. Raises Api__Error 409 while an alias needs it."""
        with self.lock:
            users = [alias.name for alias in self.aliases.values() if number in (alias.version, *alias.weights)]
            if users:
                names = ', '.join(sorted(users))
                raise Lambda_Errors.conflict(
                    f'Unable to delete version because the following aliases reference it: [{names}]'
                )
            self.versions.pop(number, None)
            self.policies.pop(number, None)
            self.event_configs.pop(number, None)
            self.runtime_management.pop(number, None)

    def revision_id(self, qualifier: Optional[str]) -> str:
        """The RevisionId of $LATEST, a version or an alias; else Api__Error 404."""
        return self._qualified(qualifier).revision_id

    def retouch(self, qualifier: Optional[str]) -> None:
        """Give $LATEST, a version or an alias a new RevisionId; else Api__Error 404."""
        with self.lock:
            found = self._qualified(qualifier).retouched()
            if isinstance(found, Function_Alias):
                self.aliases[found.name] = found
            elif found.version == LATEST:
                self.latest = found
            else:
                self.versions[found.version] = found

    def change_tags(self, add: dict[str, str], remove: list[str]) -> None:
        """Tagging is a change that gives a new RevisionId. Raises Api__Error (400) over 50 tags."""
        with self.lock:
            tags = {key: value for key, value in (self.tags | add).items() if key not in remove}
            if len(tags) > 50:
                raise Lambda_Errors.invalid('Number of tags exceeds resource tag limit.')
            self.tags = tags
            self.latest = self.latest.retouched()

    def check_revision(self, revision_id: Optional[str]) -> None:
        """Raises Api__Error 412 when one is given and isn't the latest."""
        if revision_id and revision_id != self.latest.revision_id:
            raise Lambda_Errors.wrong_revision()

    def _qualified(self, qualifier: Optional[str]) -> Union[Function_Version, Function_Alias]:
        if qualifier in self.aliases:
            return self.aliases[qualifier]
        version = self.version(qualifier)
        if version is None and qualifier and not qualifier.isdigit():
            raise Lambda_Errors.not_found(f'Cannot find alias arn: {self.arn}:{qualifier}')
        if version is None:
            raise Lambda_Errors.function_not_found(f'{self.arn}:{qualifier}')
        return version
