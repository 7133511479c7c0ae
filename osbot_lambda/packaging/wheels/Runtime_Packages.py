from collections.abc import Callable, Iterable, Sequence

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line

OWN = frozenset({'awslambdaric', 'boto3', 'botocore', 's3transfer', 'snapshot-restore-py'})
SHARED = frozenset({'jmespath', 'python-dateutil', 'simplejson', 'six', 'urllib3'})  # others need these, too
NEWEST = '1.9999'  # a boto3 newer than any: what forbids it wants a certain one


class Runtime_Packages:
    """Which packages stay out of a package because Lambda's Python runtimes bring them.

    boto3 and what belongs to it stay out, unless the user pinned them, or a package wants a certain version that the
    runtime may not have ('botocore<1.41'). What others may need too (urllib3) stays out when nothing that is kept
    needs it.

    Source : AWS "Building Lambda functions with Python", "Runtime-included SDK versions".
    """

    NAMES = OWN | SHARED

    def __init__(
        self, platform: Lambda_Platform, wanted: Sequence[Requirement_Line], pinned: Iterable[str], listed: bool
    ):
        """listed: as in a lock, each package is named, whoever needs it."""
        self._markers, self._pinned = platform.markers(), frozenset(pinned)
        optional = (self.NAMES if listed else OWN) - self._pinned
        self._roots = [(package.name, frozenset(package.extras)) for package in wanted if package.name not in optional]
        self._roots += [(name, frozenset()) for name in self._pinned]

    def needed(self, requires: Callable[[str], Sequence[str]]) -> set[str]:
        """The names that are kept, from what each package requires: lines of its metadata, with markers."""
        found: dict[str, frozenset[str]] = {}
        open_ones = [*self._roots]
        while open_ones:
            name, extras = open_ones.pop()
            if name in found and extras <= found[name]:
                continue
            found[name] = found.get(name, frozenset()) | extras
            for line in requires(name):
                open_ones += self._of_line(name, line, found[name])
        return {*found}

    def _of_line(self, parent: str, line: str, extras: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
        from packaging.requirements import InvalidRequirement, Requirement
        from packaging.utils import canonicalize_name

        try:
            need = Requirement(line)
        except InvalidRequirement:  # of old packages; the installer read it its own way
            return []
        marker = need.marker
        if marker is not None and not any(marker.evaluate({**self._markers, 'extra': one}) for one in ('', *extras)):
            return []
        name = canonicalize_name(need.name)
        certain = not need.specifier.contains(NEWEST, prereleases=True)
        if name in OWN - self._pinned and parent not in OWN and not certain:
            return []
        return [(name, frozenset(canonicalize_name(extra) for extra in need.extras))]
