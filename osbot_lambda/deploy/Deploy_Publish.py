from typing import Any, Optional

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.deploy.Deploy_Alias import LATEST, Deploy_Alias
from osbot_lambda.deploy.Deploy_Alias_State import Deploy_Alias_State
from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Version import Deploy_Version
from osbot_lambda.errors import Aws__Not_Found

OF_EACH_VERSION = {  # what differs between $LATEST and a version of it that is the same
    'FunctionArn',
    'Version',
    'MasterArn',
    'RevisionId',
    'ConfigSha256',
    'LastModified',
    'RuntimeVersionConfig',
    'State',
    'StateReason',
    'StateReasonCode',
    'LastUpdateStatus',
    'LastUpdateStatusReason',
    'LastUpdateStatusReasonCode',
}
PUBLISHED = 'what is deployed, published'


class Deploy_Publish:
    """Publishes what was deployed as a version, and moves an alias to it: the last step of a deploy.

        publish = Deploy_Publish('live')
        publish.read(function)
        if publish.changes(code_or_config_changes=False):
            version = publish.run(function)

    Nothing is published when the alias' version (without an alias, the newest one) is what $LATEST is, and the alias
    moved nowhere but for its canary, which ends in any case. PublishVersion answers with the version that it made
    before when nothing changed since, and an alias that moves to where it is stays: stopped anywhere, it may run again.

    Shapes : version is the published version's number as text: after read() the one that is there ('' for none), after
             run() the one that was published.
    Errors : Setting__Invalid for a name that no alias can have; Deploy__Failed and Wait__Timeout when the version
             can't be invoked; Aws__Invalid when code_sha256 isn't what the function has by then; Aws__Error.
    """

    def __init__(self, alias: Optional[str] = None):
        self.alias = None if alias is None else Deploy_Alias.check_name(alias)
        self.version = ''
        self._state: Optional[Deploy_Alias_State] = None
        self._differs = self._needed = True

    def read(self, function: Lambda, latest: Optional[dict[str, Any]] = None) -> None:
        """Look at what is published, with two calls; without an alias, with the list of versions. latest is
        GetFunctionConfiguration's answer, when that was asked for already. A function that isn't there has nothing."""
        self.version, self._state, self._differs, self._needed = '', None, True, True
        try:
            published, latest = self._of_alias(function, latest) if self.alias else self._newest(function)
        except Aws__Not_Found:
            return
        if published is not None and latest is not None:
            self.version = str(published['Version'])
            self._differs = _what_counts(published) != _what_counts(latest)

    def changes(self, code_or_config_changes: bool) -> tuple[Deploy_Change, ...]:
        """What is to change; before read(), all of it."""
        self._needed = self._differs or code_or_config_changes
        found = [Deploy_Change('version', self.version, PUBLISHED)] if self._needed else []
        if self.alias is not None and (self._needed or (self._state and self._state.canary)):
            target = PUBLISHED if self._needed else self.version
            found.append(Deploy_Change(f'alias {self.alias}', str(self._state or ''), target))
        return tuple(found)

    def run(self, function: Lambda, description: str = '', code_sha256: Optional[str] = None) -> str:
        """Publish and move as changes() said; the version's number. description is the version's own, by default the
        function's; code_sha256 (base64) makes sure that it isn't the code of another deploy."""
        if self._needed:
            answer = function.version_publish(description or None, code_sha256 or None)
            self.version = str(answer['Version'])
            Deploy_Version(function, self.version).wait(answer)
        if self.alias and self._state != Deploy_Alias_State(self.version):
            alias = Deploy_Alias(function, self.alias)
            (alias.set if self._state else alias.create)(self.version)
            self._state = Deploy_Alias_State(self.version)
        return self.version

    def _of_alias(self, function: Lambda, latest: Any) -> tuple[Optional[dict[str, Any]], Any]:
        assert self.alias is not None
        alias = Deploy_Alias(function, self.alias)
        self._state = alias.find()
        if self._state is None or self._state.version == LATEST:
            return None, latest
        return Deploy_Version(function, self._state.version).configuration(), latest or function.configuration()

    @staticmethod
    def _newest(function: Lambda) -> tuple[Optional[dict[str, Any]], Any]:
        found = {str(version['Version']): version for version in function.versions()}
        latest = found.pop(LATEST, None)
        return (found[max(found, key=int)] if found else None), latest


def _what_counts(configuration: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in configuration.items() if key not in OF_EACH_VERSION and value}
    if 'SnapStart' in found:
        found['SnapStart'] = found['SnapStart'].get('ApplyOn')  # only a version can have its OptimizationStatus on
    return found
