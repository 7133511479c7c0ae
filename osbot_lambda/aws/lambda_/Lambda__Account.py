from typing import Any

from osbot_lambda.aws.lambda_.Lambda__Base import Lambda__Base


class Lambda__Account(Lambda__Base):
    """What the account may have of Lambda, in the session's region."""

    def account_settings(self) -> dict[str, Any]:
        """{'AccountLimit': {'TotalCodeSize', 'CodeSizeUnzipped', 'CodeSizeZipped', 'ConcurrentExecutions',
        'UnreservedConcurrentExecutions'}, 'AccountUsage': {'TotalCodeSize', 'FunctionCount'}}; sizes are bytes.

        Lambda().account_settings()['AccountLimit']['ConcurrentExecutions']"""
        return self.call('get_account_settings')
