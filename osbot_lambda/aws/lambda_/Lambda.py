from typing import Any

from osbot_lambda.aws.Aws__Resource import Any_Session
from osbot_lambda.aws.lambda_.Lambda__Account import Lambda__Account
from osbot_lambda.aws.lambda_.Lambda__Aliases import Lambda__Aliases
from osbot_lambda.aws.lambda_.Lambda__Concurrency import Lambda__Concurrency
from osbot_lambda.aws.lambda_.Lambda__Event_Sources import Lambda__Event_Sources
from osbot_lambda.aws.lambda_.Lambda__Function_Url import Lambda__Function_Url
from osbot_lambda.aws.lambda_.Lambda__Invoke import Lambda__Invoke
from osbot_lambda.aws.lambda_.Lambda__Lifecycle import Lambda__Lifecycle
from osbot_lambda.aws.lambda_.Lambda__Listing import Lambda__Listing
from osbot_lambda.aws.lambda_.Lambda__Shell import Lambda__Shell
from osbot_lambda.aws.lambda_.Lambda__Versions import Lambda__Versions


class Lambda(
    Lambda__Lifecycle,
    Lambda__Shell,
    Lambda__Invoke,
    Lambda__Event_Sources,
    Lambda__Function_Url,
    Lambda__Aliases,
    Lambda__Versions,
    Lambda__Concurrency,
    Lambda__Listing,
    Lambda__Account,
):
    """One Lambda function, by name.

        Lambda('my-function').invoke({'key': 'value'})

    Shapes : see Lambda__Base for the attributes; session_kwargs__lambda (or session_kwargs) is a dict, a
             Session__Kwargs__Lambda or an AWS_Session, target is 'local', 'aws' or a URL.
    Errors : status dicts from create(), update(), validate_create_kwargs(), wait_for_state…(), invoke(), invoke_raw()
             and invoke_return_logs(); every other method raises Aws__Error and its like.
    """


def invoke_lambda(lambda_name: str, payload: Any = None, session_kwargs: Any_Session = None) -> Any:
    """Lambda(lambda_name).invoke(payload): what the handler returned, or {'error': message}.

    invoke_lambda('my-function', {'key': 'value'})"""
    return Lambda(lambda_name, session_kwargs=session_kwargs).invoke(payload)


def invoke_lambda_async(lambda_name: str, payload: Any = None, session_kwargs: Any_Session = None) -> dict[str, Any]:
    """Lambda(lambda_name).invoke_async(payload): {'StatusCode': 202, 'ResponseMetadata'}.

    invoke_lambda_async('my-function', {'key': 'value'})"""
    return Lambda(lambda_name, session_kwargs=session_kwargs).invoke_async(payload)
