from collections.abc import Callable
from typing import Any, Optional

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Code_Signing_Operations import Code_Signing_Operations
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Tag_Operations:
    """TagResource, UntagResource and ListTags, of functions, event source mappings and code signing configurations.

    mapping_tags(context, uuid) gives the tags of a mapping, to change in place, or raises Api__Error 404.
    """

    def __init__(
        self,
        functions: Function_Store,
        mapping_tags: Callable[[Api_Context, str], dict[str, str]],
        code_signing: Code_Signing_Operations,
    ):
        self.functions, self.mapping_tags, self.code_signing = functions, mapping_tags, code_signing

    def tag(self, context: Api_Context, params: dict[str, Any]) -> None:
        """Add tags, or change their values. Raises Api__Error over 50 tags."""
        self._change(context, params['Resource'], params['Tags'], [])

    def untag(self, context: Api_Context, params: dict[str, Any]) -> None:
        """Remove tags by their keys; those that aren't there are no error."""
        self._change(context, params['Resource'], {}, params['TagKeys'])

    def tags(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """{'Tags': {…}}"""
        arn = params['Resource']
        other = self._other_tags(context, arn)
        return {'Tags': dict(self.functions.get(self._function(context, arn)).tags if other is None else other)}

    def _change(self, context: Api_Context, arn: str, add: dict[str, str], remove: list[str]) -> None:
        tags = self._other_tags(context, arn)
        if tags is None:
            self.functions.get(self._function(context, arn)).change_tags(add, remove)
            return
        if len(tags | add) > 50:
            raise Lambda_Errors.invalid('Number of tags exceeds resource tag limit.')
        tags.update(add)
        for key in remove:
            tags.pop(key, None)

    def _function(self, context: Api_Context, arn: str) -> Function_Ref:
        ref = Function_Ref.of(context, {'FunctionName': arn})
        if ref.qualifier:
            raise Lambda_Errors.invalid(
                'Tags on function aliases and versions are not supported. Please specify a function ARN.'
            )
        return ref

    def _other_tags(self, context: Api_Context, arn: str) -> Optional[dict[str, str]]:
        """The tags, to change in place, of what is no function; None when the ARN is a function's."""
        kind, name = arn.split(':', 6)[5:]
        if kind == 'event-source-mapping':
            return self.mapping_tags(context, name)
        if kind == 'code-signing-config':
            return self.code_signing.config(context, arn).tags
        if kind != 'function':
            raise Lambda_Errors.not_yet(f'tags of a {kind}')
        return None
