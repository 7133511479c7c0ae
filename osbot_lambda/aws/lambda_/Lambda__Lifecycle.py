from typing import Any, Optional

from osbot_lambda.aws.lambda_.Lambda__Code import Lambda__Code
from osbot_lambda.errors import (
    Aws__Error,
    Aws__Not_Found,
    Deploy__Error,
    Deploy__Nothing_To_Deploy,
    Packaging__Error,
    Setting__Invalid,
    Wait__Timeout,
)

FAILURES = (Aws__Error, Deploy__Error, Packaging__Error, Wait__Timeout)


class Lambda__Lifecycle(Lambda__Code):
    """Create, update, delete.

    Errors : create(), update() and validate_create_kwargs() answer with a status dict; the others raise Aws__Error,
             Function_Name__Invalid, Setting__Invalid (no role), Deploy__Nothing_To_Deploy (no code), File__Not_Found
             (folder_code), Deploy__Failed and Wait__Timeout.
    """

    def create(self) -> dict[str, Any]:
        """Make the function from the attributes. It doesn't wait: see wait_for_state_active().

        {'status': 'ok', 'name', 'data': CreateFunction's answer}, or {'status': 'error', 'name', 'error': text,
        'data': what was to be sent, 'exception'}.

        Lambda('f', role=role_arn, s3_bucket='my-bucket', s3_key='lambdas/f.zip').create()['status']"""
        try:
            return {'status': 'ok', 'name': self.name, 'data': self.function_create()}
        except FAILURES as error:
            return self._failed(error)

    def update(self) -> dict[str, Any]:
        """Ship the code, the configuration and the tags that were set on this object, and wait; a folder_code is
        uploaded first, and a function that isn't there is created.

        {'status': 'ok', 'name', 'data': {'update_code', 'update_config'}} (the function's configuration each, None and
        {} when there was nothing to ship), or {'status': 'error', 'name', 'error': text, 'data', 'exception'}.

        lambda_func.set_memory(1024).set_env_variables({}).update()['status']"""
        try:
            if not self.exists():
                data = self.function_create()
                self.wait_until_ready()
                return {'status': 'ok', 'name': self.name, 'data': data}
            code = self.update_lambda_code() if self.folder_code or self.code_kwargs() else None
            config = self.update_lambda_configuration()
            self._update_tags()
            return {'status': 'ok', 'name': self.name, 'data': {'update_code': code, 'update_config': config}}
        except FAILURES as error:
            return self._failed(error)

    def function_create(self, **kwargs: Any) -> dict[str, Any]:
        """CreateFunction from the attributes, with `kwargs` (AWS's names) over them; the function's configuration.

        A role made less than a minute ago may be unknown to Lambda still: then the call is repeated.

        lambda_func.function_create(Publish=True)['FunctionArn']"""
        self.check_name()
        code = kwargs['Code'] if 'Code' in kwargs else self._code()
        parameters = {**self._fit_for_image({**self.create_kwargs(), 'Code': code}), **kwargs}
        self._check_create(parameters)
        return self._call_when_ready('create_function', **parameters)

    def validate_create_kwargs(self, kwargs: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        """What create() finds before it asks AWS: {'status': 'ok', 'name'}, or {'status': 'error', 'name', 'error',
        'data', 'exception'}. kwargs are CreateFunction's, by default create_kwargs().

        Lambda('x' * 65).validate_create_kwargs()['error']"""
        try:
            self.check_name()
            self._check_create(self.create_kwargs() if kwargs is None else kwargs)
        except FAILURES as error:
            return self._failed(error)
        return {'status': 'ok', 'name': self.name}

    def delete(self, delete_log_group: bool = True) -> bool:
        """Delete the function with all its versions, and its log group; False when it wasn't there.

        lambda_func.delete(delete_log_group=False)      # the logs stay"""
        try:
            self.call('delete_function', FunctionName=self.name)
        except Aws__Not_Found:
            return False
        if delete_log_group:
            self.log_group().delete()
        return True

    def _check_create(self, parameters: dict[str, Any]) -> None:
        if not parameters.get('Code') and not self.folder_code:
            raise Deploy__Nothing_To_Deploy(self._no_code())
        if not parameters.get('Role'):
            raise Setting__Invalid(
                f'{self.name} has no role: set_role() takes the ARN of one, and Lambda__with_temp_role makes one'
            )

    def _update_tags(self) -> None:
        """Make the function's tags those of this object, when they were set."""
        if not self._is_set('tags'):
            return
        arn = self.function_arn()
        there = self.call('list_tags', Resource=arn).get('Tags') or {}
        unwanted = [key for key in there if key not in self.tags and not key.startswith('aws:')]
        if unwanted:
            self.call('untag_resource', Resource=arn, TagKeys=unwanted)
        if self.tags:
            self.call('tag_resource', Resource=arn, Tags=dict(self.tags))

    def _failed(self, error: Exception) -> dict[str, Any]:
        data = _printable(self.create_kwargs())
        return {'status': 'error', 'name': self.name, 'error': str(error), 'data': data, 'exception': error}


def _printable(parameters: dict[str, Any]) -> dict[str, Any]:
    code = parameters.get('Code', {})
    if 'ZipFile' in code:
        return {**parameters, 'Code': {'ZipFile': f'<{len(code["ZipFile"])} bytes>'}}
    return parameters
