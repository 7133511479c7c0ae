import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from tests.local.Rie_Difference import Rie_Difference


@dataclass(frozen=True)
class Rie_Case:
    """A function, the events that it is invoked with one after the other, and in what the emulator differs from the
    local cloud.

    Shapes : code is app.py; events are JSON texts.
    """

    name: str
    code: str
    handler: str = 'app.handler'
    events: tuple[str, ...] = ('{}',)
    files: Mapping[str, str] = field(default_factory=dict)
    timeout: int = 3
    client_context: Optional[Mapping[str, Any]] = None
    variables: Mapping[str, str] = field(default_factory=dict)
    json_logs: bool = False
    differs: tuple[Rie_Difference, ...] = ()

    def sources(self) -> dict[str, str]:
        """The files of the function."""
        return {'app.py': textwrap.dedent(self.code).lstrip('\n'), **self.files}
