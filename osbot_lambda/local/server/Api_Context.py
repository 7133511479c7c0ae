from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True, slots=True)
class Api_Context:
    """Who calls an API, and from where: what an engine knows of a request besides its parameters.

    Shapes : account_id is 12 digits; endpoint_url is 'http://127.0.0.1:PORT' as the caller sees us, without a slash
             at its end; request_id is a uuid4; trace_id is an X-Ray trace header's text.
    """

    account_id: str
    region: str
    endpoint_url: str
    request_id: str
    access_key: str
    trace_id: Optional[str] = None
