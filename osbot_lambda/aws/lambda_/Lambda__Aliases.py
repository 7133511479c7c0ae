from collections.abc import Mapping
from typing import Any, Optional, overload

from osbot_lambda.aws.lambda_.Lambda__Configuration import Lambda__Configuration
from osbot_lambda.errors import Aws__Not_Found


class Lambda__Aliases(Lambda__Configuration):
    """Aliases: names ('prod') that point to a version, or to two.

    Shapes : an alias is {'AliasArn', 'Name', 'FunctionVersion', 'Description', 'RevisionId', 'RoutingConfig' when it
             has one}. function_name is this function's, unless another is given. routing is {version: share}, share
             0..1 of the invokes: {'2': 0.1}.
    Errors : Aws__Not_Found for an alias, version or function that isn't there; Aws__Conflict for a name that is taken.
    """

    def alias_create(
        self,
        function_name: Optional[str] = None,
        function_version: str = '$LATEST',
        name: str = '',
        description: str = '',
        routing: Optional[Mapping[str, float]] = None,
    ) -> dict[str, Any]:
        """Make an alias; it is returned.

        lambda_func.alias_create(function_version='1', name='prod')['AliasArn']"""
        return self._call_when_ready(
            'create_alias',
            FunctionName=function_name or self.name,
            FunctionVersion=str(function_version),
            Name=self._given(name, 'name', 'CreateAlias'),
            Description=description,
            RoutingConfig=_routing_config(routing),
        )

    def alias_update(
        self,
        function_name: Optional[str] = None,
        name: str = '',
        function_version: Optional[str] = None,
        description: Optional[str] = None,
        routing: Optional[Mapping[str, float]] = None,
    ) -> dict[str, Any]:
        """Change what is given, and no more; the alias is returned. routing={} ends a division.

        lambda_func.alias_update(name='prod', function_version='2', routing={})"""
        return self._call_when_ready(
            'update_alias',
            FunctionName=function_name or self.name,
            Name=self._given(name, 'name', 'UpdateAlias'),
            FunctionVersion=None if function_version is None else str(function_version),
            Description=description,
            RoutingConfig=_routing_config(routing),
        )

    def alias(self, function_name: Optional[str] = None, name: str = '') -> dict[str, Any]:
        """One alias.

        lambda_func.alias('my-function', 'prod')['FunctionVersion']"""
        given = self._given(name, 'name', 'GetAlias')
        return self.call('get_alias', FunctionName=function_name or self.name, Name=given)

    def alias_exists(self, function_name: Optional[str] = None, name: str = '') -> bool:
        """Whether the alias is there; any other trouble raises.

        lambda_func.alias_exists(name='prod')"""
        try:
            self.alias(function_name, name)
        except Aws__Not_Found:
            return False
        return True

    @overload
    def aliases(self, function_name: Optional[str] = None, index_by: None = None) -> list[dict[str, Any]]: ...

    @overload
    def aliases(self, function_name: Optional[str] = None, *, index_by: str) -> dict[Any, Any]: ...

    def aliases(self, function_name: Optional[str] = None, index_by: Optional[str] = None) -> Any:
        """All aliases; with index_by ('Name'), a dict of them by that key.

        lambda_func.aliases(index_by='Name')['prod']"""
        from osbot_lambda.aws.Listing import Listing

        return Listing.of(self.iterate('list_aliases', 'Aliases', FunctionName=function_name or self.name), index_by)

    def alias_delete(self, function_name: Optional[str] = None, name: str = '') -> bool:
        """Delete an alias; True, as Lambda doesn't say whether it was there, False when the function wasn't.

        lambda_func.alias_delete('my-function', 'prod')"""
        given = self._given(name, 'name', 'DeleteAlias')
        try:
            self.call('delete_alias', FunctionName=function_name or self.name, Name=given)
        except Aws__Not_Found:
            return False
        return True


def _routing_config(routing: Optional[Mapping[str, float]]) -> Optional[dict[str, Any]]:
    if routing is None:
        return None
    return {'AdditionalVersionWeights': {str(version): share for version, share in routing.items()}}
