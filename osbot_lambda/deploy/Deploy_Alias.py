import re
from typing import Optional

from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.deploy.Deploy_Alias_Move import Deploy_Alias_Move
from osbot_lambda.deploy.Deploy_Alias_State import Deploy_Alias_State
from osbot_lambda.deploy.Deploy_Version import Deploy_Version
from osbot_lambda.errors import (
    Aws__Conflict,
    Aws__Not_Found,
    Deploy__Alias_Not_Moved,
    Deploy__No_Version,
    Setting__Invalid,
)

LATEST = '$LATEST'


class Deploy_Alias:
    """An alias of a function, and moving it from version to version.

        alias = Deploy_Alias(function, 'live')
        alias.move(alias.state(), '3')

    Shapes : versions are numbers as text.
    Errors : Setting__Invalid for a name that Lambda would refuse; Deploy__No_Version, Deploy__Alias_Not_Moved,
             Deploy__Failed for a version that can't be invoked, Wait__Timeout; Aws__Error.
    """

    def __init__(self, function: Lambda, name: str):
        self.function, self.name = function, self.check_name(name)

    @staticmethod
    def check_name(name: str) -> str:
        """The name; Setting__Invalid for one that Lambda would refuse."""
        if not isinstance(name, str) or not re.fullmatch(r'(?!\d+$)[a-zA-Z0-9-_]{1,128}', name):
            raise Setting__Invalid(
                f'{name!r} is no name for an alias: 1 to 128 letters, digits, - and _, not digits alone'
            )
        return name

    def find(self) -> Optional[Deploy_Alias_State]:
        """What it points to; None when there is no such alias, or function."""
        try:
            return Deploy_Alias_State.of(self.function.alias(name=self.name))
        except Aws__Not_Found:
            return None

    def state(self) -> Deploy_Alias_State:
        """What it points to. Deploy__No_Version when it isn't there, or stands for no version."""
        found = self.find()
        if found is None:
            raise Deploy__No_Version(
                f'{self.function.name} has no alias {self.name!r}: deploy(publish=True, alias={self.name!r}) makes it'
            )
        if found.version == LATEST:
            raise Deploy__No_Version(
                f'alias {self.name} of {self.function.name} points to $LATEST, which is no version: '
                f'deploy(publish=True, alias={self.name!r}) publishes one, and moves it there'
            )
        return found

    def published(self) -> list[str]:
        """The numbers of the versions that there are, the oldest first. Aws__Not_Found for a missing function."""
        found = [str(version['Version']) for version in self.function.versions()]
        return sorted((number for number in found if number != LATEST), key=int)

    def set(self, version: str, canary: str = '', weight: float = 0.0) -> None:
        """Point it to a version, and a share of the invokes to the canary."""
        self.function.alias_update(name=self.name, function_version=version, routing={canary: weight} if canary else {})

    def create(self, version: str) -> None:
        """Make it; when somebody else did in the meantime, it is moved."""
        try:
            self.function.alias_create(function_version=version, name=self.name)
        except Aws__Conflict:
            self.set(version)

    def move(
        self, before: Deploy_Alias_State, version: str, canary: str = '', weight: float = 0.0
    ) -> Deploy_Alias_Move:
        """From what state() said to this; both versions can be invoked, and it reads back so."""
        wanted = Deploy_Alias_State(version, canary, weight)
        for number in dict.fromkeys([version, canary or version]):
            Deploy_Version(self.function, number).wait()
        if wanted != before:
            self.set(version, canary, weight)
        seen = self.find()
        if seen != wanted:
            raise Deploy__Alias_Not_Moved(self.function.name, self.name, str(wanted), str(seen or 'absent'))
        return Deploy_Alias_Move(self.function.name, self.name, before, wanted)
