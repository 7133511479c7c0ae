from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Package_Entry:
    """One file of a package."""

    path: str  # in the zip
    data: bytes
    executable: bool
    origin: str  # where it comes from, for messages
    why: str = ''  # 'added by add_file'
    distribution: str = ''  # the name of the one that it belongs to; '' for the user's own code
