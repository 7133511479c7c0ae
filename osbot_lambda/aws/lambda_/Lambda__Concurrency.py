from typing import Optional

from osbot_lambda.aws.lambda_.Lambda__Configuration import Lambda__Configuration


class Lambda__Concurrency(Lambda__Configuration):
    """Reserved concurrency: how many invokes of the function may run at once.

    Errors : Aws__Not_Found when the function isn't there; Aws__Invalid when the account would keep less than 100 for
             its other functions.
    """

    def concurrency(self) -> Optional[int]:
        """What is reserved; None when nothing is, and the function shares the account's.

        lambda_func.concurrency()      # 5"""
        found: Optional[int] = self.call('get_function_concurrency', FunctionName=self.name).get(
            'ReservedConcurrentExecutions'
        )
        return found

    def concurrency_set(self, value: int) -> int:
        """Reserve so many, and allow no more; 0 stops the function. What is reserved now.

        lambda_func.concurrency_set(5)"""
        answer = self._call_when_ready(
            'put_function_concurrency', FunctionName=self.name, ReservedConcurrentExecutions=value
        )
        return int(answer['ReservedConcurrentExecutions'])

    def concurrency_delete(self) -> None:
        """Reserve nothing.

        lambda_func.concurrency_delete()"""
        self._call_when_ready('delete_function_concurrency', FunctionName=self.name)
