from typing import Any, Optional

from osbot_lambda.aws.Deadline import Deadline
from osbot_lambda.aws.lambda_.Lambda__Base import Lambda__Base
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import (
    Aws__Access_Denied,
    Aws__Conflict,
    Aws__Error,
    Aws__Invalid,
    Aws__Not_Found,
    Deploy__Failed,
    Wait__Timeout,
)

READY = {'State': ('Active', 'Inactive'), 'LastUpdateStatus': ('Successful',)}


class Lambda__Configuration(Lambda__Base):
    """What AWS has of the function, changing it, and waiting for its states.

    Units  : seconds.
    Errors : Aws__Not_Found when the function isn't there; Deploy__Failed when it went to Failed; Wait__Timeout.
    """

    def exists(self, function_name: Optional[str] = None) -> bool:
        """Whether the function (or another one, by name) is there; any other trouble raises.

        lambda_func.exists('other-function')"""
        try:
            self.call('get_function_configuration', FunctionName=function_name or self.name)
        except Aws__Not_Found:
            return False
        return True

    def info(self, function_name: Optional[str] = None) -> dict[str, Any]:
        """{'Configuration', 'Code', 'Tags' when it has some, …}.

        lambda_func.info()['Code']['Location']"""
        return self.call('get_function', FunctionName=function_name or self.name)

    def configuration(self) -> dict[str, Any]:
        """{'FunctionName', 'FunctionArn', 'Runtime', 'Handler', 'MemorySize', 'Timeout', 'State', …}.

        lambda_func.configuration()['MemorySize']"""
        return self.call('get_function_configuration', FunctionName=self.name)

    def function_arn(self) -> str:
        """'arn:aws:lambda:<region>:<account>:function:<name>', as AWS says it."""
        return str(self.configuration()['FunctionArn'])

    def configuration_update(self, **kwargs: Any) -> dict[str, Any]:
        """UpdateFunctionConfiguration with `kwargs`, by AWS's names; the function's configuration. It doesn't wait
        for the update, but for one that is in progress.

        lambda_func.configuration_update(MemorySize=1024, Environment={'Variables': {'KEY': 'value'}})"""
        return self._call_when_ready('update_function_configuration', **{'FunctionName': self.name, **kwargs})

    def update_lambda_configuration(self) -> dict[str, Any]:
        """Ship the configuration that was set on this object, and wait; the function's configuration as the update
        began, {} when nothing was set. Nothing else is changed; {} and [] clear variables and layers.

        lambda_func.set_memory(1024).set_layers([]).update_lambda_configuration()"""
        parameters = self.configuration_kwargs()
        if not parameters:
            return {}
        answer = self.configuration_update(**parameters)
        self.wait_for_function_update_to_complete()
        return answer

    def wait_for_state_active(self, max_wait_count: int = 40, wait_interval: float = 1) -> dict[str, Any]:
        """{'status': 'ok'|'error', 'name', 'message'}; see wait_for_state().

        assert lambda_func.wait_for_state_active()['status'] == 'ok'"""
        return self.wait_for_state('Active', max_wait_count, wait_interval)

    def wait_for_state(self, state: str, max_wait_count: int = 40, wait_interval: float = 1) -> dict[str, Any]:
        """Wait up to max_wait_count * wait_interval; {'status': 'ok'|'error', 'name', 'message'}, and with an error
        'error' (its text) and 'exception'. The first look is at once, the pauses grow up to wait_interval, and a
        function that went to Failed ends the wait with its reason.

        lambda_func.wait_for_state('Active')"""
        seconds = max_wait_count * wait_interval
        try:
            self._wait({'State': (state,)}, seconds, min(wait_interval, 1.0))
        except (Aws__Error, Deploy__Failed, Wait__Timeout) as error:
            text = str(error)
            return {'status': 'error', 'name': self.name, 'message': text, 'error': text, 'exception': error}
        return {'status': 'ok', 'name': self.name, 'message': f'function {self.name} is {state}'}

    def wait_for_function_update_to_complete(self, max_attempts: int = 600, wait_time: float = 0.1) -> str:
        """'Successful', after at most max_attempts * wait_time; raises Deploy__Failed with the reason when the update
        failed, Wait__Timeout when it took longer.

        lambda_func.wait_for_function_update_to_complete()"""
        self._wait({'LastUpdateStatus': ('Successful',)}, max_attempts * wait_time, 1.0)
        return 'Successful'

    def wait_until_ready(self, seconds: float = 120) -> dict[str, Any]:
        """Its configuration, as soon as it is Active and its last update is through. (Inactive will do: Lambda puts a
        function to sleep that wasn't invoked for weeks, and an invoke wakes it up.)

        lambda_func.wait_until_ready()['Version']"""
        return self._wait(READY, seconds, 1.0)

    def _wait(self, wanted: dict[str, tuple[str, ...]], seconds: float, longest_pause: float = 1.0) -> dict[str, Any]:
        """The configuration, as soon as all of `wanted` is so in it."""
        seen: dict[str, Any] = {}

        def look() -> Optional[dict[str, Any]]:
            seen.clear()
            # AWS leaves LastUpdateStatus out while the function is being created
            seen.update({'LastUpdateStatus': 'Successful'} | self.configuration())
            for key, values in wanted.items():
                if seen.get(key) == 'Failed' and 'Failed' not in values:
                    code, reason = seen.get(f'{key}ReasonCode', ''), seen.get(f'{key}Reason', '')
                    raise Deploy__Failed(self.name, str(code), str(reason))
            return seen if all(seen.get(key) in values for key, values in wanted.items()) else None

        found = Wait(Deadline.seconds_or(seconds), longest_pause).until(look)
        if found is None:
            words = ', '.join(f'{key} {values[0]}' for key, values in wanted.items())
            was = ', '.join(str(seen.get(key, '')) for key in wanted)
            raise Deadline.timeout(f'function {self.name}', words, was, seconds)
        return found

    def _call_when_ready(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The call, repeated while another update of the function is in progress, or its role is too new."""
        failed: list[Aws__Error] = []

        def attempt() -> Optional[dict[str, Any]]:
            try:
                return self.call(operation, **parameters)
            except Aws__Conflict as error:
                if not Deadline.passes(error):
                    raise
                failed.append(error)
            except Aws__Invalid as error:
                if not (Deadline.is_about_the_role(error) and (failed or self._role_is_new(parameters.get('Role')))):
                    raise
                failed.append(error)
            return None

        seconds = min(Deadline.NEW_ROLE, Deadline.seconds_or(Deadline.NEW_ROLE))
        answer = Wait(seconds).until(attempt)
        if answer is None and Deadline.current():
            last = failed[-1]
            raise Wait__Timeout(
                f'the role of function {self.name}', f'good for {last.operation}', f'refused: {last.message}', seconds
            ) from last
        if answer is None:
            raise failed[-1]
        return answer

    def _role_is_new(self, role_arn: Optional[str]) -> bool:
        from datetime import UTC, datetime

        from osbot_lambda.aws.iam.IAM_Role import IAM_Role

        if not role_arn:
            return False
        try:
            role = IAM_Role(role_arn.rpartition('/')[2], session_kwargs=self.session).info()
        except Aws__Access_Denied:
            return True  # who may deploy can't always look at roles
        except Aws__Invalid:
            return False
        return bool(role) and (datetime.now(UTC) - role['CreateDate']).total_seconds() < Deadline.NEW_ROLE
