from dataclasses import dataclass, field
from typing import Any, Optional


@dataclass(frozen=True, slots=True)
class Target_Start:
    """What was seen of one start of a function, in the Python of its runtime.

    Shapes : answer is what start_in_target.py wrote down, None when the process ended before; exit_code as
             subprocess's; stack is where it was when it crashed or was too slow; output is what it printed. Files in
             here are named as on Lambda, '/var/task/app.py'.
    Units  : seconds of the whole process.
    """

    answer: Optional[dict[str, Any]]
    exit_code: int
    stack: str = field(repr=False, default='')
    output: str = field(repr=False, default='')
    seconds: float = 0.0
