import re
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform

if TYPE_CHECKING:
    from packaging.markers import Marker

EXTRA = re.compile(
    r"""\bextra\s*(?P<op>==|!=)\s*(["'])(?P<name>.*?)\2 | (["'])(?P<name2>.*?)\4\s*(?P<op2>==|!=)\s*extra\b""", re.X
)
TRUE, FALSE = "os_name == 'posix'", "os_name != 'posix'"


class Marker_Check:
    """Holds environment markers against a Lambda runtime, not against this machine.

    Shapes : marker is the text behind the ';' of a requirement, '' always holds. extras and groups are those asked for.
    Errors : ValueError for what is no marker.
    Source : PEP 508; PEP 751 for `'x' in extras`; uv writes several extras into one marker, which PEP 508 can't say.
    """

    def __init__(self, platform: Lambda_Platform):
        self.platform = platform
        self._environment = platform.markers()

    def holds(self, marker: str, extras: Collection[str] = (), groups: Collection[str] = ()) -> bool:
        """Does it hold?"""
        if not marker:
            return True
        wanted = {self._normal(extra) for extra in extras}

        def told(found: re.Match[str]) -> str:
            is_wanted = self._normal(found['name'] or found['name2'] or '') in wanted
            return TRUE if is_wanted == ((found['op'] or found['op2']) == '==') else FALSE

        told_extras: dict[str, str | frozenset[str]] = {
            'extras': frozenset(wanted),
            'dependency_groups': frozenset(groups),
        }
        environment = {**self._environment, **told_extras}
        return _parsed(EXTRA.sub(told, marker)).evaluate(environment, context='lock_file')

    @staticmethod
    def _normal(name: str) -> str:
        return re.sub(r'[-_.]+', '-', name).lower()


@lru_cache(maxsize=1024)
def _parsed(marker: str) -> 'Marker':
    from packaging.markers import Marker

    return Marker(marker)
