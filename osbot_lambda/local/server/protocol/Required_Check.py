from collections.abc import Callable
from typing import Any

from botocore.model import Shape

from osbot_lambda.errors import Api__Error


class Required_Check:
    """The check of the services that grew up on the query protocol (SQS): parameters that are missing, and no more.

    Errors : Api__Error MissingParameter, 'The request must contain the parameter QueueName.'; in a batch
             '... SendMessageBatchRequestEntry.1.MessageBody.'
    """

    def compile(self, shape: Shape) -> Callable[[dict[str, Any]], None]:
        """The function that checks the parameters of an operation."""
        required = tuple(shape.metadata.get('required', ()))
        batches = [
            (name, member.member.name, tuple(member.member.metadata.get('required', ())))
            for name, member in shape.members.items()
            if member.type_name == 'list' and member.member.type_name == 'structure'
        ]

        def validate(params: dict[str, Any]) -> None:
            for name in required:
                if name not in params:
                    missing(name)
            for name, entry_name, entry_required in batches:
                for number, entry in enumerate(params.get(name, ()), 1):
                    for wanted in entry_required:
                        if wanted not in entry:
                            missing(f'{entry_name}.{number}.{wanted}')

        return validate


def missing(name: str) -> None:
    """Raises MissingParameter."""
    raise Api__Error('MissingParameter', f'The request must contain the parameter {name}.')
