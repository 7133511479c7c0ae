import re
from collections.abc import Callable
from typing import Any

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.protocol.Query_Errors import Query_Errors


class Sqs_Batch:
    """One call with up to ten entries: each succeeds or fails on its own.

    Errors : Api__Error EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct.
    """

    MAX_ENTRIES = 10
    ENTRY_ID = re.compile(r'[A-Za-z0-9_-]{1,80}')

    @classmethod
    def check(cls, kind: str, entries: list[dict[str, Any]]) -> None:
        """Raises when the call as a whole is refused; kind is the entries' shape, 'SendMessageBatchRequestEntry'."""
        if not entries:
            raise Api__Error('EmptyBatchRequest', f'There should be at least one {kind} in the request.')
        if len(entries) > cls.MAX_ENTRIES:
            message = f'Maximum number of entries per request are {cls.MAX_ENTRIES}. You have sent {len(entries)}.'
            raise Api__Error('TooManyEntriesInBatchRequest', message)
        seen = set()
        for entry in entries:
            if not cls.ENTRY_ID.fullmatch(entry['Id']):
                raise Api__Error(
                    'InvalidBatchEntryId',
                    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. '
                    'It can be at most 80 letters long.',
                )
            if entry['Id'] in seen:
                raise Api__Error('BatchEntryIdsNotDistinct', f'Id {entry["Id"]} repeated.')
            seen.add(entry['Id'])

    @staticmethod
    def run(entries: list[dict[str, Any]], one: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """{'Successful': [...], 'Failed': [...]}; a list that would be empty is left out, as AWS does."""
        successful, failed = [], []
        for entry in entries:
            try:
                successful.append({'Id': entry['Id'], **one(entry)})
            except Api__Error as error:
                code, is_sender = Query_Errors.query_code(error.code), error.status < 500
                failed.append({'Id': entry['Id'], 'SenderFault': is_sender, 'Code': code, 'Message': error.message})
        return {'Successful': successful or None, 'Failed': failed or None}
