from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from osbot_lambda.aws.Deadline import Deadline
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.errors import Deploy__No_Version, Setting__Invalid

if TYPE_CHECKING:  # what a deploy needs is imported when there is one
    from osbot_lambda.deploy.Deploy_Alias import Deploy_Alias
    from osbot_lambda.deploy.Deploy_Alias_Move import Deploy_Alias_Move
    from osbot_lambda.deploy.Deploy_Alias_State import Deploy_Alias_State
    from osbot_lambda.deploy.Deploy_Prune_Result import Deploy_Prune_Result

AGAIN = 'look at versions() and say it again; set_deadline(seconds) gives it longer'


class Deploy_Lambda__Versions:
    """The published versions of the function, and which of them an alias has. Nothing is packaged or uploaded.

        deploy.deploy(publish=True)         # a version more; 'live' stays where it is
        deploy.canary(0.1)                  # a tenth of the invokes of 'live' goes to it
        deploy.promote()                    # all of them; or abort_canary()
        deploy.rollback()                   # 'live' goes back to the version before

    Errors : Deploy__No_Version for an alias that isn't there, and where there is no version to move it to;
             Deploy__Failed for a version that can't be invoked; Deploy__Alias_Not_Moved when somebody else moves it,
             too; Setting__Invalid; Aws__Not_Found when the function isn't there.
    """

    session: AWS_Session
    settings: Deploy_Settings
    _name: str

    def versions(self) -> list[dict[str, Any]]:
        """$LATEST and the published versions, the newest first, each with the 'Aliases' that send invokes to it; a
        table in a notebook.

        deploy.versions()[1]      # {'Version': '3', 'Aliases': 'live', 'CodeSha256': …, 'LastModified': …, …}"""
        from osbot_lambda.deploy.Deploy_Alias_State import Deploy_Alias_State
        from osbot_lambda.schemas.Aws__Table import Aws__Table

        function = self._function()
        aliases = {alias['Name']: Deploy_Alias_State.of(alias) for alias in function.aliases()}
        found = {str(version['Version']): version for version in function.versions()}
        newest_first = sorted(found, key=lambda number: (number.isdigit(), -int(number) if number.isdigit() else 0))
        table = Aws__Table()
        for number in newest_first:
            users = [
                f'{name} ({state.share_of(number):.4g})' if state.canary else name
                for name, state in sorted(aliases.items())
                if number in (state.version, state.canary)
            ]
            table.append({'Version': number, 'Aliases': ', '.join(users), **found[number]})
        return table

    def rollback(self, alias: str = 'live') -> 'Deploy_Alias_Move':
        """Move the alias to the version before the one it has, and verify it; with a canary, end that instead.

        deploy.rollback().version      # '2'"""
        with self._moving(alias) as (moved, state):
            if state.canary:
                return moved.move(state, state.version)
            older = [number for number in moved.published() if int(number) < int(state.version)]
            if not older:
                raise Deploy__No_Version(
                    f'alias {alias} of {self._name} has version {state.version}, and there is none before it: '
                    f'deploy what it is to be'
                )
            return moved.move(state, older[-1])

    def canary(self, weight: float, alias: str = 'live') -> 'Deploy_Alias_Move':
        """Give the newest published version this share, 0..1, of the alias' invokes; again, with another one, to raise
        it. The alias' version itself changes with promote().

        deploy.deploy(publish=True)
        deploy.canary(0.1)"""
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise Setting__Invalid(f"weight is {weight!r}; a canary's share of the invokes is 0 to 1")
        with self._moving(alias) as (moved, state):
            newest = moved.published()[-1]
            if int(newest) <= int(state.version):
                raise Deploy__No_Version(
                    f'alias {alias} of {self._name} has version {state.version}, and there is no newer one: '
                    f'deploy(publish=True) makes it'
                )
            return moved.move(state, state.version, newest, float(weight))

    def promote(self, alias: str = 'live') -> 'Deploy_Alias_Move':
        """All invokes of the alias go to its canary, which becomes its version. Deploy__No_Version without a canary.

        deploy.promote()"""
        with self._moving(alias) as (moved, state):
            if not state.canary:
                raise Deploy__No_Version(
                    f'alias {alias} of {self._name} has version {state.version} and no canary: canary(0.1) gives it one'
                )
            return moved.move(state, state.canary)

    def abort_canary(self, alias: str = 'live') -> 'Deploy_Alias_Move':
        """All invokes of the alias go to its version again; without a canary nothing changes.

        deploy.abort_canary()"""
        with self._moving(alias) as (moved, state):
            return moved.move(state, state.version)

    def prune(self, keep: int = 3, plan: bool = False) -> 'Deploy_Prune_Result':
        """Remove what nothing uses: of this function's versions those older than the newest `keep` that no alias,
        event source or permission names; of the account's layers made by set_packages_using_layer() the versions that
        no function has; the packages of these in the code bucket. No layer or object of the last hour, as a deploy may
        be about to use it. With plan=True nothing is removed, and the result says what would be.

        print(deploy.prune(keep=5, plan=True))"""
        from osbot_lambda.deploy.Deploy_Prune import Deploy_Prune

        pruning = Deploy_Prune(self._function(), keep)
        with Deadline(self.settings.deadline, AGAIN):
            return pruning.find() if plan else pruning.run()

    def _function(self) -> Lambda:
        return Lambda(self._name, session_kwargs=self.session)

    @contextmanager
    def _moving(self, name: str) -> 'Iterator[tuple[Deploy_Alias, Deploy_Alias_State]]':
        from osbot_lambda.deploy.Deploy_Alias import Deploy_Alias

        alias = Deploy_Alias(self._function(), name)
        with Deadline(self.settings.deadline, AGAIN):
            yield alias, alias.state()
