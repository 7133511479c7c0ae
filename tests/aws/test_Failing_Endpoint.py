import pytest

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.logs.Log_Group import Log_Group
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.aws.sts.STS import STS
from osbot_lambda.errors import Aws__Error
from tests.aws.Failing_Endpoint import Failing_Endpoint
from tests.aws.Fault import FAULTS, Fault


def _known_queue(session: AWS_Session) -> SQS_Queue:
    """Its URL is known, so that the call itself is what fails."""
    return SQS_Queue(session_kwargs=session, queue_url=f'{session.endpoint_url}/123456789012/q')


OF_EACH_PROTOCOL = [
    pytest.param(lambda session: Log_Group('g', session), 'messages', (), 'logs', id='json'),
    pytest.param(lambda session: SQS_Queue('q', session), 'size', (), 'sqs', id='json of SQS'),
    pytest.param(_known_queue, 'get_many', (3,), 'sqs', id='json, a later call'),
    pytest.param(lambda session: IAM_Role('r', session), 'exists', (), 'iam', id='query'),
    pytest.param(STS, 'account_id', (), 'sts', id='query, through the session'),
    pytest.param(lambda session: Lambda('f', session_kwargs=session), 'exists', (), 'lambda', id='rest-json'),
    pytest.param(S3, 'buckets', (), 's3', id='rest-xml'),
    pytest.param(S3, 'file_exists', ('bucket', 'key'), 's3', id='rest-xml, a HEAD'),
    pytest.param(lambda session: Log_Group('g', session), 'tail', (None, None, 60), 'logs', id='iterator'),
    pytest.param(lambda session: Log_Group('g', session), 'wait_for_message', ('x', 60), 'logs', id='wait'),
]


@pytest.fixture(scope='module')
def endpoint():
    with Failing_Endpoint() as endpoint:
        yield endpoint


class test_Failing_Endpoint:
    """The endpoint itself, on each protocol; tests/surface has every method of every class."""

    @pytest.mark.parametrize('fault', FAULTS, ids=str)
    @pytest.mark.parametrize(('factory', 'method', 'args', 'service'), OF_EACH_PROTOCOL)
    def test_the_right_typed_error_comes_out(self, endpoint, factory, method, args, service, fault):
        error = endpoint.error_of(fault, factory, method, *args)
        assert type(error) is fault.error
        assert error.service == service
        assert error.operation
        assert error.__cause__ is not None

    @pytest.mark.parametrize('fault', [fault for fault in FAULTS if fault.codes], ids=str)
    def test_what_aws_said_is_in_the_error(self, endpoint, fault: Fault):
        error = endpoint.error_of(fault, lambda session: Lambda('f', session_kwargs=session), 'exists')
        assert (error.status, error.code) == fault.codes['rest-json']
        assert (error.request_id, error.message) == ('r-1', 'because the test says so')
        assert 'lambda.GetFunction' in str(error)

    def test_a_method_that_calls_nothing_has_no_error(self, endpoint):
        assert endpoint.error_of(FAULTS[0], _known_queue, 'fifo') is None

    def test_the_exception_in_a_status_dict_counts(self, endpoint):
        error = Aws__Error('x')
        answer = type('Answer', (), {'create': lambda self: {'status': 'error', 'exception': error}})
        assert endpoint.error_of(FAULTS[0], lambda session: answer(), 'create') is error
