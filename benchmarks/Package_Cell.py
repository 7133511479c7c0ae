from collections.abc import Sequence
from dataclasses import dataclass

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform

WIDTHS = (15, 10, 6, 10, -6, -6, -6, 5, 8)  # of the columns; below 0 to the right
HEADINGS = ('package', 'runtime', 'for', 'version', 'MB', 'zipped', 'native', 'glibc', 'outcome')


@dataclass(frozen=True, slots=True)
class Package_Cell:
    """What became of one package on one platform, in the campaign.

    Shapes : requirement as it was asked for; outcome is 'imported', 'skipped' (not imported: it is for another machine,
             or there is no such Python here), 'refused' (as is right) or 'failed'; version is what it got; libraries
             is how many native libraries it has, glibc the x of the newest glibc 2.x that they need; about says more.
    Units  : unzipped and zipped are bytes.
    """

    requirement: str
    platform: Lambda_Platform
    outcome: str
    version: str = ''
    unzipped: int = 0
    zipped: int = 0
    libraries: int = 0
    glibc: int = 0
    about: str = ''

    @staticmethod
    def heading() -> str:
        """The names of the columns."""
        return Package_Cell._row(HEADINGS)

    def row(self) -> str:
        """A line of the table."""
        sizes = [f'{size / 1e6:.1f}' if size else '' for size in (self.unzipped, self.zipped)]
        native = [str(self.libraries or ''), f'2.{self.glibc}' if self.glibc else '']
        platform = [self.platform.runtime, self.platform.architecture]
        texts = self._row([self.requirement, *platform, self.version, *sizes, *native, self.outcome])
        return f'{texts}  {self.about}'.rstrip()

    @staticmethod
    def _row(texts: Sequence[str]) -> str:
        return '  '.join(f'{text:{"<>"[width < 0]}{abs(width)}}' for text, width in zip(texts, WIDTHS, strict=True))
