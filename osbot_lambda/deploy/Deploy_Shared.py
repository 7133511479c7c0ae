from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Optional, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

    from osbot_lambda.aws.session.AWS_Session import AWS_Session

T = TypeVar('T')


class Deploy_Shared:
    """What several functions that are deployed together need alike: a role, a layer, resolved packages. The first that
    asks makes it, the others wait and have the same. A deploy by itself makes its own.

        arn = Deploy_Shared.once('role', name, session, lambda: IAM_Role(name, session).ensure_for__lambda())

    Errors : those of what makes it, to all that asked.
    Note   : which deploys belong together is known by the context of their threads, so that nobody hands it down.
    """

    _current: ClassVar[ContextVar[Optional['Deploy_Shared']]] = ContextVar('deploy_shared', default=None)

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: dict[Hashable, Future[Any]] = {}

    @contextmanager
    def used(self) -> Iterator[None]:
        """What this thread deploys in the block belongs together with what others do under the same object."""
        token = self._current.set(self)
        try:
            yield
        finally:
            self._current.reset(token)

    @classmethod
    def once(cls, kind: str, key: Hashable, session: Optional['AWS_Session'], make: Callable[[], T]) -> T:
        """What `make` returns, made once for each kind, key and, unless it is None, account and region."""
        current = cls._current.get()
        if current is None:
            return make()
        where = (session.target, session.account_id(), session.region_name) if session else None
        return current._once((kind, key, where), make)

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        from concurrent.futures import Future

        with self._lock:
            future = self._made.get(key)
            mine = future is None
            if future is None:
                future = self._made[key] = Future()
        if mine:
            try:
                future.set_result(make())
            except BaseException as error:
                future.set_exception(error)
                raise
        found: T = future.result()
        return found
