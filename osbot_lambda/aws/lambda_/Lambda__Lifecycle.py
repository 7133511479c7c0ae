from datetime import UTC, datetime
from typing import Any, Optional

from osbot_lambda.aws.iam.IAM_Role import IAM_Role
from osbot_lambda.aws.lambda_.Lambda__Configuration import Lambda__Configuration
from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import (
    Aws__Access_Denied,
    Aws__Conflict,
    Aws__Error,
    Aws__Invalid,
    Aws__Not_Found,
    Deploy__Error,
    Deploy__Nothing_To_Deploy,
    Wait__Timeout,
)

NEW_ROLE_SECONDS = 60  # IAM takes 5 to 20 s to tell Lambda of a new role (measured by many; AWS gives no number)


class Lambda__Lifecycle(Lambda__Configuration):
    """Create, update, delete.

    Errors : create() and update() answer with a status dict; the others raise Aws__Error, Function_Name__Invalid,
             Deploy__Nothing_To_Deploy (no code), Deploy__Failed and Wait__Timeout.
    """

    def create(self) -> dict[str, Any]:
        """{'status': 'ok', 'name', 'data': CreateFunction's answer} or {'status': 'error', 'error', 'data': what was
        sent}. It doesn't wait: see wait_for_state_active()."""
        try:
            return {'status': 'ok', 'name': self.name, 'data': self.function_create()}
        except (Aws__Error, Deploy__Error, Wait__Timeout) as error:
            return {'status': 'error', 'error': str(error), 'data': _printable(self.create_kwargs())}

    def update(self) -> dict[str, Any]:
        """Ship the code and the configuration that are set on this object, and wait; a function that isn't there is
        created. {'status': 'ok', 'name', 'data': {'update_code', 'update_config'}} or {'status': 'error', 'name',
        'error', 'data'}."""
        try:
            if not self.exists():
                data = self.function_create()
                self.wait_until_ready()
                return {'status': 'ok', 'name': self.name, 'data': data}
            code = self.update_lambda_code() if self.code_kwargs() else None
            config = self.update_lambda_configuration()
            if self.tags:
                self.call('tag_resource', Resource=self.function_arn(), Tags=dict(self.tags))
            return {'status': 'ok', 'name': self.name, 'data': {'update_code': code, 'update_config': config}}
        except (Aws__Error, Deploy__Error, Wait__Timeout) as error:
            return {'status': 'error', 'name': self.name, 'error': str(error), 'data': _printable(self.create_kwargs())}

    def function_create(self, **kwargs: Any) -> dict[str, Any]:
        """CreateFunction from the attributes, with `kwargs` (AWS's names) over them; the function's configuration.

        A role made less than a minute ago may be unknown to Lambda still: then the call is repeated."""
        self.check_name()
        parameters = {**self.create_kwargs(), **kwargs}
        if not parameters.get('Code'):
            raise Deploy__Nothing_To_Deploy(f'{self.name} has no code: set zip_bytes, or s3_bucket and s3_key')
        return self._call_when_ready('create_function', **parameters)

    def code_update(self, **kwargs: Any) -> dict[str, Any]:
        """UpdateFunctionCode from the attributes, with `kwargs` over them; the function's configuration."""
        parameters = {'FunctionName': self.name, **self.code_kwargs(), **kwargs}
        if 'architecture' in self.__dict__['__assigned__']:
            parameters.setdefault('Architectures', [self.architecture])
        return self._call_when_ready('update_function_code', **parameters)

    def configuration_update(self, **kwargs: Any) -> dict[str, Any]:
        """UpdateFunctionConfiguration with `kwargs` (MemorySize=1024, …); the function's configuration."""
        return self._call_when_ready('update_function_configuration', **{'FunctionName': self.name, **kwargs})

    def update_lambda_code(self) -> dict[str, Any]:
        """Ship the code that is set on this object, and wait; the function's configuration."""
        answer = self.code_update()
        self.wait_for_function_update_to_complete()
        return answer

    def update_lambda_configuration(self) -> dict[str, Any]:
        """Ship the configuration that is set on this object, and wait; {} when none is."""
        parameters = self.configuration_kwargs()
        if not parameters:
            return {}
        answer = self.configuration_update(**parameters)
        self.wait_for_function_update_to_complete()
        return answer

    def delete(self, delete_log_group: bool = True) -> bool:
        """Delete the function with all its versions, and its log group; False when it wasn't there."""
        try:
            self.call('delete_function', FunctionName=self.name)
        except Aws__Not_Found:
            return False
        if delete_log_group:
            self.log_group().delete()
        return True

    def _call_when_ready(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """The call, repeated while another update of the function is in progress, or its role is too new."""
        failed: list[Aws__Error] = []

        def attempt() -> Optional[dict[str, Any]]:
            try:
                return self.call(operation, **parameters)
            except Aws__Conflict as error:
                if not _is_busy(error):
                    raise
                failed.append(error)
            except Aws__Invalid as error:
                if not (_is_about_the_role(error) and (failed or self._role_is_new(parameters.get('Role')))):
                    raise
                failed.append(error)
            return None

        answer = Wait(NEW_ROLE_SECONDS).until(attempt)
        if answer is None:
            raise failed[-1]
        return answer

    def _role_is_new(self, role_arn: Optional[str]) -> bool:
        try:
            role = IAM_Role((role_arn or '').rpartition('/')[2], session_kwargs=self.session).info()
        except Aws__Access_Denied:
            return True  # who may deploy can't always look at roles
        except Aws__Invalid:
            return False
        return bool(role) and (datetime.now(UTC) - role['CreateDate']).total_seconds() < NEW_ROLE_SECONDS


def _is_busy(error: Aws__Error) -> bool:
    text = error.message.lower()
    return 'cannot be performed at this time' in text or 'in progress' in text


def _is_about_the_role(error: Aws__Error) -> bool:
    text = error.message.lower()
    return 'role' in text and ('cannot be assumed' in text or 'does not have permissions' in text)


def _printable(parameters: dict[str, Any]) -> dict[str, Any]:
    code = parameters.get('Code', {})
    if 'ZipFile' in code:
        return {**parameters, 'Code': {'ZipFile': f'<{len(code["ZipFile"])} bytes>'}}
    return parameters
