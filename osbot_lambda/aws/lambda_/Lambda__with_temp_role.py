from typing import TYPE_CHECKING, Any, Optional, Self

from osbot_lambda.aws.lambda_.Lambda import Lambda

if TYPE_CHECKING:
    from osbot_lambda.aws.iam.IAM_Role import IAM_Role

LONGEST_ROLE_NAME = 64
DEFAULT_HANDLER = 'def {name}(event, context):\n    return event\n'


class Lambda__with_temp_role(Lambda):
    """A function for a test, with an execution role of its own that comes and goes with it.

        lambda_func = Lambda__with_temp_role('my-test-function')
        lambda_func.create()
        lambda_func.delete()

    Shapes : the role is called temp_role__name, by default 'temp_role_for__<function>'. It may write logs, and do
             temp_role__action with temp_role__resource of the temp_role__services: all of Lambda and S3. A role that
             was set (set_role) is used in its place, and left alone. temp_role__recreate has a role that is there
             already deleted first.
             Without code, create() ships a handler that returns its event.
    Note   : for tests only: a role for production names what it needs.
    """

    temp_role__name: Optional[str] = None
    temp_role__services: list[str]
    temp_role__action: str = '*'
    temp_role__resource: str = '*'
    temp_role__recreate: bool = False

    def __init__(self, name: str = '', **kwargs: Any):
        super().__init__(name, **{'temp_role__services': ['lambda', 's3'], **kwargs})

    def temp_role(self) -> 'IAM_Role':
        """The role, made or not, on the same session.

        lambda_func.temp_role().exists()"""
        from osbot_lambda.aws.iam.IAM_Role import IAM_Role

        return IAM_Role(self.temp_role__name or _role_name(self.function_name()), session_kwargs=self.session)

    def temp_role__create(self) -> str:
        """Make the role, or give it the policies that it lacks; its ARN. create() does it."""
        statement = {
            'Effect': 'Allow',
            'Action': [f'{service}:{self.temp_role__action}' for service in self.temp_role__services],
            'Resource': self.temp_role__resource,
        }
        document = {'Version': '2012-10-17', 'Statement': [statement]}
        role = self.temp_role()
        if self.temp_role__recreate:
            role.delete()
        role.create_for__lambda()
        if self.temp_role__services:
            role.set_inline_policy('temp_role', document)
        return role.arn()

    def temp_role__iam_reset_credentials(self) -> Self:
        """Have the function begin anew with its role: the role is made again as it should be, and a function that is
        there gets it set again, so that its next invoke starts in a new environment, with new credentials.

        lambda_func.temp_role__iam_reset_credentials()"""
        arn = self.temp_role__create()
        if self.exists():
            self.configuration_update(Role=arn)
            self.wait_for_function_update_to_complete()
        return self

    def function_create(self, **kwargs: Any) -> dict[str, Any]:
        """As Lambda.function_create(), with the temporary role where no role is set, once Lambda can assume it, and
        with the handler that returns its event where no code is set.

        lambda_func.function_create(Timeout=5)['Role']"""
        self.check_name()
        if not self.role and 'Role' not in kwargs:
            kwargs['Role'] = self.temp_role__create()
        if not self.code_kwargs() and not self.folder_code and 'Code' not in kwargs:
            kwargs['Code'] = {'ZipFile': self._default_code()}
        return super().function_create(**kwargs)

    def delete(self, delete_log_group: bool = True) -> bool:
        """As Lambda.delete(), and its temporary role goes too; False when the function wasn't there.

        lambda_func.delete()"""
        deleted = super().delete(delete_log_group)
        if not self.role:
            self.temp_role().delete()
        return deleted

    def _default_code(self) -> bytes:
        from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic

        module, _, name = self.handler.rpartition('.')
        source = DEFAULT_HANDLER.format(name=name).encode()
        return Zip__Deterministic().add(f'{module.replace(".", "/")}.py', source).bytes()


def _role_name(function_name: str) -> str:
    name = f'temp_role_for__{function_name}'
    if len(name) <= LONGEST_ROLE_NAME:
        return name
    from hashlib import sha256

    return f'{name[:55]}_{sha256(function_name.encode()).hexdigest()[:8]}'
