from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osbot_lambda.aws.lambda_.Lambda import Lambda
    from osbot_lambda.deploy.Deploy_Change import Deploy_Change


class Deploy_Part:
    """One kind of thing beside code and configuration, that the user named: tags, concurrency, URL, triggers.

    A deploy reads it, plans it, and applies it when it has changes; in the order of `order`.

    Shapes : a subclass has `order` (10 tags, 20 concurrency, 30 URL, 40 triggers), and assigns to itself what read()
             found. Each deploy has a shallow copy of it, which nothing was read into yet.
    Errors : Aws__Error.
    """

    order: int = 0

    def read(self, function: 'Lambda') -> None:
        """Find what there is, with one call at the most; only of a function that is there, and before changes()."""
        raise NotImplementedError

    def changes(self) -> 'tuple[Deploy_Change, ...]':
        """What is to change, from what read() found; of a new function, for which it isn't called, all of it."""
        raise NotImplementedError

    def apply(self, function: 'Lambda') -> None:
        """Carry it out. It may run again after it was cut off anywhere."""
        raise NotImplementedError

    def of_create(self) -> dict[str, Any]:
        """What CreateFunction itself takes of it, by AWS's names; then apply() isn't called for a new function."""
        return {}
