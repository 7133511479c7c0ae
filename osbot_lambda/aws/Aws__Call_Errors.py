from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional

from osbot_lambda.aws.session.Address import Address
from osbot_lambda.errors import (
    Aws__Access_Denied,
    Aws__Conflict,
    Aws__Connection,
    Aws__Credentials,
    Aws__Error,
    Aws__Invalid,
    Aws__Not_Found,
    Aws__Server_Error,
    Aws__Throttled,
)

if TYPE_CHECKING:
    from osbot_lambda.aws.session.AWS_Session import AWS_Session

# Codes whose HTTP status says something else, or nothing. A code that isn't here is sorted by its status.
BY_CODE: dict[str, type[Aws__Error]] = {
    'NoSuchEntity': Aws__Not_Found,
    'NotFound': Aws__Not_Found,
    'NoSuchBucket': Aws__Not_Found,
    'NoSuchKey': Aws__Not_Found,
    'ResourceNotFoundException': Aws__Not_Found,
    'QueueDoesNotExist': Aws__Not_Found,
    'AWS.SimpleQueueService.NonExistentQueue': Aws__Not_Found,
    'BucketAlreadyExists': Aws__Conflict,
    'BucketAlreadyOwnedByYou': Aws__Conflict,
    'EntityAlreadyExists': Aws__Conflict,
    'OperationAbortedException': Aws__Conflict,
    'PreconditionFailed': Aws__Conflict,
    'PreconditionFailedException': Aws__Conflict,
    'QueueAlreadyExists': Aws__Conflict,
    'QueueNameExists': Aws__Conflict,
    'QueueDeletedRecently': Aws__Conflict,
    'AWS.SimpleQueueService.QueueDeletedRecently': Aws__Conflict,
    'ResourceAlreadyExistsException': Aws__Conflict,
    'ResourceConflictException': Aws__Conflict,
    'ResourceInUseException': Aws__Conflict,
    'AccessDenied': Aws__Access_Denied,
    'AccessDeniedException': Aws__Access_Denied,
    'OptInRequired': Aws__Access_Denied,
    'UnauthorizedOperation': Aws__Access_Denied,
    'ExpiredToken': Aws__Credentials,
    'ExpiredTokenException': Aws__Credentials,
    'IncompleteSignature': Aws__Credentials,
    'InvalidAccessKeyId': Aws__Credentials,
    'InvalidClientTokenId': Aws__Credentials,
    'InvalidSignatureException': Aws__Credentials,
    'InvalidToken': Aws__Credentials,
    'MissingAuthenticationToken': Aws__Credentials,
    'MissingAuthenticationTokenException': Aws__Credentials,
    'RequestExpired': Aws__Credentials,
    'RequestTimeTooSkewed': Aws__Credentials,
    'SignatureDoesNotMatch': Aws__Credentials,
    'UnrecognizedClientException': Aws__Credentials,
    'OverLimit': Aws__Throttled,
    'RequestLimitExceeded': Aws__Throttled,
    'RequestThrottled': Aws__Throttled,
    'SlowDown': Aws__Throttled,
    'ThrottledException': Aws__Throttled,
    'Throttling': Aws__Throttled,
    'ThrottlingException': Aws__Throttled,
    'TooManyRequestsException': Aws__Throttled,
}

BY_STATUS: dict[int, type[Aws__Error]] = {
    401: Aws__Credentials,
    403: Aws__Access_Denied,
    404: Aws__Not_Found,
    409: Aws__Conflict,
    412: Aws__Conflict,
    429: Aws__Throttled,
}

RESOURCE_KEYS = (  # the first of these that a call has says what it was about
    'FunctionName',
    'UUID',
    'EventSourceArn',
    'RoleName',
    'RoleArn',
    'PolicyArn',
    'PolicyName',
    'LayerName',
    'Bucket',
    'QueueUrl',
    'QueueName',
    'logGroupName',
    'logGroupNamePrefix',
)


class Aws__Call_Errors:
    """A `with` block around AWS calls that turns botocore's errors into ours.

    Shapes : parameters are those of the call; they name the resource in the error's text.
    Errors : every Aws__Error; what isn't botocore's passes through as it is.
    """

    def __init__(
        self,
        service: str,
        operation: str = '',
        parameters: Optional[dict[str, Any]] = None,
        session: Optional['AWS_Session'] = None,
    ):
        self.service, self.operation, self.parameters = service, operation, parameters or {}
        self.session = session

    def __enter__(self) -> 'Aws__Call_Errors':
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if kind is not None and kind.__module__.partition('.')[0] in ('botocore', 'boto3', 's3transfer'):
            raise self.translate(error) from error

    def resource(self) -> str:
        """What the call was about: 'my-function', 'bucket/key', or '' when its parameters don't say."""
        key = next((key for key in RESOURCE_KEYS if self.parameters.get(key)), '')
        name = str(self.parameters.get(key, ''))
        if key == 'QueueUrl':
            return name.rpartition('/')[2]
        if key == 'Bucket' and self.parameters.get('Key'):
            return f'{name}/{self.parameters["Key"]}'
        return name

    def translate(self, error: Any) -> Aws__Error:
        """Our error for botocore's."""
        from botocore import exceptions

        error = getattr(error, 'last_exception', None) or error  # of a transfer in parts that was tried repeatedly
        about: dict[str, Any] = {'service': self.service, 'operation': self.operation, 'resource': self.resource()}
        if isinstance(error, exceptions.ClientError):
            return self._of_answer(error.response, about)
        for kinds, ours in (
            ((exceptions.ParamValidationError, exceptions.ValidationError), Aws__Invalid),
            (
                (
                    exceptions.NoCredentialsError,
                    exceptions.PartialCredentialsError,
                    exceptions.CredentialRetrievalError,
                    exceptions.ProfileNotFound,
                    exceptions.SSOError,
                    exceptions.TokenRetrievalError,
                    exceptions.NoAuthTokenError,
                ),
                Aws__Credentials,
            ),
            (
                (
                    exceptions.HTTPClientError,
                    exceptions.ConnectionError,
                    exceptions.ResponseStreamingError,
                    exceptions.IncompleteReadError,
                    OSError,
                ),
                Aws__Connection,
            ),
        ):
            if isinstance(error, kinds):
                return ours(str(error) + _advice(error), code=type(error).__name__, **about)
        return Aws__Error(str(error), code=type(error).__name__, **about)

    def _of_answer(self, response: dict[str, Any], about: dict[str, Any]) -> Aws__Error:
        said, metadata = response.get('Error', {}), response.get('ResponseMetadata', {})
        code, status = str(said.get('Code', '')), int(metadata.get('HTTPStatusCode') or 0)
        if not status and code.isdigit():
            status = int(code)
        text = str(said.get('Message') or response.get('message') or '')
        ours = BY_CODE.get(code) or BY_STATUS.get(status)
        if self.service == 's3' and code == str(status):  # the answer to a HEAD, which has no text
            if status == 503:
                ours = Aws__Throttled
            elif status == 400 and self.session and self.session.is_temporary():
                ours, text = Aws__Credentials, f'{text}: S3 says no more; it answers so when the token has expired'
        if ours is None and status >= 400:
            ours = Aws__Server_Error if status >= 500 else Aws__Invalid
        return (ours or Aws__Error)(
            text,
            code=code,
            status=status,
            request_id=str(metadata.get('RequestId', '')),
            **about,
        )


def _advice(error: Any) -> str:
    """What to do about an address that didn't answer: nothing listens, no such host, too slow."""
    from botocore import exceptions

    url = str(getattr(error, 'kwargs', {}).get('endpoint_url') or '')
    address = Address(url)
    if isinstance(error, exceptions.ReadTimeoutError):
        return (
            '. It answers too slowly, or not at all; read_timeout (seconds) of the session kwargs says how long to wait'
        )
    if not isinstance(error, exceptions.EndpointConnectionError | exceptions.ConnectTimeoutError) or not address.host:
        return ''
    if address.is_aws():
        return f'. Is there a network, and is there {address.host}? A region that is misspelt has no host'
    if address.is_loopback():
        return (
            '. Is anything listening there? A Local_Cloud ends with its `with` block, or its process; '
            "target='local' finds the one that runs, or starts one"
        )
    return '. Is anything listening there, and can this machine reach it? The endpoint_url of the session says so'
