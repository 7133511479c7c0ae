import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from osbot_lambda.schemas.Html_Table import Html_Table

DOCUMENT = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Function_Policy:
    """The least that a function's role has to be allowed, by what the function was seen to do. str() is its text.

        IAM_Role('orders-role').set_inline_policy('calls', deploy.policy_from_calls().document)

    Shapes : document is {'Version', 'Statement': [{'Effect', 'Action', 'Resource'}]}; notes are sentences on what to
             look at before it is used; calls are {'service', 'operation', 'resource', 'count'}, as they were seen.
    """

    name: str
    document: DOCUMENT
    notes: tuple[str, ...] = ()
    calls: tuple[Mapping[str, Any], ...] = ()

    def json(self) -> str:
        """The document, as a file has it."""
        return json.dumps(self.document, indent=2)

    def text(self) -> str:
        """The document, and the notes."""
        return '\n'.join([self.json(), *(f'note: {note}' for note in self.notes)])

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        statements, calls = len(self.document['Statement']), sum(call['count'] for call in self.calls)
        return f'<Function_Policy {self.name}: {statements} statements from {calls} calls, {len(self.notes)} notes>'

    def _repr_html_(self) -> str:
        table = Html_Table(f'{self.name}: what its role has to be allowed', ['actions', 'resources'])
        for statement in self.document['Statement']:
            table.add('\n'.join(statement['Action']), '\n'.join(statement['Resource']))
        for note in self.notes:
            table.add('note', note)
        seen = Html_Table('calls seen', ['service', 'operation', 'resource', 'times'])
        for call in self.calls:
            seen.add(call['service'], call['operation'], call['resource'], call['count'])
        return table.html() + (seen.html() if self.calls else '')
