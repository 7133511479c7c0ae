import json
from collections.abc import Collection
from typing import Any, Optional

from osbot_lambda.runtime.Invocation_Result import Invocation_Result


class Batch_Outcome:
    """Which messages of a batch are done with, by what the function made of it.

    Source : AWS developer guide, "Implementing partial batch responses", and recorded answers: an entry of
             batchItemFailures that isn't the id of a message of the batch makes the whole batch a failure.
    """

    def __init__(self, message_ids: Collection[str], report_item_failures: bool):
        self.message_ids, self.report_item_failures = set(message_ids), report_item_failures

    def done(self, result: Invocation_Result) -> set[str]:
        """The ids of the messages to delete; the others stay for their visibility timeout."""
        if result.function_error:
            return set()
        if not self.report_item_failures:
            return self.message_ids
        failed = self._failed(result.payload)
        return set() if failed is None else self.message_ids - failed

    def _failed(self, payload: bytes) -> Optional[set[str]]:
        """The ids that the function reports; None when its answer says nothing usable, and all have failed."""
        try:
            answer: Any = json.loads(payload or b'null')
        except ValueError:
            return None
        if not answer:
            return set()
        if not isinstance(answer, dict):
            return None
        items = answer.get('batchItemFailures')
        if not items:
            return set()
        if not isinstance(items, list):
            return None
        failed = set()
        for item in items:
            identifier = item.get('itemIdentifier') if isinstance(item, dict) else None
            if not isinstance(identifier, str) or identifier not in self.message_ids:
                return None
            failed.add(identifier)
        return failed
