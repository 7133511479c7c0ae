from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Function_Version import LATEST
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors
from osbot_lambda.local.server.lambda_.Lambda_Function import Lambda_Function
from osbot_lambda.local.server.lambda_.Principal import Principal
from osbot_lambda.local.server.lambda_.Resource_Policy import Resource_Policy

# condition operator, its key, and the parameter that asks for it
_CONDITIONS = (
    ('StringEquals', 'lambda:EventSourceToken', 'EventSourceToken'),
    ('StringEquals', 'lambda:FunctionUrlAuthType', 'FunctionUrlAuthType'),
    ('StringEquals', 'aws:PrincipalOrgID', 'PrincipalOrgID'),
    ('StringEquals', 'AWS:SourceAccount', 'SourceAccount'),
    ('ArnLike', 'AWS:SourceArn', 'SourceArn'),
)


class Permission_Operations:
    """Who may invoke a function, a version or an alias: the operations on their policies, each (context, params).

    A policy has no revision of its own: its RevisionId is that of what it is for, and a change of the one is a change
    of the other.
    """

    def __init__(self, functions: Function_Store):
        self.functions = functions

    def add(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """AddPermission. Raises Api__Error: nothing to allow (404), principal or $LATEST (400), 409, 412."""
        ref = self._ref(context, params)
        function = self.functions.get(ref)
        statement = self._statement(ref.arn, params)
        with function.lock:
            self._check_revision(function, ref.qualifier, params)
            text = function.policies.setdefault(ref.qualifier_or_all, Resource_Policy()).add(statement)
            function.retouch(ref.qualifier)
        return {'Statement': text}

    def remove(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """RemovePermission. Raises Api__Error: nothing to remove (404), revision (412)."""
        ref = self._ref(context, params)
        function = self.functions.find(ref)
        if function is None:
            raise Lambda_Errors.not_found(f'No policy found for: {ref.unqualified_arn}')
        with function.lock:
            policy = function.policies.get(ref.qualifier_or_all, Resource_Policy())
            policy.check_has(params['StatementId'])
            self._check_revision(function, ref.qualifier, params)
            policy.remove(params['StatementId'])
            function.retouch(ref.qualifier)
        return {}

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetPolicy. Raises Api__Error 404 when there is no statement."""
        ref = self._ref(context, params)
        function = self.functions.find(ref)
        policy = function.policies.get(ref.qualifier_or_all) if function else None
        if function is None or policy is None or not policy.statements:
            raise Lambda_Errors.not_found('The resource you requested does not exist.')
        with function.lock:
            return {'Policy': policy.document(), 'RevisionId': function.revision_id(ref.qualifier)}

    def put_policy(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """PutResourcePolicy: replaces what is there. Raises Api__Error: nothing to allow (404), bad (400), 412."""
        ref = self._resource(context, params)
        function = self.functions.get(ref)
        policy = Resource_Policy.of(params['Policy'])
        with function.lock:
            self._check_revision(function, ref.qualifier, params)
            function.policies[ref.qualifier_or_all] = policy
            function.retouch(ref.qualifier)
            return {'Policy': policy.document(), 'RevisionId': function.revision_id(ref.qualifier)}

    def get_policy(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetResourcePolicy, as GetPolicy of that ARN."""
        ref = self._resource(context, params)
        return self.get(context, {'FunctionName': ref.arn})

    def delete_policy(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteResourcePolicy. Raises Api__Error: no policy (404), revision (412)."""
        ref = self._resource(context, params)
        self.get(context, {'FunctionName': ref.arn})
        function = self.functions.get(ref)
        with function.lock:
            self._check_revision(function, ref.qualifier, params)
            function.policies.pop(ref.qualifier_or_all, None)
            function.retouch(ref.qualifier)
        return {}

    def _resource(self, context: Api_Context, params: dict[str, Any]) -> Function_Ref:
        arn = params['ResourceArn']
        if ':runtime/' in arn:
            raise Lambda_Errors.not_found('The resource you requested does not exist.')
        return self._ref(context, {'FunctionName': arn})

    @staticmethod
    def _ref(context: Api_Context, params: dict[str, Any]) -> Function_Ref:
        ref = Function_Ref.of(context, params)
        if ref.qualifier == LATEST:
            raise Lambda_Errors.invalid('We currently do not support adding policies for $LATEST.')
        return ref

    @staticmethod
    def _check_revision(function: Lambda_Function, qualifier: Optional[str], params: dict[str, Any]) -> None:
        latest = function.revision_id(qualifier)  # also: is there such a version or alias?
        if params.get('RevisionId') not in (None, latest):
            raise Lambda_Errors.wrong_revision('GetPolicy')

    @staticmethod
    def _statement(arn: str, params: dict[str, Any]) -> dict[str, Any]:
        action = params['Action']
        if params.get('FunctionUrlAuthType') and action != 'lambda:InvokeFunctionUrl':
            raise Lambda_Errors.invalid('FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action')
        if params.get('InvokedViaFunctionUrl') and action != 'lambda:InvokeFunction':
            raise Lambda_Errors.invalid('InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action')
        conditions: dict[str, dict[str, str]] = {}
        for operator, key, name in _CONDITIONS:
            if params.get(name):
                conditions.setdefault(operator, {})[key] = params[name]
        if params.get('InvokedViaFunctionUrl'):
            conditions['Bool'] = {'lambda:InvokedViaFunctionUrl': 'true'}
        statement = {
            'Sid': params['StatementId'],
            'Effect': 'Allow',
            'Principal': Principal.of(params['Principal']),
            'Action': action,
            'Resource': arn,
        }
        return statement | ({'Condition': conditions} if conditions else {})
