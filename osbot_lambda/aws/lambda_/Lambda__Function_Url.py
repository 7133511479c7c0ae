from collections.abc import Mapping
from typing import Any, Optional

from osbot_lambda.aws.lambda_.Lambda__Permissions import Lambda__Permissions
from osbot_lambda.errors import Aws__Conflict, Aws__Not_Found


class Lambda__Function_Url(Lambda__Permissions):
    """The function's HTTPS address, or one of its aliases': each may have one.

    Shapes : a URL's configuration is {'FunctionUrl': 'https://<id>.lambda-url.<region>.on.aws/', 'FunctionArn',
             'AuthType', 'InvokeMode', 'Cors' when it has one, 'CreationTime'}. auth_type is 'AWS_IAM' (callers sign) or
             'NONE' (they don't; the policy has to allow them too), invoke_mode 'BUFFERED' or 'RESPONSE_STREAM'. cors is
             {'AllowOrigins', 'AllowMethods', 'AllowHeaders', 'ExposeHeaders', 'AllowCredentials', 'MaxAge'}.
    Errors : Aws__Not_Found when the function isn't there; Aws__Conflict when there is a URL already; Aws__Invalid.
    """

    def function_url_create(
        self,
        function_alias: Optional[str] = None,
        auth_type: str = 'AWS_IAM',
        cors: Optional[Mapping[str, Any]] = None,
        invoke_mode: str = 'BUFFERED',
    ) -> dict[str, Any]:
        """Give the function a URL; its configuration.

        lambda_func.function_url_create(auth_type='AWS_IAM')['FunctionUrl']"""
        return self._call_when_ready(
            'create_function_url_config',
            FunctionName=self.name,
            Qualifier=function_alias,
            AuthType=auth_type,
            Cors=None if cors is None else dict(cors),
            InvokeMode=invoke_mode,
        )

    def function_url_create_with_public_access(
        self,
        invoke_mode: str = 'BUFFERED',
        function_alias: Optional[str] = None,
        cors: Optional[Mapping[str, Any]] = None,
    ) -> dict[str, Any]:
        """A URL that everybody may call, without signing; one that is there becomes that.

        {'function_url_create': the URL's configuration, 'function_set_policy': the statement that allows it}; for the
        second statement that it takes, see permissions().

        lambda_func.function_url_create_with_public_access()['function_url_create']['FunctionUrl']"""
        options: dict[str, Any] = {'auth_type': 'NONE', 'cors': cors, 'invoke_mode': invoke_mode}
        try:
            created = self.function_url_create(function_alias, **options)
        except Aws__Conflict:
            created = self.function_url_update(function_alias, **options)
        policy = self.function_set_policy_to_allow_public_access(function_alias)
        return {'function_url_create': created, 'function_set_policy': policy}

    def function_url(self, function_alias: Optional[str] = None) -> Optional[str]:
        """The URL, ending in '/'; None when there is none.

        urllib.request.urlopen(lambda_func.function_url())"""
        url: Optional[str] = self.function_url_info(function_alias).get('FunctionUrl')
        return url

    def function_url_info(self, function_alias: Optional[str] = None) -> dict[str, Any]:
        """The URL's configuration; {} when there is none.

        lambda_func.function_url_info()['AuthType']"""
        try:
            return self.call('get_function_url_config', FunctionName=self.name, Qualifier=function_alias)
        except Aws__Not_Found:
            return {}

    def function_url_exists(self, function_alias: Optional[str] = None) -> bool:
        """Whether there is one; any other trouble raises.

        lambda_func.function_url_exists('prod')      # of the alias"""
        return bool(self.function_url_info(function_alias))

    def function_url_update(
        self,
        function_alias: Optional[str] = None,
        auth_type: Optional[str] = None,
        cors: Optional[Mapping[str, Any]] = None,
        invoke_mode: Optional[str] = None,
    ) -> dict[str, Any]:
        """Change what is given, and no more; the URL's configuration. Aws__Not_Found when there is no URL.

        lambda_func.function_url_update(auth_type='NONE', invoke_mode='RESPONSE_STREAM')"""
        return self._call_when_ready(
            'update_function_url_config',
            FunctionName=self.name,
            Qualifier=function_alias,
            AuthType=auth_type,
            Cors=None if cors is None else dict(cors),
            InvokeMode=invoke_mode,
        )

    def function_url_delete(self, function_alias: Optional[str] = None) -> bool:
        """Delete the URL; False when there was none. The policy's statements stay.

        lambda_func.function_url_delete()"""
        try:
            self._call_when_ready('delete_function_url_config', FunctionName=self.name, Qualifier=function_alias)
        except Aws__Not_Found:
            return False
        return True
