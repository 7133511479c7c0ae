import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Rie_Difference:
    """In what the emulator differs from the local cloud, and the fact that explains it.

    Shapes : pattern and becomes, as re.sub takes them, turn what the emulator says into what the local cloud says;
             where is 'log' or 'payload'.
    """

    where: str
    pattern: str
    becomes: str
    fact: str

    def applied(self, where: str, text: str) -> str:
        """What the emulator says there, as ours."""
        return re.sub(self.pattern, self.becomes, text, flags=re.DOTALL) if where == self.where else text
