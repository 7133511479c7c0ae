from dataclasses import dataclass

from osbot_lambda.deploy.Deploy_Alias_State import Deploy_Alias_State
from osbot_lambda.schemas.Html_Table import Html_Table


@dataclass(frozen=True, slots=True)
class Deploy_Alias_Move:
    """What a rollback(), canary(), promote() or abort_canary() did: the alias before, and as it was read back. It is
    true: what can't be done raises.

    Shapes : name is the function's; str() is 'alias live of orders: 3 → 2'.
    """

    name: str
    alias: str
    before: Deploy_Alias_State
    after: Deploy_Alias_State

    @property
    def version(self) -> str:
        """The version that the alias has now."""
        return self.after.version

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return f'alias {self.alias} of {self.name}: {self.before} → {self.after}'

    def __repr__(self) -> str:
        return f'<Deploy_Alias_Move {self}>'

    def _repr_html_(self) -> str:
        facts = {'before': self.before, 'after': self.after}
        return Html_Table.of_facts(f'alias {self.alias} of {self.name}', facts).html()
