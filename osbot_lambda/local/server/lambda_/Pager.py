from collections.abc import Callable, Sequence
from typing import Any, Generic, Optional, TypeVar

T = TypeVar('T')


class Pager(Generic[T]):
    """Cuts a list into the pages of a List… operation (Marker, MaxItems).

    Shapes : key gives each item's text to order by; a marker is the key at which the next page starts, so items that
             come or go between two pages move nothing.
    """

    def __init__(self, items: Sequence[T], key: Callable[[T], str], most: int = 50):
        self.items, self.key, self.most = sorted(items, key=key), key, most

    def page(self, params: dict[str, Any]) -> tuple[list[T], Optional[str]]:
        """The items of the page that params ask for, and the marker of the next one (None at the end)."""
        size = min(params.get('MaxItems') or self.most, self.most)
        marker = params.get('Marker') or ''
        rest = [item for item in self.items if self.key(item) >= marker]
        return rest[:size], self.key(rest[size]) if len(rest) > size else None
