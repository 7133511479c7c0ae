from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deploy_Change:
    """One thing that a deploy changes, or has changed."""

    what: str  # 'function', 'code', 'role', a setting by AWS's name ('MemorySize'), or what a part says ('tags')
    old: str  # '' when there was none; of environment variables the names only
    new: str

    def __str__(self) -> str:
        return f'{self.what}: {self.old or "(none)"} → {self.new or "(none)"}'
