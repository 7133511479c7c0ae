from dataclasses import dataclass, field
from typing import Optional, Self

from osbot_lambda.errors import Import_Check__Failed
from osbot_lambda.packaging.Import_Failure import Import_Failure


@dataclass(frozen=True, slots=True)
class Import_Check_Result:
    """What a check of a package's imports has found.

    Shapes : skipped says why nothing could be found out, '' when something was; connections are what the code tried to
             reach while it was imported; output is what it printed.
    Units  : seconds is the import alone, on this machine.
    """

    handler: str
    platform: str
    failure: Optional[Import_Failure] = None
    skipped: str = ''
    connections: tuple[str, ...] = ()
    seconds: float = 0.0
    output: str = field(default='', repr=False)

    @property
    def ok(self) -> bool:
        """It was imported, and the function is there."""
        return not self.skipped and self.failure is None

    @property
    def warning(self) -> str:
        """What isn't certain to fail on Lambda, and why nothing was checked; '' when there is neither."""
        if self.skipped:
            return f'the imports of {self.handler} were not checked: {self.skipped}'
        if self.failure is not None and not self.failure.certain:
            return self.failure.message
        return ''

    def check(self) -> Self:
        """Import_Check__Failed when the function can't start on Lambda."""
        if self.failure is not None and self.failure.certain:
            failure = self.failure
            raise Import_Check__Failed(
                self.handler,
                self.platform,
                failure.kind,
                failure.module,
                failure.file,
                failure.line,
                failure.message,
                failure.traceback,
            )
        return self

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        if self.skipped:
            return self.warning
        if self.failure is None:
            return f'{self.handler} imports on {self.platform} ({self.seconds * 1000:.0f} ms here)'
        return '\n'.join(filter(None, (self.failure.message, self.failure.traceback.rstrip())))
