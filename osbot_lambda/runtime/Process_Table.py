"""Who is whose child on this machine."""

import os
from collections import defaultdict


class Process_Table:
    """Who is whose child on this machine, at the moment when this is made (Linux; elsewhere it is empty)."""

    def __init__(self) -> None:
        self._children: dict[int, list[int]] = defaultdict(list)
        names = os.listdir('/proc') if os.path.isdir('/proc') else []
        for pid in [int(name) for name in names if name.isdigit()]:
            try:
                with open(f'/proc/{pid}/stat', 'rb', buffering=0) as stat:
                    parent = int(stat.read(1024).rpartition(b')')[2].split()[1])
            except OSError:  # it has ended
                continue
            self._children[parent].append(pid)

    def descendants(self, pid: int) -> list[int]:
        """The children of that process, theirs, and so on."""
        found = list(self._children.get(pid, ()))
        for child in found:
            found += self._children.get(child, ())
        return found
