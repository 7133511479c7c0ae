from dataclasses import dataclass
from typing import Any, Optional

from osbot_lambda.deploy.Deploy_Build import Deploy_Build
from osbot_lambda.deploy.Deploy_Part import Deploy_Part
from osbot_lambda.deploy.Deploy_Plan import Deploy_Plan
from osbot_lambda.deploy.Deploy_Publish import Deploy_Publish
from osbot_lambda.deploy.Function_Role import Function_Role


@dataclass(frozen=True, slots=True)
class Deploy_Prepared:
    """One deploy, before anything is changed.

    Shapes : current is what Lambda says of the function's configuration, None when there is no function; parts are
             those that have changes; publish is None when no version was asked for.
    """

    build: Deploy_Build
    current: Optional[dict[str, Any]]
    plan: Deploy_Plan
    role: Function_Role
    parts: tuple[Deploy_Part, ...]
    publish: Optional[Deploy_Publish]
