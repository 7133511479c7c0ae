from collections.abc import Iterator
from typing import Any, Optional, overload

from osbot_lambda.aws.lambda_.Lambda__Base import Lambda__Base


class Lambda__Listing(Lambda__Base):
    """The functions of the account, in the session's region."""

    @overload
    def functions(self, index_by: None = None, group_by: None = None) -> list[dict[str, Any]]: ...

    @overload
    def functions(self, index_by: str, group_by: Optional[str] = None) -> dict[Any, Any]: ...

    @overload
    def functions(self, index_by: None = None, *, group_by: str) -> dict[Any, Any]: ...

    def functions(self, index_by: Optional[str] = None, group_by: Optional[str] = None) -> Any:
        """All functions' configurations; with index_by ('FunctionName') a dict by that key, with group_by ('Runtime')
        lists by that key.

        Lambda().functions(index_by='FunctionName')['my-function']['Runtime']"""
        from osbot_lambda.aws.Listing import Listing

        return Listing.of(self.iterate_functions(), index_by, group_by)

    def functions_names(self) -> list[str]:
        """All functions' names, sorted.

        'my-function' in Lambda().functions_names()"""
        return sorted(function['FunctionName'] for function in self.iterate_functions())

    def iterate_functions(self) -> Iterator[dict[str, Any]]:
        """All functions' configurations, asked for page by page as they are used.

        next(Lambda().iterate_functions())"""
        return self.iterate('list_functions', 'Functions')
