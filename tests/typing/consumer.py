"""What a user writes, as a type checker sees it: `make check` runs mypy --strict on it. It isn't run."""

from typing import Any, Optional, assert_type

from osbot_lambda import Deploy_Lambda, Lambda, Local_Cloud
from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.logs.Logs import Logs
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.aws.session.Session__Kwargs__Lambda import Session__Kwargs__Lambda
from osbot_lambda.aws.sqs.SQS_Queue import SQS_Queue
from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
from osbot_lambda.deploy.Deploy_Result import Deploy_Result
from osbot_lambda.errors import Aws__Not_Found, Invoke__Failed
from osbot_lambda.schemas.Invoke_Result import Invoke_Result
from osbot_lambda.shell.Lambda_Shell import lambda_shell
from osbot_lambda.shell.Shell_Client import Shell_Client
from osbot_lambda.testing.TestCase__Lambda__Deploy import TestCase__Lambda__Deploy


def run(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {'seen': event}


@lambda_shell
def run_with_shell(event: dict[str, Any], context: Any) -> str:
    return 'as always'


class Test_Run(TestCase__Lambda__Deploy):
    handler = run

    def test_it(self) -> None:
        assert_type(self.deploy(), Deploy_Result)
        assert self.invoke({'a': 1}) == {'seen': {'a': 1}}


def deploy(cloud: Local_Cloud) -> None:
    with Deploy_Lambda(handler=run, memory_size=512, session_kwargs=cloud.session_kwargs()) as deploy:
        assert_type(deploy, Deploy_Lambda)
        assert_type(deploy.add_osbot_utils().set_env_variable('A', 'b'), Deploy_Lambda)
        assert_type(deploy.plan(), Deploy_Plan)
        result = deploy.deploy()
        assert_type(result, Deploy_Result)
        assert_type(result.changes, tuple[Deploy_Change, ...])
        assert_type(deploy.lambda_function(), Lambda)
        assert_type(deploy.exists(), bool)
    Deploy_Lambda(run, memroy_size=512)  # type: ignore[arg-type]
    deploy.memroy_size = 512  # type: ignore[attr-defined]


def functions() -> None:
    session = Session__Kwargs__Lambda(endpoint_url='http://localhost:4566', region_name='us-east-1')
    function = Lambda('my-function', session_kwargs__lambda=session)
    function.memory = 512
    function.timeout = 60
    function.role = 'arn:aws:iam::123456789012:role/r'
    function.timeuot = 60  # type: ignore[attr-defined]
    function.timeout = '60'  # type: ignore[assignment]
    function.invoek({})  # type: ignore[attr-defined]
    assert_type(function.set_role('r').set_handler('a.b').add_layer('l'), Lambda)
    assert_type(Lambda('another').role, Optional[str])
    assert_type(function.create(), dict[str, Any])
    assert_type(function.exists(), bool)
    assert_type(function.invoke({'a': 1}), Any)
    assert_type(function.log_group(), Logs)
    assert_type(function.shell(), Shell_Client)
    result = function.invoke_result({'a': 1})
    assert_type(result, Invoke_Result)
    assert_type(result.raise_on_error().value, Any)
    assert_type(result.duration_ms, Optional[float])
    assert_type(function.function_url(), Optional[str])
    assert_type(function.functions_names(), list[str])


def the_rest() -> None:
    role = IAM_Role('r').create_for__lambda()
    assert_type(role, IAM_Role)
    assert_type(role.arn(), str)
    assert_type(S3(target='local').file_bytes('bucket', 'key'), bytes)
    queue = SQS_Queue('q')
    assert_type(queue.push({'a': 1}), SQS_Queue)
    assert_type(queue.pop(), Any)


def errors() -> None:
    try:
        Lambda('f').info()
    except Aws__Not_Found as error:
        assert_type(error.request_id, str)
    try:
        Lambda('f').invoke_result().raise_on_error()
    except Invoke__Failed as failed:
        assert_type(failed.stack_trace, tuple[str, ...])
