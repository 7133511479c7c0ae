from typing import Any

from osbot_lambda.aws.Aws__Resource import Any_Session
from osbot_lambda.aws.lambda_.Lambda__Event_Sources import Lambda__Event_Sources
from osbot_lambda.aws.lambda_.Lambda__Invoke import Lambda__Invoke
from osbot_lambda.aws.lambda_.Lambda__Lifecycle import Lambda__Lifecycle
from osbot_lambda.aws.lambda_.Lambda__Listing import Lambda__Listing


class Lambda(Lambda__Lifecycle, Lambda__Invoke, Lambda__Event_Sources, Lambda__Listing):
    """One Lambda function, by name.

        Lambda('my-function').invoke({'key': 'value'})

    Shapes : see Lambda__Base for the attributes; session_kwargs__lambda (or session_kwargs) is a dict, a
             Session__Kwargs__Lambda or an AWS_Session, target is 'local', 'aws' or a URL.
    Errors : status dicts from create(), update(), wait_for_state…(), invoke(), invoke_raw() and invoke_return_logs();
             every other method raises Aws__Error and its like.
    """


def invoke_lambda(lambda_name: str, payload: Any = None, session_kwargs: Any_Session = None) -> Any:
    """Lambda(lambda_name).invoke(payload)."""
    return Lambda(lambda_name, session_kwargs=session_kwargs).invoke(payload)


def invoke_lambda_async(lambda_name: str, payload: Any = None, session_kwargs: Any_Session = None) -> dict[str, Any]:
    """Lambda(lambda_name).invoke_async(payload)."""
    return Lambda(lambda_name, session_kwargs=session_kwargs).invoke_async(payload)
