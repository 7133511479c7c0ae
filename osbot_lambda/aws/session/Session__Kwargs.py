from typing import Any, Optional

from osbot_lambda.schemas.Schema__Base import Schema__Base


class Session__Kwargs(Schema__Base):
    """How to reach one cloud. Wherever session kwargs are taken, a plain dict with these keys serves too.

    Shapes : endpoint_url is 'http://host:port'; a 12-digit aws_access_key_id is an account of the local cloud.
    Note   : keys and profile_name say who calls; they never select AWS as the target, only the name 'aws' does.
    """

    service_name: Optional[str] = None
    endpoint_url: Optional[str] = None
    region_name: Optional[str] = None
    aws_access_key_id: Optional[str] = None
    aws_secret_access_key: Optional[str] = None
    aws_session_token: Optional[str] = None
    profile_name: Optional[str] = None

    def kwargs(self) -> dict[str, Any]:
        """The values that are set, as a plain dict (secrets included)."""
        return {name: value for name, value in self.__dict__.items() if value is not None}

    def __repr__(self) -> str:
        shown = [
            f'{name}={"***" if name in ("aws_secret_access_key", "aws_session_token") else repr(value)}'
            for name, value in self.kwargs().items()
        ]
        return f'{type(self).__name__}({", ".join(shown)})'
