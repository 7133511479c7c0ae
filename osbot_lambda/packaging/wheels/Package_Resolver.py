import threading
import time
from pathlib import Path
from typing import ClassVar, Optional

from osbot_lambda.errors import Packaging__Install_Failed
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.wheels.Resolution import Resolution
from osbot_lambda.packaging.wheels.Resolution_Cache import Resolution_Cache
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set
from osbot_lambda.schemas.Progress import Progress


class Package_Resolver:
    """Finds the wheels of packages and of what they need, for a Lambda runtime and not for this machine.

        resolver = Package_Resolver(Lambda_Platform('python3.12', 'arm64'))
        resolver.resolve(Requirement_Set(('requests>=2', 'pydantic[email]'))).names()

    Shapes : of each package the wheel that fits best, by the tags that the runtime's glibc has.
    Errors : Packaging__No_Wheel, Packaging__Install_Failed, Packaging__Hash_Mismatch.
    Note   : uv where it is, else pip; the settings of either hold. What has no wheel is built of its source, and taken
             when it is pure Python. A resolution is kept: where all versions are pinned for good, else for a day, and
             past that when the index can't be reached.
    """

    _busy: ClassVar[dict[str, threading.Lock]] = {}  # by key: threads that want the same wait for the first

    def __init__(
        self,
        platform: Lambda_Platform,
        cache: Optional[Package_Cache] = None,
        progress: Progress = Progress(),  # noqa: B008  it has no state
    ):
        self.platform, self.cache, self.progress = platform, cache or Package_Cache(), progress

    def resolve(self, wanted: Requirement_Set, refresh: bool = False) -> Wheel_Set:
        """The wheels, in our cache; refresh asks the index, whatever is kept."""
        if not wanted.requirements:
            return Wheel_Set(self.platform)
        kept = Resolution_Cache(self.platform, self.cache)
        key = kept.key(wanted)
        with self._busy.setdefault(key, threading.Lock()):
            before = None if refresh else kept.load(key)
            if before is not None and before.is_current(time.time()):
                found = self._again(before, wanted, kept, key)
                if found is not None:
                    return found
            try:
                return self._anew(wanted, kept, key)
            except Packaging__Install_Failed as error:
                found = self._unreachable(error, before, wanted, kept, key)
                if found is None:
                    raise
                return found

    def _again(
        self, before: Resolution, wanted: Requirement_Set, kept: Resolution_Cache, key: str
    ) -> Optional[Wheel_Set]:
        """From the cache; what is missing there is fetched. None when that doesn't do."""
        wheels = before.wheels(self.cache)
        if wheels is None:
            from tempfile import TemporaryDirectory

            from osbot_lambda.packaging.wheels.Wheel_Fetch import Wheel_Fetch

            with TemporaryDirectory(prefix='osbot-lambda-resolve-') as work:
                fetch = Wheel_Fetch(self.platform, self.cache, Path(work), wanted.index_options, self.progress)
                try:
                    wheels = fetch.wheels(before.links)
                except Packaging__Install_Failed:
                    return None
            kept.save(key, before, wheels)
        return self._set(wheels, before)

    def _anew(self, wanted: Requirement_Set, kept: Resolution_Cache, key: str) -> Wheel_Set:
        from tempfile import TemporaryDirectory

        from osbot_lambda.packaging.wheels.Resolve_Run import Resolve_Run

        with TemporaryDirectory(prefix='osbot-lambda-resolve-') as work:
            run = Resolve_Run(wanted, self.platform, self.cache, Path(work).resolve(), self.progress)
            found, wheels = run.resolve()
        kept.save(key, found, wheels)
        return self._set(wheels, found)

    def _unreachable(
        self,
        error: Packaging__Install_Failed,
        before: Optional[Resolution],
        wanted: Requirement_Set,
        kept: Resolution_Cache,
        key: str,
    ) -> Optional[Wheel_Set]:
        import logging

        from osbot_lambda.packaging.wheels.Install_Error import Install_Error

        if before is None or not Install_Error.is_unreachable(error):
            return None
        found = self._again(before, wanted, kept, key)
        if found is not None:
            days = (time.time() - before.made) / 86400
            logging.getLogger('osbot_lambda').warning(
                'no package index can be reached; what was found %.0f days ago is used: %s', days, error
            )
        return found

    def _set(self, wheels: list[Wheel_File], found: Resolution) -> Wheel_Set:
        return Wheel_Set(self.platform, tuple(sorted(wheels, key=lambda wheel: wheel.name)), found.left_out)
