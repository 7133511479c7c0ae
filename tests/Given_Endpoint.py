import contextlib
import json
from typing import Optional
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener


class Given_Endpoint:
    """A cloud that runs already, in the place of the Local_Cloud that the tests start: OSBOT_LAMBDA_TEST_ENDPOINT.

    Shapes : any URL: another local cloud, LocalStack, MiniStack, a moto server. Where access key ids of 12 digits name
             accounts, each test has one of its own; elsewhere the tests share what is there.
    """

    region = 'us-east-1'

    def __init__(self, endpoint_url: str):
        self.endpoint_url = endpoint_url.rstrip('/')

    def session_kwargs(self, account_id: Optional[str] = None) -> dict[str, str]:
        """As Local_Cloud.session_kwargs()."""
        return {
            'endpoint_url': self.endpoint_url,
            'region_name': self.region,
            'aws_access_key_id': account_id or '000000000000',
            'aws_secret_access_key': 'local',
        }

    def reset(self, account_id: Optional[str] = None) -> None:
        """Empty the account, where the endpoint is a local cloud of ours; nothing elsewhere."""
        body = json.dumps({'account_id': account_id}).encode()
        url = f'{self.endpoint_url}/_osbot_lambda/reset'
        with contextlib.suppress(URLError):
            build_opener(ProxyHandler({})).open(Request(url, body, {'Content-Type': 'application/json'}), timeout=60)
