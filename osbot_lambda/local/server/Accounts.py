from collections.abc import Callable
from typing import Optional


class Accounts:
    """Whose account an access key is.

    Twelve digits name the account themselves; a key made by IAM or STS belongs to the account that made it; any other
    key, and none at all, is the default account's.

    Shapes : known_key(access_key) -> the account of a key that IAM or STS made, else None.
    """

    DEFAULT = '000000000000'

    def __init__(self, known_key: Callable[[str], Optional[str]]):
        self.known_key = known_key

    def of(self, access_key: str) -> str:
        """The 12-digit account id."""
        if not access_key:
            return self.DEFAULT
        if len(access_key) == 12 and access_key.isascii() and access_key.isdigit():
            return access_key
        return self.known_key(access_key) or self.DEFAULT
