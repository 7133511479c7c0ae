import re
from dataclasses import dataclass
from typing import Any, Optional

from osbot_lambda.errors import Api__Error
from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors

# the pattern of FunctionName in Lambda's service model, with its groups named
_FORMS = re.compile(
    r'(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?'
    r'(?:(?P<region>(?:eusc-)?[a-z]{2}(?:(?:-gov)|(?:-iso(?:[a-z]?)))?-[a-z]+-\d):)?'
    r'(?:(?P<account>\d{12}):)?(?:function:)?(?P<name>[a-zA-Z0-9-_.]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?'
)


@dataclass(frozen=True, slots=True)
class Function_Ref:
    """Which function, and which version of it, a caller means.

    Shapes : qualifier is None when the caller gave none, else '$LATEST', a number or an alias.
    """

    account_id: str
    region: str
    name: str
    qualifier: Optional[str] = None

    @staticmethod
    def of(context: Api_Context, params: dict[str, Any]) -> 'Function_Ref':
        """From FunctionName (a name, a partial or a full ARN, each with or without qualifier) and Qualifier.

        Raises Api__Error: no such form (400), two qualifiers that differ (400), another region (404) or account (403).
        """
        found = _FORMS.fullmatch(params['FunctionName'])
        if not found:
            raise Lambda_Errors.constraint(
                params['FunctionName'], 'functionName', 'be a function name, a partial ARN or an ARN'
            )
        region, account = found['region'] or context.region, found['account'] or context.account_id
        if region != context.region:
            raise Lambda_Errors.not_found(
                f"Functions from '{region}' are not reachable in this region ('{context.region}')"
            )
        inside, given = found['qualifier'], params.get('Qualifier')
        if inside and given and inside != given:
            raise Lambda_Errors.invalid(
                'The derived qualifier from the function name does not match the specified qualifier.'
            )
        ref = Function_Ref(account, region, found['name'], given or inside)
        if account != context.account_id:
            raise Api__Error(
                'AccessDeniedException',
                f'Account {context.account_id} is not authorized to use {ref.arn} of another account',
                403,
            )
        return ref

    @staticmethod
    def from_arn(arn: str) -> 'Function_Ref':
        """From a full ARN, with or without a qualifier. Raises Api__Error 400 for anything else."""
        found = _FORMS.fullmatch(arn)
        if not found or not (found['region'] and found['account']):
            raise Lambda_Errors.constraint(arn, 'functionArn', 'be the ARN of a function')
        return Function_Ref(found['account'], found['region'], found['name'], found['qualifier'])

    @staticmethod
    def unqualified(context: Api_Context, params: dict[str, Any]) -> 'Function_Ref':
        """As of(), for what is there for functions alone: raises Api__Error 400 for an alias or a version."""
        ref = Function_Ref.of(context, params)
        if ref.qualifier not in (None, '$LATEST'):
            raise Lambda_Errors.invalid(
                'This operation is permitted on Lambda functions only. Aliases and versions do not support this '
                'operation. Please specify either a function name or an unqualified function ARN.'
            )
        return ref

    @property
    def qualifier_or_all(self) -> str:
        """The qualifier, or '' for the function as a whole: the key of what may be there once for each."""
        return self.qualifier or ''

    @property
    def unqualified_arn(self) -> str:
        """The function's ARN."""
        return f'arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}'

    @property
    def arn(self) -> str:
        """The ARN as the caller means it: qualified only if the caller qualified."""
        return f'{self.unqualified_arn}:{self.qualifier}' if self.qualifier else self.unqualified_arn
