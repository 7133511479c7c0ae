from typing import Any

from osbot_lambda.aws.Aws__Resource import Aws__Resource


class STS(Aws__Resource):
    """Who is calling.

    Errors : Aws__Credentials when AWS doesn't know the caller.
    """

    service_name: str = 'sts'

    def caller_identity(self) -> dict[str, Any]:
        """{'UserId', 'Account', 'Arn'}."""
        return self.call('get_caller_identity')

    def account_id(self) -> str:
        """The 12 digits of the caller's account."""
        return self.session.account_id()
