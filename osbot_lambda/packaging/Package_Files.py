from collections.abc import Iterable, Mapping
from typing import Optional


class Package_Files(list[str]):
    """The paths in a package, sorted, with the reason for each; in all else the list.

        files = package.files()
        files.why('app/config.py')          # 'imported at app/main.py:3'
        files.why('numpy/__init__.py')      # 'of numpy==2.2.6, imported at app/sums.py:1'
        files.left_out                      # {'app/.env': 'may hold secrets'}
        print(files)                        # a table

    Shapes : left_out is {path, with a '/' at its end for a folder: reason}. str() and a notebook show the user's own
             files line by line, and each distribution as one.
    """

    def __init__(
        self,
        paths: Iterable[str],
        reasons: Mapping[str, str],
        left_out: Mapping[str, str],
        owners: Optional[Mapping[str, str]] = None,
        wanted: Optional[Mapping[str, str]] = None,
    ):
        super().__init__(sorted(paths))
        self._reasons, self._owners, self._wanted = dict(reasons), dict(owners or {}), dict(wanted or {})
        self.left_out = dict(sorted(left_out.items()))

    def why(self, path: str) -> str:
        """Why it is in the package; LookupError when it isn't."""
        if path not in self:
            about = self.left_out.get(path)
            raise LookupError(f'{path!r} is not in the package' + (f': {about}' if about else ''))
        reason, wanted = self._reasons.get(path, ''), self._why_wanted(self._owners.get(path, ''))
        return f'{reason}, {wanted}' if wanted else reason

    def __str__(self) -> str:
        rows = self._rows()
        width = max((len(name) for name, _ in rows), default=0)
        lines = [f'{name:<{width}}  {about}'.rstrip() for name, about in rows]
        out = [f'{name:<{width}}  {about}'.rstrip() for name, about in self.left_out.items()]
        return '\n'.join([*lines, *(['', 'left out:', *out] if out else [])])

    def _repr_html_(self) -> str:
        from osbot_lambda.schemas.Html_Table import Html_Table

        table = Html_Table(f'{len(self):,} files', ('in the package', 'why'))
        for row in self._rows():
            table.add(*row)
        left = Html_Table(f'{len(self.left_out):,} left out', ('left out', 'why'))
        for item in self.left_out.items():
            left.add(*item)
        return table.html() + (left.html() if self.left_out else '')

    def _rows(self) -> list[tuple[str, str]]:
        rows = [(path, self._reasons.get(path, '')) for path in self if not self._owners.get(path)]
        counts: dict[str, int] = {}
        for path in self:
            if owner := self._owners.get(path):
                counts[owner] = counts.get(owner, 0) + 1
        return rows + [(owner, self._about(owner, count)) for owner, count in sorted(counts.items())]

    def _about(self, owner: str, count: int) -> str:
        wanted = self._why_wanted(owner)
        return f'{count:,} {"file" if count == 1 else "files"}' + (f', {wanted}' if wanted else '')

    def _why_wanted(self, owner: str) -> str:
        return self._wanted.get(owner.partition('==')[0], '')
