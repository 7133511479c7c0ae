from typing import TYPE_CHECKING, Optional

from osbot_lambda.deploy.Deploy_Change import Deploy_Change
from osbot_lambda.deploy.Deploy_Part import Deploy_Part
from osbot_lambda.errors import Setting__Invalid

if TYPE_CHECKING:
    from osbot_lambda.aws.lambda_.Lambda import Lambda


class Deploy_Concurrency(Deploy_Part):
    """How many invokes are reserved for the function, which are also the most that it may have.

    Shapes : reserved is None for none, 0 stops the function.
    Errors : Setting__Invalid; Aws__Invalid when the account would keep too few for its other functions; Aws__Error.
    """

    order = 20

    def __init__(self, reserved: Optional[int]):
        if reserved is not None and (not isinstance(reserved, int) or isinstance(reserved, bool) or reserved < 0):
            raise Setting__Invalid(f'reserved concurrency is {reserved!r}; it is 0 or more invokes, or None for none')
        self.reserved = reserved
        self._there: Optional[int] = None

    def read(self, function: 'Lambda') -> None:
        """What is reserved, by GetFunctionConcurrency."""
        self._there = function.concurrency()

    def changes(self) -> tuple[Deploy_Change, ...]:
        """From a number to another, '' for none."""
        if self._there == self.reserved:
            return ()
        return (Deploy_Change('reserved concurrency', _text(self._there), _text(self.reserved)),)

    def apply(self, function: 'Lambda') -> None:
        """Reserve so many, or none."""
        if self.reserved is None:
            function.concurrency_delete()
        else:
            function.concurrency_set(self.reserved)


def _text(reserved: Optional[int]) -> str:
    return '' if reserved is None else str(reserved)
