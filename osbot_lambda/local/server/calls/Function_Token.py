from typing import Optional
from urllib.parse import unquote

from osbot_lambda.local.server.Http_Request import Http_Request

PREFIX = 'osbot-lambda/'
IN_QUERY = 'X-Amz-Security-Token='  # of a presigned URL


class Function_Token:
    """The session token that a function gets, which says whose it is: clients send it with each request they sign.

    Shapes : 'osbot-lambda/<region>/<function name>'; the account is that of the access key.
    """

    @staticmethod
    def of(region: str, function_name: str) -> str:
        """The token of one function."""
        return f'{PREFIX}{region}/{function_name}'

    @staticmethod
    def read(request: Http_Request) -> Optional[tuple[str, str]]:
        """(region, function name) of the function that made the request, or the URL; None for any other caller."""
        token = request.headers.get('x-amz-security-token', '')
        if not token and IN_QUERY in request.query:
            token = unquote(request.query.partition(IN_QUERY)[2].partition('&')[0])
        if not token.startswith(PREFIX):
            return None
        region, _, name = token.removeprefix(PREFIX).partition('/')
        return region, name
