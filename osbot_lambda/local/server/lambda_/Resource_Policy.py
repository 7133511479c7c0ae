import json
from typing import Any

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Resource_Policy:
    """What a function, a version, an alias or a layer version allows to whom.

    Shapes : a statement is a dict with the policy language's keys, known by its Sid.
    Units  : MAX_BYTES of the whole document.
    Not safe from several threads: whoever has it, has a lock for it.
    """

    MAX_BYTES = 20_480

    def __init__(self) -> None:
        self.statements: dict[str, dict[str, Any]] = {}

    @staticmethod
    def of(document: str) -> 'Resource_Policy':
        """From a policy as JSON. Raises Api__Error 400 when it is none."""
        try:
            given = json.loads(document)['Statement']
            policy = Resource_Policy()
            for number, statement in enumerate([given] if isinstance(given, dict) else given, 1):
                missing = {'Effect', 'Principal', 'Action', 'Resource'} - statement.keys()
                if missing:
                    raise ValueError(f'statement {number} has no {", ".join(sorted(missing))}')
                policy.add({'Sid': str(number), **statement})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Lambda_Errors.invalid(f'The provided policy is not valid: {error}') from None
        return policy

    def add(self, statement: dict[str, Any]) -> str:
        """Add a statement; gives it as JSON. Raises Api__Error: its Sid is taken (409), the policy too long (400)."""
        sid = statement['Sid']
        if sid in self.statements:
            raise Lambda_Errors.conflict(
                f'The statement id ({sid}) provided already exists. '
                f'Please provide a new statement id, or remove the existing statement.'
            )
        size = len(self._json({**self.statements, sid: statement}))
        if size > self.MAX_BYTES:
            text = f'The final policy size ({size}) is bigger than the limit ({self.MAX_BYTES}).'
            raise Api__Error('PolicyLengthExceededException', text, 400)
        self.statements[sid] = statement
        return json.dumps(statement, separators=(',', ':'))

    def check_has(self, sid: str) -> None:
        """Raises Api__Error 404 when there is no such statement, or none at all."""
        if not self.statements:
            raise Lambda_Errors.not_found('No policy is associated with the given resource.')
        if sid not in self.statements:
            raise Lambda_Errors.not_found(f'Statement {sid} is not found in resource policy.')

    def remove(self, sid: str) -> None:
        """Take a statement out; raises as check_has() does."""
        self.check_has(sid)
        del self.statements[sid]

    def allows(self, account_id: str) -> bool:
        """Whether a statement is for this account, or for everybody. No account belongs to an organization here."""
        wanted = ('*', {'AWS': f'arn:aws:iam::{account_id}:root'})
        return any(each['Principal'] in wanted and 'Condition' not in each for each in self.statements.values())

    def document(self) -> str:
        """The policy as JSON."""
        return self._json(self.statements)

    @staticmethod
    def _json(statements: dict[str, dict[str, Any]]) -> str:
        policy = {'Version': '2012-10-17', 'Id': 'default', 'Statement': list(statements.values())}
        return json.dumps(policy, separators=(',', ':'))
