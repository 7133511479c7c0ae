from typing import Any, Optional

from osbot_lambda.schemas.Schema__Base import Schema__Base

SECRET = ('aws_secret_access_key', 'aws_session_token')


class Session__Kwargs(Schema__Base):
    """How to reach one cloud. Wherever session kwargs are taken, a plain dict with these keys serves too.

        S3(session_kwargs={'endpoint_url': 'http://localhost:4566', 'read_timeout': 5})

    Shapes : endpoint_url is 'http://host:port'; target is 'local', 'aws' or a URL; a 12-digit aws_access_key_id is an
             account of the local cloud.
    Units  : connect_timeout and read_timeout are seconds; max_attempts counts the first one, so 1 is no retry. What
             isn't set stays as AWS_Session has it.
    Note   : keys and profile_name say who calls; they never select AWS as the target, only the name 'aws' does.
    """

    service_name: Optional[str] = None
    target: Optional[str] = None
    endpoint_url: Optional[str] = None
    region_name: Optional[str] = None
    aws_access_key_id: Optional[str] = None
    aws_secret_access_key: Optional[str] = None
    aws_session_token: Optional[str] = None
    profile_name: Optional[str] = None
    max_attempts: Optional[int] = None
    connect_timeout: Optional[float] = None
    read_timeout: Optional[float] = None

    def kwargs(self) -> dict[str, Any]:
        """The values that are set, as a plain dict (secrets included)."""
        return {name: value for name, value in self.__dict__.items() if value is not None}

    def __repr__(self) -> str:
        shown = [f'{name}={"***" if name in SECRET else repr(value)}' for name, value in self.kwargs().items()]
        return f'{type(self).__name__}({", ".join(shown)})'
