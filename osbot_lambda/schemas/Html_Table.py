from collections.abc import Mapping, Sequence
from typing import Any, Self

CELL = 'text-align: left; vertical-align: top'
LONGEST_TEXT = 10_000  # characters; a notebook keeps what it shows


class Html_Table:
    """A table for notebooks. All of its text is escaped.

    Shapes : a cell is anything with a str(); None is an empty one, and text of several lines keeps them.
    """

    def __init__(self, caption: str = '', headings: Sequence[str] = ()):
        self.caption, self.headings = caption, headings
        self.rows: list[tuple[Any, ...]] = []

    @classmethod
    def of_facts(cls, caption: str, facts: Mapping[str, Any]) -> Self:
        """A line for each fact, its name before it; those that are None, '' or empty are left out."""
        table = cls(caption)
        for name, value in facts.items():
            if value is not None and value != '' and value != [] and value != ():
                table.add(name, value)
        return table

    def add(self, *cells: Any) -> Self:
        """One row more."""
        self.rows.append(cells)
        return self

    def html(self) -> str:
        """<table>…</table>."""
        parts = [f'<caption style="{CELL}"><b>{self._escaped(self.caption)}</b></caption>'] if self.caption else []
        if self.headings:
            parts.append(self._row('th', self.headings))
        parts += [self._row('td', row) for row in self.rows]
        return f'<table>{"".join(parts)}</table>'

    def _row(self, tag: str, cells: Sequence[Any]) -> str:
        return f'<tr>{"".join(f"""<{tag} style="{CELL}">{self._cell(cell)}</{tag}>""" for cell in cells)}</tr>'

    def _cell(self, cell: Any) -> str:
        text = '' if cell is None else str(cell)
        if len(text) > LONGEST_TEXT:
            text = f'{text[:LONGEST_TEXT]}… ({len(text) - LONGEST_TEXT:,} characters more)'
        return f'<pre>{self._escaped(text)}</pre>' if '\n' in text else self._escaped(text)

    @staticmethod
    def _escaped(text: str) -> str:
        from html import escape

        return escape(text)
