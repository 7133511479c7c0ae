from typing import Any, Optional

from osbot_lambda.aws.lambda_.Lambda__Base import Lambda__Base
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import Aws__Error, Aws__Not_Found, Deploy__Failed, Wait__Timeout


class Lambda__Configuration(Lambda__Base):
    """What AWS has of the function, and waiting for its states.

    Units  : seconds.
    Errors : Aws__Not_Found when the function isn't there; Deploy__Failed when it went to Failed; Wait__Timeout.
    """

    def exists(self, function_name: Optional[str] = None) -> bool:
        """Whether the function (or another one, by name) is there; any other trouble raises."""
        try:
            self.call('get_function_configuration', FunctionName=function_name or self.name)
        except Aws__Not_Found:
            return False
        return True

    def info(self, function_name: Optional[str] = None) -> dict[str, Any]:
        """{'Configuration', 'Code', 'Tags' when it has some, …}."""
        return self.call('get_function', FunctionName=function_name or self.name)

    def configuration(self) -> dict[str, Any]:
        """{'FunctionName', 'FunctionArn', 'Runtime', 'Handler', 'MemorySize', 'Timeout', 'State', …}."""
        return self.call('get_function_configuration', FunctionName=self.name)

    def function_arn(self) -> str:
        """The unqualified ARN."""
        return str(self.configuration()['FunctionArn'])

    def wait_for_state_active(self, max_wait_count: int = 40, wait_interval: float = 1) -> dict[str, Any]:
        """{'status': 'ok'|'error', 'name', 'message'}, and 'error' with the reason; see wait_for_state()."""
        return self.wait_for_state('Active', max_wait_count, wait_interval)

    def wait_for_state(self, state: str, max_wait_count: int = 40, wait_interval: float = 1) -> dict[str, Any]:
        """Wait up to max_wait_count * wait_interval; {'status': 'ok'|'error', 'name', 'message'}, and 'error' with the
        reason. The first look is at once, and a function that went to Failed ends the wait."""
        seconds = max_wait_count * wait_interval
        try:
            self._wait({'State': state}, seconds, min(wait_interval, 1.0))
        except (Aws__Error, Deploy__Failed, Wait__Timeout) as error:
            return {'status': 'error', 'name': self.name, 'message': str(error), 'error': str(error)}
        return {'status': 'ok', 'name': self.name, 'message': f'function {self.name} is {state}'}

    def wait_for_function_update_to_complete(self, max_attempts: int = 600, wait_time: float = 0.1) -> str:
        """'Successful', after at most max_attempts * wait_time; raises when the update failed, or took longer."""
        self._wait({'LastUpdateStatus': 'Successful'}, max_attempts * wait_time, 1.0)
        return 'Successful'

    def wait_until_ready(self, seconds: float = 120) -> dict[str, Any]:
        """Its configuration, as soon as it is Active and its last update is through."""
        return self._wait({'State': 'Active', 'LastUpdateStatus': 'Successful'}, seconds, 1.0)

    def _wait(self, wanted: dict[str, str], seconds: float, longest_pause: float = 1.0) -> dict[str, Any]:
        """The configuration, as soon as all of `wanted` is so in it."""
        seen: dict[str, Any] = {}

        def look() -> Optional[dict[str, Any]]:
            seen.clear()
            # AWS leaves LastUpdateStatus out while the function is being created
            seen.update({'LastUpdateStatus': 'Successful'} | self.configuration())
            for key, value in wanted.items():
                if seen.get(key) == 'Failed' and value != 'Failed':
                    code, reason = seen.get(f'{key}ReasonCode', ''), seen.get(f'{key}Reason', '')
                    raise Deploy__Failed(self.name, str(code), str(reason))
            return seen if all(seen.get(key) == value for key, value in wanted.items()) else None

        found = Wait(seconds, longest_pause).until(look)
        if found is None:
            words = ', '.join(f'{key} {value}' for key, value in wanted.items())
            was = ', '.join(str(seen.get(key, '')) for key in wanted)
            raise Wait__Timeout(f'function {self.name}', words, was, seconds)
        return found
