import inspect
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Optional, Union
from unittest import TestCase

from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.deploy.Deploy_Result import Deploy_Result
from osbot_lambda.errors import Handler__Invalid
from osbot_lambda.local.Local_Cloud import Local_Cloud


class TestCase__Lambda__Deploy(TestCase):
    """A test of a Lambda function, deployed to the local cloud: for unittest, and for pytest.

        class Test_My_Lambda(TestCase__Lambda__Deploy):
            handler = my_handler

            def test_it_doubles(self):
                assert self.invoke({'input': 21}) == {'result': 42}

    Each class has an account of its own, which is an empty cloud, and is emptied after its last test. Nothing reaches
    AWS: credentials, profiles and targets of the environment have no say.

    Shapes : handler is a function, or 'module.function' with source_roots, the folders that together are the zip's
             root; lambda_name and env (the function's environment variables) may be left out.
    Errors : every Packaging__Error, Deploy__Error and Aws__Error from deploy(), and so from the first invoke;
             Handler__Invalid for a class without a handler.
    """

    handler: ClassVar[Union[Callable[..., Any], str, None]] = None
    lambda_name: ClassVar[Optional[str]] = None
    source_roots: ClassVar[Sequence[Union[str, Path]]] = ()
    env: ClassVar[Mapping[str, str]] = {}

    _deploy_lambda: ClassVar[Optional[Deploy_Lambda]] = None
    _account_id: ClassVar[Optional[str]] = None
    _deployed: ClassVar[bool] = False

    def deploy(self) -> Deploy_Result:
        """Deploy the function; again, when it has been edited."""
        result = self.deploy_lambda.deploy()
        type(self)._deployed = True
        return result

    def invoke(self, payload: Any = None) -> Any:
        """What the handler returned; {'error': message} when it failed. Deploys first, when that was not done yet."""
        return self._ready().invoke(payload)

    def invoke_return_logs(self, payload: Any = None) -> dict[str, Any]:
        """{'status', 'return_value', 'execution_logs', 'request_id', …}; deploys first, when that was not done yet."""
        return self._ready().invoke_return_logs(payload)

    @property
    def deploy_lambda(self) -> Deploy_Lambda:
        """The class's Deploy_Lambda, for what else it can do: files, modules, variables, logs."""
        cls = type(self)
        if cls._deploy_lambda is None:
            cls._deploy_lambda = cls._new_deploy_lambda()
        return cls._deploy_lambda

    @classmethod
    def session_kwargs(cls) -> dict[str, str]:
        """For boto3 clients, and whatever takes session kwargs: the class's own account of the local cloud."""
        cloud = Local_Cloud.shared()
        if cls._account_id is None:
            cls._account_id = f'{secrets.randbelow(10**12 - 1) + 1:012}'
            cls.addClassCleanup(cls._clean_up, cloud)
        return cloud.session_kwargs(cls._account_id)

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        cls._forget()  # each class has a state of its own, also one that inherits from another test class

    def _ready(self) -> Deploy_Lambda:
        if not self._deployed:
            self.deploy()
        return self.deploy_lambda

    @classmethod
    def _new_deploy_lambda(cls) -> Deploy_Lambda:
        handler = inspect.getattr_static(cls, 'handler')  # not self.handler: that would be bound, as a method
        if isinstance(handler, staticmethod):
            handler = handler.__func__
        if handler is None:
            raise Handler__Invalid(f'{cls.__name__} has no handler: say `handler = my_function` in the class')
        deploy_lambda = Deploy_Lambda(
            handler=handler,
            lambda_name=cls.lambda_name,
            source_roots=list(cls.source_roots),
            session_kwargs=cls.session_kwargs(),
        )
        return deploy_lambda.set_env_variables(cls.env)

    @classmethod
    def _clean_up(cls, cloud: Local_Cloud) -> None:
        account_id = cls._account_id
        cls._forget()
        if cloud.running():
            cloud.reset(account_id)

    @classmethod
    def _forget(cls) -> None:
        cls._deploy_lambda, cls._account_id, cls._deployed = None, None, False
