"""Take a Python function, and have it run on AWS Lambda.

    from osbot_lambda import Deploy_Lambda

    Deploy_Lambda(handler=my_module.run).deploy()

The names below are loaded when they are first used: importing the package costs next to nothing.
"""

TYPE_CHECKING = False  # type checkers take it for typing's, which would cost as much as Python's own start
if TYPE_CHECKING:
    from typing import Any

    from osbot_lambda.aws.lambda_.Lambda import Lambda
    from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
    from osbot_lambda.local.Local_Cloud import Local_Cloud

__all__ = ['Deploy_Lambda', 'Lambda', 'Local_Cloud']

_HOMES = {
    'Deploy_Lambda': 'osbot_lambda.deploy.Deploy_Lambda',
    'Lambda': 'osbot_lambda.aws.lambda_.Lambda',
    'Local_Cloud': 'osbot_lambda.local.Local_Cloud',
}


def __getattr__(name: str) -> 'Any':
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


def __dir__() -> list[str]:
    return sorted(__all__)
