from typing import TYPE_CHECKING

from osbot_lambda.aws.session.AWS_Session import AWS_Session
from osbot_lambda.errors import Local_Cloud__Error, Policy__No_Local_Cloud

if TYPE_CHECKING:
    from osbot_lambda.aws.lambda_.Lambda import Lambda
    from osbot_lambda.deploy.Function_Policy import Function_Policy


class Deploy_Lambda__Policy:
    """What the deployed function's role has to be allowed."""

    session: AWS_Session
    _name: str

    if TYPE_CHECKING:  # Deploy_Lambda's own

        def lambda_function(self) -> Lambda:
            """The function as osbot_lambda.aws has it, on the same cloud."""

    def policy_from_calls(self) -> 'Function_Policy':
        """The minimal IAM policy for the AWS calls that the function was seen to make on the local cloud, since that
        was started or reset; with its log group, its triggers, and what else its configuration needs. Invoke it first,
        in all that it does. Policy__No_Local_Cloud on any other cloud; Aws__Not_Found.

        deploy.invoke({'order': 1})
        print(deploy.policy_from_calls())"""
        from osbot_lambda.deploy.Policy_From_Calls import Policy_From_Calls
        from osbot_lambda.deploy.Role_Needs import Role_Needs
        from osbot_lambda.local.Control_Client import Control_Client

        endpoint_url = self.session.endpoint_url if self.session.resolved.is_on_this_machine else None
        if endpoint_url is None:
            raise Policy__No_Local_Cloud(
                f'the calls of function {self._name} are seen on the local cloud alone, and this target is '
                f"{self.session.target}: deploy it with target='local', invoke it there, and ask again"
            )
        function = self.lambda_function()
        configuration = function.configuration()
        arn = str(configuration['FunctionArn'])
        asked = {'account_id': arn.split(':')[4], 'region': arn.split(':')[3], 'function_name': self._name}
        try:
            calls = Control_Client(endpoint_url).ask('calls', asked)['calls']
        except (Local_Cloud__Error, KeyError) as error:
            raise Policy__No_Local_Cloud(
                f'{endpoint_url} does not say which calls function {self._name} made: it is no local cloud of '
                f"osbot-lambda, or an older one ({error}). Deploy it with target='local' and invoke it there"
            ) from error
        sources = tuple(str(mapping['EventSourceArn']) for mapping in function.event_sources())
        needs = Role_Needs.of(self._name, configuration, sources)
        basis = [needs.logs(arn, arn.split(':')[3]), *needs.statements()]
        return Policy_From_Calls(self._name, basis).policy(calls)
