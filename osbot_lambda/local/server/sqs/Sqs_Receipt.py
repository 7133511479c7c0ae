import base64

from osbot_lambda.local.server.sqs.Sqs_Errors import Sqs_Errors


class Sqs_Receipt:
    """A receipt handle: opaque text that names queue, message and receive.

    Shapes : base64 of '<queue ARN> <message id> <number of the receive>'. Each receive of a message has its own.
    """

    @staticmethod
    def make(arn: str, message_id: str, receive_number: int) -> str:
        """The handle of one receive."""
        return base64.b64encode(f'{arn} {message_id} {receive_number}'.encode()).decode()

    @staticmethod
    def read(arn: str, handle: str) -> tuple[str, int]:
        """(message id, number of the receive). Raises Api__Error ReceiptHandleIsInvalid, also for another queue's."""
        try:
            handle_arn, message_id, number = base64.b64decode(handle, validate=True).decode().split(' ')
            if handle_arn == arn:
                return message_id, int(number)
        except ValueError:  # not base64, not text, not three words, or no number
            pass
        raise Sqs_Errors.bad_handle(handle)
