import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PROC = Path('/proc')


@dataclass(frozen=True, slots=True)
class Left_Behind:
    """What there is of a local cloud on the machine: to be the same before and after.

    Shapes : processes, threads, descriptors and mounts are counted, and the folders below the cloud's own.
    Source : proc(5).
    """

    processes: int
    threads: int
    descriptors: int
    folders: int
    mounts: int

    @classmethod
    def of(cls, pid: int, folder: Path, function_prefix: str) -> Self:
        """Of the cloud with that pid, which has its files in folder. A process counts when it comes from the cloud's,
        or has the environment of a function with such a name."""
        process = PROC / str(pid)
        return cls(
            processes=len(cls._descendants(pid) | cls._of_functions(function_prefix)),
            threads=len(os.listdir(process / 'task')),
            descriptors=len(os.listdir(process / 'fd')),
            folders=sum(len(folders) for _, folders, _ in os.walk(folder)),
            mounts=(process / 'mounts').read_text().count('\n'),
        )

    @staticmethod
    def memory_mb(pid: int) -> float:
        """The resident memory of that process, MB."""
        pages = int((PROC / str(pid) / 'statm').read_text().split()[1])
        return pages * os.sysconf('SC_PAGE_SIZE') / 1e6

    @staticmethod
    def _descendants(pid: int) -> set[int]:
        children: dict[int, set[int]] = {}
        for stat in PROC.glob('[0-9]*/stat'):
            with contextlib.suppress(OSError):  # it ended meanwhile
                parent = int(stat.read_text().rpartition(')')[2].split()[1])
                children.setdefault(parent, set()).add(int(stat.parent.name))
        found, new = set(), {pid}
        while new:
            new = set().union(*(children.get(one, set()) for one in new)) - found
            found |= new
        return found

    @staticmethod
    def _of_functions(prefix: str) -> set[int]:
        found, wanted = set(), b'\0AWS_LAMBDA_FUNCTION_NAME=' + prefix.encode()
        for environ in PROC.glob('[0-9]*/environ'):
            with contextlib.suppress(OSError):  # it ended meanwhile, or is another user's
                if wanted in b'\0' + environ.read_bytes():
                    found.add(int(environ.parent.name))
        return found
