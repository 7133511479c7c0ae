from dataclasses import dataclass, field
from typing import Optional

from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.wheels.Wheel_Fetch import KIND, Wheel_Fetch
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File
from osbot_lambda.packaging.wheels.Wheel_Link import Wheel_Link

DAY = 86400


@dataclass(frozen=True, slots=True)
class Resolution:
    """What some requirements were resolved to, before.

    Shapes : made is a time (Unix); lasting: no version in it was left open; seen are size and mtime (ns) of each wheel
             in the cache, by name.
    """

    links: tuple[Wheel_Link, ...]
    left_out: tuple[str, ...] = ()
    made: float = 0
    lasting: bool = False
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def is_current(self, now: float) -> bool:
        """For a day, where an index may have newer versions by then."""
        return self.lasting or 0 <= now - self.made < DAY

    def wheels(self, cache: Package_Cache) -> Optional[list[Wheel_File]]:
        """The wheels, when all of them are in the cache, as they were."""
        found = []
        for link in self.links:
            path = cache.get(KIND, Wheel_Fetch.key(link))
            if path is None:
                return None
            stat = path.stat()
            if (stat.st_size, stat.st_mtime_ns) != self.seen.get(link.name) and Wheel_Fetch.sha256(path) != link.sha256:
                path.unlink(missing_ok=True)  # damaged since
                return None
            found.append(Wheel_File(link.name, link.version, path, link.sha256, link.built))
        return found
