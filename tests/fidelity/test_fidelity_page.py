import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fidelity.Fidelity_Page import PAGE, Fidelity_Page
from tests.fidelity.Fidelity_Row import Fidelity_Row

ROOT = Path(__file__).parents[2]
WHOLE = {'aws': 'does it', 'ours': 'as AWS', 'source': 'S lambda_errors', 'kind': 'recorded'}


class test_fidelity_page:
    def test_it_is_what_the_marks_say(self):
        done = subprocess.run(
            [sys.executable, '-m', 'tests.fidelity', '--print'],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith('PYTEST_')},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout == PAGE.read_text(), 'write it anew: python -m tests.fidelity'

    def test_a_row_stands_in_its_chapter_and_among_the_differences(self):
        same, other = Fidelity_Row('one', **WHOLE), Fidelity_Row('two', **{**WHOLE, 'ours': 'a | b', 'kind': 'assumed'})
        text = Fidelity_Page(
            {same: {'tests/runtime/test_Worker.py::test_Worker'}, other: {'tests/local/x/test_Tag.py::test_Tag'}}
        ).text()
        differences, environment, control = text.split('\n## ')[-3:]
        assert '2 behaviours: 1 recorded, 0 documented, 1 assumed' in differences
        assert '| one |' not in differences
        assert '| two | does it | a \\| b | assumed | S lambda_errors | `test_Tag` |' in differences
        assert environment.startswith('Execution environment\n')
        assert '| one | does it | as AWS | recorded | S lambda_errors | `test_Worker` |' in environment
        assert control.startswith('Control plane\n')
        assert '| two |' in control


class test_Fidelity_Row:
    @pytest.mark.parametrize(
        ('args', 'changes'),
        [
            ((), {}),
            (('one', 'two'), {}),
            (('one',), {'kind': 'proved'}),
            (('one',), {'source': 'somebody'}),
            (('one',), {'source': 'K'}),
            (('one',), {'more': 1}),
        ],
        ids=['no name', 'two names', 'no such kind', 'no such source', 'recorded without a record', 'more'],
    )
    def test_a_mark_that_is_not_whole_is_refused(self, args, changes):
        with pytest.raises(ValueError, match=r'\w'):
            Fidelity_Row.of(args, {**WHOLE, **changes})

    def test_of_a_whole_mark(self):
        row = Fidelity_Row.of(('one',), WHOLE)
        assert (row.behaviour, row.kind, row.differs) == ('one', 'recorded', False)
