from dataclasses import dataclass, field

from osbot_lambda.errors import (
    Aws__Access_Denied,
    Aws__Connection,
    Aws__Credentials,
    Aws__Error,
    Aws__Server_Error,
    Aws__Throttled,
)


@dataclass(frozen=True)
class Fault:
    """One way for a call to fail, and the error of ours that has to come out.

    codes says what AWS answers, by protocol: (HTTP status, code). Where there are none, nothing is answered: the
    connection is refused or closed, the host isn't found, or it takes too long.
    """

    name: str
    error: type[Aws__Error]
    codes: dict[str, tuple[int, str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


FAULTS = [
    Fault(
        'throttled',
        Aws__Throttled,
        {
            'json': (400, 'ThrottlingException'),
            'query': (400, 'Throttling'),
            'rest-json': (429, 'TooManyRequestsException'),
            'rest-xml': (503, 'SlowDown'),
        },
    ),
    Fault(
        'access denied',
        Aws__Access_Denied,
        {
            'json': (400, 'AccessDeniedException'),
            'query': (403, 'AccessDenied'),
            'rest-json': (403, 'AccessDeniedException'),
            'rest-xml': (403, 'AccessDenied'),
        },
    ),
    Fault(
        'expired token',
        Aws__Credentials,
        {
            'json': (400, 'ExpiredTokenException'),
            'query': (403, 'ExpiredToken'),
            'rest-json': (403, 'ExpiredTokenException'),
            'rest-xml': (400, 'ExpiredToken'),
        },
    ),
    Fault(
        'server error',
        Aws__Server_Error,
        {
            'json': (500, 'InternalFailure'),
            'query': (500, 'ServiceFailure'),
            'rest-json': (500, 'ServiceException'),
            'rest-xml': (500, 'InternalError'),
        },
    ),
    Fault('closed', Aws__Connection),
    Fault('silent', Aws__Connection),
    Fault('refused', Aws__Connection),
    Fault('no such host', Aws__Connection),
]
