from typing import Any

from osbot_lambda.errors import Api__Error


class Sqs_Errors:
    """SQS's errors, with its words. Codes are the names in the model, or the query protocol's where it has none."""

    @staticmethod
    def no_such_queue() -> Api__Error:
        """There is no queue of that name."""
        return Api__Error('QueueDoesNotExist', 'The specified queue does not exist.')

    @staticmethod
    def invalid(message: str) -> Api__Error:
        """A value that SQS refuses, in a sentence of its own."""
        return Api__Error('InvalidParameterValue', message)

    @staticmethod
    def invalid_value(name: str, value: Any, reason: str) -> Api__Error:
        """A value that SQS refuses, in its usual sentence."""
        return Api__Error('InvalidParameterValue', f'Value {value} for parameter {name} is invalid. Reason: {reason}')

    @staticmethod
    def invalid_attribute_value(name: str) -> Api__Error:
        """A queue attribute out of its limits."""
        return Api__Error('InvalidAttributeValue', f'Invalid value for the parameter {name}.')

    @staticmethod
    def unknown_attribute(name: str) -> Api__Error:
        """An attribute that doesn't exist, or can't be set."""
        return Api__Error('InvalidAttributeName', f'Unknown Attribute {name}.')

    @staticmethod
    def bad_handle(handle: str) -> Api__Error:
        """No receipt handle, or another queue's."""
        message = f'The input receipt handle "{handle}" is not a valid receipt handle.'
        return Api__Error('ReceiptHandleIsInvalid', message, 404)
