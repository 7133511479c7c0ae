import contextlib
import io
from pathlib import Path
from typing import Any

import pytest

from tests.fidelity.Fidelity_Row import Fidelity_Row

ROOT = Path(__file__).parents[2]
FOLDERS = ('tests/runtime', 'tests/local')


class Fidelity_Marks:
    """The `fidelity` marks of all tests, found by pytest's own collection, which runs none of them.

    Shapes : rows {Fidelity_Row: its tests, as 'path/of/test_file.py::test_class'}, as they are collected; wrong, texts.
    """

    def __init__(self) -> None:
        self.rows: dict[Fidelity_Row, set[str]] = {}
        self.wrong: list[str] = []

    def collect(self) -> 'Fidelity_Marks':
        """Look for them, in this process: once, and before anything of the tests is imported."""
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = pytest.main(
                ['--collect-only', '-n0', '-p', 'no:cacheprovider', f'--rootdir={ROOT}', *FOLDERS], plugins=[self]
            )
        if code:
            self.wrong.append(output.getvalue())
        names: dict[str, Fidelity_Row] = {}
        for row in self.rows:
            if names.setdefault(row.behaviour, row) != row:
                self.wrong.append(f'{row.behaviour}: two tests say different things of it')
        return self

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """What pytest calls when it has found them all."""
        for item in items:
            for mark in item.iter_markers('fidelity'):
                try:
                    row = Fidelity_Row.of(mark.args, mark.kwargs)
                except (TypeError, ValueError) as error:
                    self.wrong.append(f'{item.nodeid}: {error}')
                else:
                    self.rows.setdefault(row, set()).add(item.nodeid.rpartition('::')[0])
