from typing import Any, Optional

from osbot_lambda.aws.Deadline import Deadline
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import Deploy__Failed


class Deploy_Version:
    """A published version of a function.

    Shapes : number is text ('3').
    Units  : SECONDS is how long a new version is waited for outside of a Deadline: with SnapStart that takes minutes.
    Errors : Aws__Not_Found when it isn't there; Deploy__Failed when it can't be invoked; Wait__Timeout; Aws__Error.
    """

    SECONDS = 300
    USABLE = ('Active', 'Inactive')  # Lambda makes one inactive that wasn't used, and active when it is invoked

    def __init__(self, function: Lambda, number: str):
        self.function, self.number = function, number

    def configuration(self) -> dict[str, Any]:
        """GetFunctionConfiguration's answer."""
        return self.function.call('get_function_configuration', FunctionName=self.function.name, Qualifier=self.number)

    def wait(self, answer: Optional[dict[str, Any]] = None) -> None:
        """Until it can be invoked. answer is its configuration, when that was asked for already."""
        known = [answer] if answer else []

        def look() -> Optional[bool]:
            found = known.pop() if known else self.configuration()
            if found.get('State') == 'Failed':
                code, reason = str(found.get('StateReasonCode', '')), str(found.get('StateReason', ''))
                raise Deploy__Failed(f'{self.function.name}:{self.number}', code, reason)
            return True if found.get('State') in self.USABLE else None

        if Wait(Deadline.seconds_or(self.SECONDS)).until(look) is None:
            what = f'version {self.number} of {self.function.name}'
            raise Deadline.timeout(what, 'Active', 'Pending', self.SECONDS)
