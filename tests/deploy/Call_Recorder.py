from typing import Any, Optional, Self

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from osbot_lambda.aws.session.AWS_Session import AWS_Session
from tests.aws.Failing_Endpoint import _body

SERVICES = ('lambda', 'iam', 's3', 'sqs', 'sts', 'logs')
ANSWERS = {
    'throttled': (429, {'rest-json': 'TooManyRequestsException'}, 'Throttling'),
    'denied': (403, {}, 'AccessDeniedException'),
    'server error': (500, {}, 'ServiceException'),
}


class Call_Recorder:
    """What the clients of a session send in its `with` block, by a real cloud's own client: 'lambda.CreateFunction'.

    One of the sendings may be disturbed: `at` is its number, from 0, and `fault` how. 'throttled', 'denied' and
    'server error' are answers of AWS, without an effect; 'too slow' is no answer in time, without an effect; 'answer
    lost' has its effect; 'interrupted before' and 'interrupted after' are a Ctrl-C then.
    """

    FAULTS = (
        'throttled',
        'denied',
        'server error',
        'too slow',
        'answer lost',
        'interrupted before',
        'interrupted after',
    )

    def __init__(self, session: AWS_Session, at: Optional[int] = None, fault: str = ''):
        self.session, self.at, self.fault = session, at, fault
        self.sent: list[str] = []

    def __enter__(self) -> Self:
        for service in SERVICES:
            events = self.session.client(service).meta.events
            events.register_first('before-send', self._sending, unique_id='call-recorder')
        return self

    def __exit__(self, *_: object) -> None:
        for service in SERVICES:
            self.session.client(service).meta.events.unregister('before-send', unique_id='call-recorder')

    @property
    def disturbed(self) -> str:
        """The call that the fault was for."""
        return self.sent[self.at] if self.at is not None and self.at < len(self.sent) else ''

    def _sending(self, request: Any, event_name: str, **_: Any) -> Optional[AWSResponse]:
        self.sent.append(event_name.removeprefix('before-send.'))
        if len(self.sent) - 1 != self.at:
            return None
        service = self.sent[-1].partition('.')[0]
        client = self.session.client(service)
        if self.fault in ANSWERS:
            return self._answer(request, client.meta.service_model.protocol)
        if self.fault in ('answer lost', 'interrupted after'):
            client._endpoint.http_session.send(request)
        if self.fault == 'too slow':
            raise ReadTimeoutError(endpoint_url=request.url)
        if self.fault == 'answer lost':
            raise ConnectionClosedError(endpoint_url=request.url)
        assert self.fault.startswith('interrupted')
        raise KeyboardInterrupt

    def _answer(self, request: Any, protocol: str) -> AWSResponse:
        status, by_protocol, code = ANSWERS[self.fault]
        body, headers = _body(protocol, by_protocol.get(protocol, code))
        return AWSResponse(request.url, status, headers, _Raw(body))


class _Raw:
    def __init__(self, body: bytes):
        self.body = body

    def stream(self, *_: object, **__: object) -> Any:
        """As urllib3's."""
        yield self.body
