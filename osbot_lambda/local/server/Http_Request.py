from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Http_Request:
    """One HTTP request as it came in.

    Shapes : path is as on the wire (not URL-decoded); query is raw, without '?'; header names are lower case;
             body is complete (chunks joined).
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
