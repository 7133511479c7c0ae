import pytest
from botocore import exceptions
from s3transfer.exceptions import RetriesExceededError

from osbot_lambda.aws.Aws__Call_Errors import Aws__Call_Errors
from osbot_lambda.aws.session.AWS_Session import AWS_Session
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


def _client_error(code: str, status: int | None, message: str = 'why') -> exceptions.ClientError:
    metadata = {'RequestId': 'r-1'} | ({} if status is None else {'HTTPStatusCode': status})
    return exceptions.ClientError({'Error': {'Code': code, 'Message': message}, 'ResponseMetadata': metadata}, 'Invoke')


def _unreachable(url: str) -> exceptions.EndpointConnectionError:
    return exceptions.EndpointConnectionError(endpoint_url=url)


def _raised(error: Exception, **parameters) -> Exception:
    with pytest.raises(Exception) as raised, Aws__Call_Errors('lambda', 'Invoke', parameters):  # noqa: PT011
        raise error
    return raised.value


class test_Aws__Call_Errors:
    @pytest.mark.parametrize(
        ('code', 'status', 'ours'),
        [
            ('ResourceNotFoundException', 404, Aws__Not_Found),
            ('NoSuchEntity', 404, Aws__Not_Found),
            ('NoSuchBucket', 404, Aws__Not_Found),
            ('404', 404, Aws__Not_Found),
            ('404', None, Aws__Not_Found),
            ('AWS.SimpleQueueService.NonExistentQueue', 400, Aws__Not_Found),
            ('QueueDoesNotExist', 400, Aws__Not_Found),
            ('ResourceNotFoundException', 400, Aws__Not_Found),
            ('ResourceConflictException', 409, Aws__Conflict),
            ('EntityAlreadyExists', 409, Aws__Conflict),
            ('BucketNotEmpty', 409, Aws__Conflict),
            ('DeleteConflict', 409, Aws__Conflict),
            ('QueueNameExists', 400, Aws__Conflict),
            ('ResourceAlreadyExistsException', 400, Aws__Conflict),
            ('PreconditionFailedException', 412, Aws__Conflict),
            ('ValidationException', 400, Aws__Invalid),
            ('InvalidParameterValueException', 400, Aws__Invalid),
            ('RequestEntityTooLargeException', 413, Aws__Invalid),
            ('MalformedPolicyDocument', 400, Aws__Invalid),
            ('AccessDeniedException', 403, Aws__Access_Denied),
            ('AccessDeniedException', 400, Aws__Access_Denied),
            ('403', 403, Aws__Access_Denied),
            ('ExpiredTokenException', 403, Aws__Credentials),
            ('ExpiredToken', 400, Aws__Credentials),
            ('InvalidClientTokenId', 403, Aws__Credentials),
            ('SignatureDoesNotMatch', 403, Aws__Credentials),
            ('UnrecognizedClientException', 400, Aws__Credentials),
            ('TooManyRequestsException', 429, Aws__Throttled),
            ('ThrottlingException', 400, Aws__Throttled),
            ('SlowDown', 503, Aws__Throttled),
            ('OverLimit', 403, Aws__Throttled),
            ('ServiceException', 500, Aws__Server_Error),
            ('NotImplementedException', 501, Aws__Server_Error),
            ('PermanentRedirect', 301, Aws__Error),
            ('Nonsense', None, Aws__Error),
        ],
    )
    def test_an_answer_becomes(self, code, status, ours):
        error = _raised(_client_error(code, status))
        assert type(error) is ours
        assert error.code == code

    def test_says_what_when_and_about_whom(self):
        error = _raised(_client_error('ResourceNotFoundException', 404, 'gone'), FunctionName='f')
        assert (error.service, error.operation, error.resource) == ('lambda', 'Invoke', 'f')
        assert (error.status, error.request_id, error.message) == (404, 'r-1', 'gone')
        assert str(error) == 'lambda.Invoke of f: ResourceNotFoundException: gone (request id r-1)'
        assert isinstance(error, LookupError)
        assert isinstance(error.__cause__, exceptions.ClientError)

    @pytest.mark.parametrize(
        ('parameters', 'resource'),
        [
            ({'Bucket': 'b', 'Key': 'k/l'}, 'b/k/l'),
            ({'Bucket': 'b'}, 'b'),
            ({'QueueUrl': 'http://127.0.0.1:1/000000000000/orders'}, 'orders'),
            ({'EventSourceArn': 'arn', 'FunctionName': 'f'}, 'f'),
            ({'logGroupName': '/aws/lambda/f'}, '/aws/lambda/f'),
            ({'Other': 'x'}, ''),
        ],
    )
    def test_the_resource_is_found_in_the_parameters(self, parameters, resource):
        assert Aws__Call_Errors('s', 'O', parameters).resource() == resource

    @pytest.mark.parametrize(
        ('error', 'ours'),
        [
            (exceptions.ParamValidationError(report='bad'), Aws__Invalid),
            (exceptions.NoCredentialsError(), Aws__Credentials),
            (exceptions.ProfileNotFound(profile='x'), Aws__Credentials),
            (exceptions.EndpointConnectionError(endpoint_url='http://x'), Aws__Connection),
            (exceptions.ReadTimeoutError(endpoint_url='http://x'), Aws__Connection),
            (exceptions.ConnectTimeoutError(endpoint_url='http://x'), Aws__Connection),
            (exceptions.ConnectionClosedError(endpoint_url='http://x'), Aws__Connection),
            (exceptions.ResponseStreamingError(error='cut'), Aws__Connection),
            (exceptions.UnknownServiceError(service_name='x', known_service_names='y'), Aws__Error),
        ],
        ids=lambda value: getattr(value, '__name__', type(value).__name__),
    )
    def test_what_botocore_itself_raises_becomes(self, error, ours):
        found = _raised(error)
        assert type(found) is ours
        assert found.code == type(error).__name__
        assert str(error) in str(found)

    @pytest.mark.parametrize('error', [ValueError('mine'), ConnectionError('mine')], ids=['ValueError', 'Connection'])
    def test_what_is_not_of_botocore_passes_through(self, error):
        assert _raised(error) is error

    @pytest.mark.parametrize(
        ('error', 'advice'),
        [
            (
                _unreachable('http://127.0.0.1:4566/'),
                r"listening there\? A Local_Cloud ends .* target='local'",
            ),
            (_unreachable('http://localstack:4566/'), 'anything listening there, and can this machine reach it'),
            (_unreachable('https://sqs.eu-wst-1.amazonaws.com/'), 'a network, and is there sqs.eu-wst-1.amazonaws.com'),
            (exceptions.ConnectTimeoutError(endpoint_url='http://10.1.1.1/'), 'can this machine reach it'),
            (exceptions.ReadTimeoutError(endpoint_url='http://127.0.0.1:1/'), r'read_timeout \(seconds\)'),
        ],
        ids=lambda value: value if isinstance(value, str) else str(value.kwargs['endpoint_url']),
    )
    def test_an_address_that_does_not_answer_comes_with_advice(self, error, advice):
        with pytest.raises(Aws__Connection, match=advice), Aws__Call_Errors('sqs', 'SendMessage'):
            raise error

    @pytest.mark.parametrize(
        ('status', 'token', 'ours'),
        [(503, None, Aws__Throttled), (400, 'token', Aws__Credentials), (400, None, Aws__Invalid)],
    )
    def test_an_answer_of_s3_without_a_text_becomes(self, status, token, ours):
        session = AWS_Session(
            {
                'endpoint_url': 'http://127.0.0.1:9',
                'aws_access_key_id': 'a',
                'aws_secret_access_key': 's',
                'aws_session_token': token,
            }
        )
        with pytest.raises(ours), Aws__Call_Errors('s3', 'HeadObject', {}, session):
            raise _client_error(str(status), status)

    @pytest.mark.parametrize('last', [ConnectionResetError('reset'), exceptions.ReadTimeoutError(endpoint_url='u')])
    def test_a_transfer_in_parts_that_was_tried_repeatedly_has_its_last_reason(self, last):
        with pytest.raises(Aws__Connection, match=r'reset|Read timeout'), Aws__Call_Errors('s3', 'GetObject'):
            raise RetriesExceededError(last)
