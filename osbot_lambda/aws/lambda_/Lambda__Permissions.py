import json
from typing import Any, Optional, Self, overload

from osbot_lambda.aws.lambda_.Lambda__Configuration import Lambda__Configuration
from osbot_lambda.errors import Aws__Conflict, Aws__Not_Found

# Since October 2025 a public URL needs both, and CreateFunctionUrlConfig makes neither: "Control access to Lambda
# function URLs". The names are those that the console gives them.
PUBLIC_ACCESS: tuple[dict[str, Any], ...] = (
    {
        'statement_id': 'FunctionURLAllowPublicAccess',
        'action': 'lambda:InvokeFunctionUrl',
        'function_url_auth_type': 'NONE',
    },
    {
        'statement_id': 'FunctionURLInvokeAllowPublicAccess',
        'action': 'lambda:InvokeFunction',
        'invoked_via_function_url': True,
    },
)


class Lambda__Permissions(Lambda__Configuration):
    """The function's resource policy: who, beside its own account's users, may do what with it.

    Shapes : a statement is {'Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition' when it has one}. The
             function and each version and alias have a policy of their own: qualifier says which.
    Errors : Aws__Not_Found when the function isn't there; Aws__Conflict for a statement id that is taken; Aws__Invalid.
    """

    def permission_add(
        self,
        function_arn: Optional[str] = None,
        statement_id: str = '',
        action: str = 'lambda:InvokeFunction',
        principal: str = '',
        source_arn: Optional[str] = None,
        function_url_auth_type: Optional[str] = None,
        source_account: Optional[str] = None,
        principal_org_id: Optional[str] = None,
        event_source_token: Optional[str] = None,
        invoked_via_function_url: Optional[bool] = None,
        qualifier: Optional[str] = None,
    ) -> dict[str, Any]:
        """Allow `principal` (a service, an account's 12 digits, an ARN, or '*') the `action`; the statement.

        function_arn is a name or an ARN, by default this function's.

        lambda_func.permission_add(statement_id='AllowS3Invoke', principal='s3.amazonaws.com',
                                   source_arn='arn:aws:s3:::my-bucket')['Sid']"""
        answer = self._call_when_ready(
            'add_permission',
            FunctionName=function_arn or self.name,
            StatementId=self._given(statement_id, 'statement_id', 'AddPermission'),
            Action=action,
            Principal=self._given(principal, 'principal', 'AddPermission'),
            SourceArn=source_arn,
            FunctionUrlAuthType=function_url_auth_type,
            SourceAccount=source_account,
            PrincipalOrgID=principal_org_id,
            EventSourceToken=event_source_token,
            InvokedViaFunctionUrl=invoked_via_function_url,
            Qualifier=qualifier,
        )
        statement: dict[str, Any] = json.loads(answer['Statement'])
        return statement

    def permission_delete(
        self, function_name: Optional[str] = None, statement_id: str = '', qualifier: Optional[str] = None
    ) -> bool:
        """Take one statement out of the policy; False when it wasn't there. function_name may be an ARN.

        lambda_func.permission_delete(statement_id='AllowS3Invoke')"""
        try:
            self._call_when_ready(
                'remove_permission',
                FunctionName=function_name or self.name,
                StatementId=self._given(statement_id, 'statement_id', 'RemovePermission'),
                Qualifier=qualifier,
            )
        except Aws__Not_Found:
            return False
        return True

    def policy(self, qualifier: Optional[str] = None) -> dict[str, Any]:
        """{'Version', 'Id', 'Statement': [statement]}; {} when it has none.

        lambda_func.policy()['Statement']"""
        try:
            answer = self.call('get_policy', FunctionName=self.name, Qualifier=qualifier)
        except Aws__Not_Found:
            return {}
        document: dict[str, Any] = json.loads(answer['Policy'])
        return document

    def permissions(self, qualifier: Optional[str] = None) -> list[dict[str, Any]]:
        """The policy's statements.

        [statement['Sid'] for statement in lambda_func.permissions()]"""
        return list(self.policy(qualifier).get('Statement', []))

    @overload
    def policy_statements(
        self, index_by: None = None, group_by: None = None, qualifier: Optional[str] = None
    ) -> list[dict[str, Any]]: ...

    @overload
    def policy_statements(
        self, index_by: str, group_by: Optional[str] = None, qualifier: Optional[str] = None
    ) -> dict[Any, Any]: ...

    @overload
    def policy_statements(
        self, index_by: None = None, *, group_by: str, qualifier: Optional[str] = None
    ) -> dict[Any, Any]: ...

    def policy_statements(
        self, index_by: Optional[str] = None, group_by: Optional[str] = None, qualifier: Optional[str] = None
    ) -> Any:
        """As permissions(); with index_by ('Sid') a dict by that key, with group_by ('Action') lists by that key.

        lambda_func.policy_statements(index_by='Sid')['AllowS3Invoke']"""
        from osbot_lambda.aws.Listing import Listing

        return Listing.of(self.permissions(qualifier), index_by, group_by)

    def policy_statements_clear(self, qualifier: Optional[str] = None) -> Self:
        """Take all statements out of the policy.

        lambda_func.policy_statements_clear().permissions()      # []"""
        for statement in self.permissions(qualifier):
            self.permission_delete(statement_id=statement['Sid'], qualifier=qualifier)
        return self

    def function_set_policy_to_allow_public_access(self, function_alias: Optional[str] = None) -> dict[str, Any]:
        """Allow everybody to call the function's URL. This takes two statements; the one that allows the URL itself is
        returned. Ones with their names are replaced.

        lambda_func.function_set_policy_to_allow_public_access()['Sid']      # 'FunctionURLAllowPublicAccess'"""
        url, _ = [self._permission_set(principal='*', qualifier=function_alias, **each) for each in PUBLIC_ACCESS]
        return url

    def _permission_set(self, statement_id: str, qualifier: Optional[str], **wanted: Any) -> dict[str, Any]:
        """permission_add(), over a statement with the same id."""
        try:
            return self.permission_add(statement_id=statement_id, qualifier=qualifier, **wanted)
        except Aws__Conflict:
            self.permission_delete(statement_id=statement_id, qualifier=qualifier)
            return self.permission_add(statement_id=statement_id, qualifier=qualifier, **wanted)
