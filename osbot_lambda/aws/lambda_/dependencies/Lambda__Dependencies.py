from collections.abc import Iterable
from typing import Optional, Union

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.aws.lambda_ import boto3__lambda
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Inside_Lambda import Lambda__Dependency__Inside_Lambda


class Lambda__Dependencies(Aws__Resource):
    """Packages loaded from S3 inside a function; outside Lambda nothing is done.

        Lambda__Dependencies().load_dependencies('requests, pandas')

    Errors : see Lambda__Dependency__Inside_Lambda.
    """

    service_name: str = 's3'

    def __init__(self, session_kwargs: Any_Session = None, target: Optional[str] = None):
        super().__init__(session_kwargs, target)

    def load_dependencies(self, targets: Union[str, Iterable[str]]) -> bool:
        """Load several: a list, or text with commas between them; False outside Lambda."""
        return all(self.load_dependency(name) for name in boto3__lambda.dependency_names(targets))

    def load_dependency(self, target: str) -> bool:
        """Load one; False outside Lambda."""
        return Lambda__Dependency__Inside_Lambda(target, session_kwargs=self.session).load()


def load_dependencies(targets: Union[str, Iterable[str]]) -> bool:
    """Lambda__Dependencies().load_dependencies(targets)."""
    return Lambda__Dependencies().load_dependencies(targets)


def load_dependency(target: str) -> bool:
    """Lambda__Dependencies().load_dependency(target)."""
    return Lambda__Dependencies().load_dependency(target)
