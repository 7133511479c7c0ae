from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.fidelity.Fidelity_Row import KINDS, Fidelity_Row

PAGE = Path(__file__).parents[2] / 'docs' / 'reference' / 'fidelity.md'

ENVIRONMENT, CONTROL_PLANE = 'Execution environment', 'Control plane'

# The chapters, and the words one of which is in 'path/of/test_file.py::test_class' for a row there; else it is in the
# chapter of its folder.
CHAPTERS = {
    ENVIRONMENT: ('python_versions', 'Bundled_Packages', 'frameworks'),
    'Invoking': ('Invoke_Operation', 'Invoker__values', 'Function_Runner', 'test_using_an_alias'),
    'Errors of functions': ('Invoker__errors', 'Invoker__init'),
    'Logs': ('Log', 'Platform_Text', 'Environment__log'),
    'Concurrency': ('Concurrency', 'Provisioned', 'Environment__Pool'),
    'Event invokes, destinations and what other services send': (
        'Async',
        'Event_Invoke',
        'Destination',
        'Lineage',
        'Moto_Events',
    ),
    'Queues': ('event_sources', 'sqs'),
    CONTROL_PLANE: (),
}

HEAD = """\
# How near the local cloud is to Lambda

Each row is a behaviour of Lambda that a test of ours holds the local cloud against, and this page is made from those
tests: `python -m tests.fidelity` writes it, and a test fails when it is not what they say.

| mark | |
|---|---|
| recorded | the test compares with what Lambda has answered |
| documented | AWS's documentation, its service model or the source of its runtime client says so |
| assumed | from experience, or there was nothing to go by |

A source is `S` a recorded answer of Lambda, `R` the source of AWS's runtime client, `B` botocore's service model, `D` a
page of AWS's documentation, `I` an issue that quotes Lambda, `K` experience.

Beside these, `tests/local/test_Rie_differences.py` runs some fifty handlers on the local cloud and on AWS's Runtime
Interface Emulator, and compares payloads and log lines; `tests/local/test_frameworks.py` runs Powertools, FastAPI by
Mangum, and pydantic from a layer.

## What there is not

- The processor's share doesn't depend on MemorySize, and functions reach the network as this machine does: a VpcConfig
  is kept, and does nothing.
- IAM policies of callers and of function roles aren't evaluated.
- Functions of arm64 run on this machine's own architecture; those of container images and in other languages don't run.
- SnapStart, extensions, the Telemetry API and X-Ray: kept as settings at most.
"""


class Fidelity_Page:
    """docs/reference/fidelity.md: rows, by chapter, with those first in which we do otherwise.

    Shapes : {row: its tests, as 'path/of/test_file.py::test_class'}.
    """

    def __init__(self, rows: Mapping[Fidelity_Row, Iterable[str]]):
        self.rows = {row: sorted(tests) for row, tests in rows.items()}

    def text(self) -> str:
        """The page."""
        counts = [sum(row.kind == kind for row in self.rows) for kind in KINDS]
        counted = ', '.join(f'{number} {kind}' for number, kind in zip(counts, KINDS, strict=True))
        differences = sorted((row for row in self.rows if row.differs), key=lambda row: row.behaviour.lower())
        parts = [HEAD, f'## Known differences\n\n{len(self.rows)} behaviours: {counted}. In these we do otherwise:\n']
        parts.append(self._table(differences))
        for chapter in CHAPTERS:
            rows = [row for row in self.rows if self._chapter(self.rows[row][0]) == chapter]
            if rows:
                parts += [f'\n## {chapter}\n', self._table(rows)]
        return '\n'.join(parts) + '\n'

    @staticmethod
    def _chapter(test: str) -> str:
        found = [chapter for chapter, words in CHAPTERS.items() if any(word in test for word in words)]
        return found[0] if found else ENVIRONMENT if 'tests/runtime' in test else CONTROL_PLANE

    def _table(self, rows: Iterable[Fidelity_Row]) -> str:
        lines = ['| behaviour | Lambda | here | mark | source | test |', '|---|---|---|---|---|---|']
        for row in rows:
            tests = ', '.join(f'`{Path(test.partition("::")[0]).stem}`' for test in self.rows[row])
            cells = [row.behaviour, row.aws, row.ours, row.kind, row.source, tests]
            lines.append(f'| {" | ".join(cell.replace("|", chr(92) + "|") for cell in cells)} |')
        return '\n'.join(lines)
