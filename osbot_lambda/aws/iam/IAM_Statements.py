import re
from collections.abc import Iterable, Mapping
from typing import Any

Statement = Mapping[str, Any]


class IAM_Statements:
    """The statements of all policies of a role, taken together: what do they allow?

    Note   : denials and conditions aren't looked at, so that what is said to be missing is missing indeed; what isn't
             may still be refused.
    Source : AWS "IAM JSON policy elements": case doesn't matter in actions; '*' and '?' stand for any text, any letter.
    """

    def __init__(self, statements: Iterable[Statement]):
        self.allowing = [dict(each) for each in statements if each.get('Effect') == 'Allow']

    def allows(self, action: str, resource: str) -> bool:
        """Whether one of them allows this action on this resource."""
        return any(
            self._names(each, 'Action', action) and self._names(each, 'Resource', resource) for each in self.allowing
        )

    def missing(self, wanted: Iterable[Statement]) -> list[dict[str, Any]]:
        """What of the wanted statements isn't allowed, as statements."""
        found = []
        for statement in wanted:
            actions, resources = _texts(statement['Action']), _texts(statement['Resource'])
            lacking = [each for each in resources if not all(self.allows(action, each) for action in actions)]
            if lacking:
                denied = [action for action in actions if not all(self.allows(action, each) for each in lacking)]
                found.append({'Effect': 'Allow', 'Action': denied, 'Resource': lacking})
        return found

    @staticmethod
    def _names(statement: Statement, element: str, value: str) -> bool:
        if f'Not{element}' in statement:
            return not any(_fits(pattern, value, element) for pattern in _texts(statement[f'Not{element}']))
        return any(_fits(pattern, value, element) for pattern in _texts(statement.get(element, [])))


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _fits(pattern: str, value: str, element: str) -> bool:
    text = re.escape(pattern).replace(r'\*', '.*').replace(r'\?', '.')
    return re.fullmatch(text, value, re.IGNORECASE if element == 'Action' else 0) is not None
