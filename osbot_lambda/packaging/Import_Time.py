from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Import_Time:
    """A module that was loaded at a start, and how long it took.

    Shapes : distribution is 'numpy'; 'your code', 'Lambda runtime' (boto3 and what it needs) or 'Python'.
    Units  : self_ms is the module alone, total_ms also what it was the first to import; milliseconds.
    """

    module: str
    distribution: str
    self_ms: float
    total_ms: float
    depth: int  # how many modules were being loaded around it
