from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Optional

from osbot_lambda.schemas.Aws__Table import Aws__Table


class Listing:
    """A list of dicts as it is, or as a dict of them by one of their keys.

        Listing.of(functions, index_by='FunctionName')['my-function']

    Shapes : index_by gives {value: the last item that has it}, group_by {value: [items]}, both {value of group_by:
             {value of index_by: item}}. An item without the key is under None; a value that can't be a key is its text.
    Errors : ValueError for a key that no item has, naming those that they have.
    """

    @classmethod
    def of(
        cls, items: Iterable[Mapping[str, Any]], index_by: Optional[str] = None, group_by: Optional[str] = None
    ) -> Any:
        """A list when neither is given, else a dict."""
        found = Aws__Table(items)
        for key in (index_by, group_by):
            cls._check(found, key)
        if group_by is None:
            return cls._indexed(found, index_by)
        groups: dict[Hashable, Aws__Table] = {}
        for item in found:
            groups.setdefault(cls._value(item, group_by), Aws__Table()).append(item)
        return {value: cls._indexed(group, index_by) for value, group in groups.items()}

    @classmethod
    def _indexed(cls, items: list[Mapping[str, Any]], index_by: Optional[str]) -> Any:
        return items if index_by is None else {cls._value(item, index_by): item for item in items}

    @staticmethod
    def _value(item: Mapping[str, Any], key: str) -> Hashable:
        value = item.get(key)
        return value if isinstance(value, Hashable) else str(value)

    @staticmethod
    def _check(items: list[Mapping[str, Any]], key: Optional[str]) -> None:
        if key is None or not items or any(key in item for item in items):
            return
        known = sorted({name for item in items for name in item})
        raise ValueError(f'none of the {len(items)} items has {key!r}; they have {", ".join(known)}')
