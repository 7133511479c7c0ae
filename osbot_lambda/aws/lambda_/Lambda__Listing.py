from typing import Any, Optional, Union

from osbot_lambda.aws.lambda_.Lambda__Base import Lambda__Base


class Lambda__Listing(Lambda__Base):
    """The functions of the account and region."""

    def functions(self, index_by: Optional[str] = None) -> Union[list[dict[str, Any]], dict[str, dict[str, Any]]]:
        """All functions' configurations; with index_by ('FunctionName'), a dict of them by that key."""
        found = self.paginate('list_functions', 'Functions')
        return found if index_by is None else {function[index_by]: function for function in found}

    def functions_names(self) -> list[str]:
        """All functions' names, sorted."""
        return sorted(function['FunctionName'] for function in self.iterate('list_functions', 'Functions'))
