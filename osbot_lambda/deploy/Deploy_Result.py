from dataclasses import dataclass

from osbot_lambda.deploy.Deploy_Change import Deploy_Change


@dataclass(frozen=True, slots=True)
class Deploy_Result:
    """What a deploy did. It is true: a deploy that didn't work raises.

    Shapes : status is 'created', 'updated' or 'unchanged'; code_sha256 as AWS says it; warnings are sentences.
    Units  : seconds for the whole deploy, packaging included.
    """

    status: str
    name: str
    arn: str
    code_sha256: str
    revision: str
    seconds: float
    changes: tuple[Deploy_Change, ...] = ()
    warnings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return True
