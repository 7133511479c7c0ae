import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import ClassVar, Optional, Self, TypeVar

from osbot_lambda.aws.Wait import Wait
from osbot_lambda.errors import Aws__Conflict, Aws__Error, Aws__Invalid, Aws__Throttled, Wait__Timeout

T = TypeVar('T')


class Deadline:
    """One time limit for all that is done in its `with` block, by the thread that is in it.

        with Deadline(300):
            function.configuration_update(Timeout=5)

    The waits of Lambda functions end with it, and a call that AWS refuses for the moment (too many calls, another
    update in progress, a role that was just made or changed) is made again until then.

    Units  : seconds.
    Errors : Wait__Timeout names the state that was waited for; of a call that is still refused in the end its own
             error, Aws__Throttled or Aws__Conflict, which says for how long.
    """

    NEW_ROLE = 60.0  # IAM takes 5 to 20 s to tell Lambda of a change (measured by many; AWS gives no number)

    _current: ClassVar[ContextVar[Optional['Deadline']]] = ContextVar('deadline', default=None)

    def __init__(self, seconds: float, advice: str = ''):
        self.seconds, self.advice = seconds, advice
        self._end = time.monotonic() + seconds
        self._role_is_new_until = 0.0
        self._tokens: list[Token] = []

    def __enter__(self) -> Self:
        self._tokens.append(self._current.set(self))
        return self

    def __exit__(self, *_: object) -> None:
        self._current.reset(self._tokens.pop())

    @classmethod
    def current(cls) -> Optional['Deadline']:
        """The one whose block this is; None outside of any."""
        return cls._current.get()

    @classmethod
    def seconds_or(cls, otherwise: float) -> float:
        """What is left of the current one; `otherwise` outside of any."""
        current = cls.current()
        return otherwise if current is None else current.left()

    @classmethod
    def role_changed(cls) -> None:
        """A function's role was made or changed just now: Lambda comes to know of it later. Outside of any, nothing.

        Deadline.role_changed()"""
        current = cls.current()
        if current is not None:
            current._role_is_new_until = time.monotonic() + cls.NEW_ROLE

    @classmethod
    def timeout(cls, resource: str, wanted: str, seen: str, otherwise: float) -> Wait__Timeout:
        """The error for what didn't come in time; `otherwise` says how long that was, outside of any."""
        current = cls.current()
        if current is None:
            return Wait__Timeout(resource, wanted, seen, otherwise)
        return Wait__Timeout(resource, wanted, seen, current.seconds, current.advice)

    def left(self) -> float:
        """What is left, 0 at the least."""
        return max(0.0, self._end - time.monotonic())

    def call(self, call: Callable[[], T]) -> T:
        """The call, made again while AWS refuses it for the moment."""
        refused: list[Aws__Error] = []

        def attempt() -> Optional[tuple[T]]:
            try:
                return (call(),)
            except Aws__Error as error:
                if not (self.passes(error) or (self.role_is_new and self.is_about_the_role(error))):
                    raise
                refused.append(error)
                return None

        answer = Wait(self.left(), longest_pause=5).until(attempt)
        if answer is None:
            raise self._for_so_long(refused[-1]) from refused[-1]
        return answer[0]

    def _for_so_long(self, error: Aws__Error) -> Aws__Error:
        return type(error)(
            f'{error.message} (for {self.seconds:g} s now){f". {self.advice}" if self.advice else ""}',
            service=error.service,
            operation=error.operation,
            resource=error.resource,
            code=error.code,
            status=error.status,
            request_id=error.request_id,
        )

    @property
    def role_is_new(self) -> bool:
        """Whether Lambda may not know yet what role_changed() was called for."""
        return time.monotonic() < self._role_is_new_until

    @staticmethod
    def is_about_the_role(error: Aws__Error) -> bool:
        """Whether AWS refused because of the function's role: it can't be assumed, or lacks a permission."""
        if not isinstance(error, Aws__Invalid):
            return False
        text = error.message.lower()
        about = ('cannot be assumed', 'does not have permissions', 'valid principal')  # the last: InvalidArnException
        return any(words in text for words in about) and ('role' in text or 'principal' in text)

    @staticmethod
    def passes(error: Aws__Error) -> bool:
        """Whether AWS may take the same call a moment later."""
        if isinstance(error, Aws__Throttled):
            return True
        text = error.message.lower()
        return isinstance(error, Aws__Conflict) and (
            'cannot be performed at this time' in text or 'in progress' in text
        )
