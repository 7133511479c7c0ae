from typing import Any

from osbot_lambda.schemas.Html_Table import Html_Table

FIRST_COLUMNS = (  # those that say which, in this order; whatever else is there comes after
    'FunctionName',
    'LayerName',
    'Name',
    'Version',
    'Aliases',
    'Runtime',
    'Handler',
    'State',
    'MemorySize',
    'Timeout',
    'CodeSize',
    'LastModified',
    'CreatedDate',
    'Description',
)
MOST_COLUMNS = 8
MOST_ROWS = 500


class Aws__Table(list[Any]):
    """A list of what AWS answered, which a notebook shows as a table. In all else it is the list.

    Shapes : of items that are dicts, the table has the columns whose values are text or numbers: no environment
             variables, no policies.
    """

    def _repr_html_(self) -> str:
        caption = f'{len(self)} {"item" if len(self) == 1 else "items"}'
        if len(self) > MOST_ROWS:
            caption = f'the first {MOST_ROWS} of {caption}'
        columns = self._columns()
        table = Html_Table(caption, columns)
        for item in self[:MOST_ROWS]:
            table.add(*([item.get(column) for column in columns] if isinstance(item, dict) else [item]))
        return table.html()

    def _columns(self) -> list[str]:
        found = {key for item in self if isinstance(item, dict) for key, value in item.items() if _is_plain(value)}
        ordered = [column for column in FIRST_COLUMNS if column in found] + sorted(found - {*FIRST_COLUMNS})
        return ordered[:MOST_COLUMNS]


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) or hasattr(value, 'isoformat')
