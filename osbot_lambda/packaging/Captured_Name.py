from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Captured_Name:
    """One name of a REPL or notebook, written as source."""

    text: str
    is_import: bool = False
    is_value: bool = False
    uses: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()  # of these, the names used only when it is called
