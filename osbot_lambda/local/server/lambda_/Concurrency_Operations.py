import threading
from collections.abc import Callable
from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Account_Concurrency import Account_Concurrency
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Concurrency_Operations:
    """The operations on reserved concurrency, each (context, params) -> dict.

    on_change(arn) is called with the function's ARN when its reserved concurrency has changed.
    """

    ACCOUNT_LIMIT = Account_Concurrency.LIMIT
    LEAST_UNRESERVED = Account_Concurrency.LEAST_UNRESERVED

    def __init__(self, functions: Function_Store, on_change: Callable[[str], None]):
        self.functions, self.on_change = functions, on_change
        self._lock = threading.Lock()  # what all functions reserve together is looked at, then changed

    def put(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """PutFunctionConcurrency. Raises Api__Error 400 when too little stays for the functions without."""
        ref = Function_Ref.unqualified(context, params)
        function, wanted = self.functions.get(ref), params['ReservedConcurrentExecutions']
        with self._lock:
            if wanted < function.running.provisioned:
                raise Lambda_Errors.invalid(
                    f"ReservedConcurrentExecutions {wanted} should not be lower than function's total provisioned "
                    f'concurrency {function.running.provisioned}.'
                )
            left = self.unreserved(context) + function.running.claimed - wanted
            if left < self.LEAST_UNRESERVED:
                raise Lambda_Errors.invalid(
                    f"Specified ReservedConcurrentExecutions for function decreases account's "
                    f'UnreservedConcurrentExecution below its minimum value of [{self.LEAST_UNRESERVED}].'
                )
            function.running.reserve(wanted)
        self.on_change(function.arn)
        return {'ReservedConcurrentExecutions': wanted}

    def get(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """GetFunctionConcurrency: nothing when the function has none reserved."""
        function = self.functions.get(Function_Ref.unqualified(context, params))
        return {'ReservedConcurrentExecutions': function.running.reserved}

    def delete(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteFunctionConcurrency; none reserved is no error."""
        function = self.functions.get(Function_Ref.unqualified(context, params))
        function.running.reserve(None)
        self.on_change(function.arn)
        return {}

    def unreserved(self, context: Api_Context) -> int:
        """How many invokes stay for the functions that have none reserved or provisioned."""
        return self.functions.unreserved(context.account_id, context.region)
