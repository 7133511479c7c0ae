from collections.abc import Callable
from typing import Any

from osbot_lambda.local.server.Api_Context import Api_Context
from osbot_lambda.local.server.lambda_.Function_Ref import Function_Ref
from osbot_lambda.local.server.lambda_.Function_Store import Function_Store
from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Tag_Operations:
    """TagResource, UntagResource and ListTags, of functions and of event source mappings.

    mapping_tags(context, uuid) gives the tags of a mapping, to change in place, or raises Api__Error 404.
    """

    def __init__(self, functions: Function_Store, mapping_tags: Callable[[Api_Context, str], dict[str, str]]):
        self.functions, self.mapping_tags = functions, mapping_tags

    def tag(self, context: Api_Context, params: dict[str, Any]) -> None:
        """Add tags, or change their values. Raises Api__Error over 50 tags."""
        self._change(context, params['Resource'], params['Tags'], [])

    def untag(self, context: Api_Context, params: dict[str, Any]) -> None:
        """Remove tags by their keys; those that aren't there are no error."""
        self._change(context, params['Resource'], {}, params['TagKeys'])

    def tags(self, context: Api_Context, params: dict[str, Any]) -> dict[str, Any]:
        """{'Tags': {…}}"""
        arn = params['Resource']
        if uuid := self._mapping(arn):
            return {'Tags': dict(self.mapping_tags(context, uuid))}
        return {'Tags': dict(self.functions.get(self._function(context, arn)).tags)}

    def _change(self, context: Api_Context, arn: str, add: dict[str, str], remove: list[str]) -> None:
        if not (uuid := self._mapping(arn)):
            self.functions.get(self._function(context, arn)).change_tags(add, remove)
            return
        tags = self.mapping_tags(context, uuid)
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

    def _mapping(self, arn: str) -> str:
        _, found, uuid = arn.partition(':event-source-mapping:')
        return uuid if found else ''
