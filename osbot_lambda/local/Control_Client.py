import json
from typing import Any

from osbot_lambda.errors import Local_Cloud__Error, Local_Cloud__Not_Running


class Control_Client:
    """What isn't an AWS call, asked of a local cloud by its address.

    Errors : Local_Cloud__Not_Running when nothing answers there; Local_Cloud__Error for any other answer than 200.
    """

    def __init__(self, endpoint_url: str):
        self.endpoint_url = endpoint_url.rstrip('/')

    def ask(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of POST /_osbot_lambda/<name>."""
        from urllib.error import HTTPError, URLError
        from urllib.request import ProxyHandler, Request, build_opener

        url = f'{self.endpoint_url}/_osbot_lambda/{name}'
        request = Request(url, json.dumps(body).encode(), {'Content-Type': 'application/json'})
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=60) as response:
                return dict(json.load(response))
        except HTTPError as error:
            with error:
                text = error.read().decode(errors='replace')
            raise Local_Cloud__Error(f'{name}: the local cloud answered {error.code}: {text}') from None
        except (URLError, OSError) as error:
            raise Local_Cloud__Not_Running(f'{name}: no answer from {url}: {error}') from error
        except ValueError as error:
            raise Local_Cloud__Error(f'{name}: {url} gave no JSON: {error}') from error
