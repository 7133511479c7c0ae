from collections.abc import Iterator, Sequence
from pathlib import Path

from osbot_lambda.archive.Package_Ignore import Package_Ignore


class Folder_Files:
    """The files of a folder that belong in a zip, in one order on every machine.

    Shapes : ignore are fnmatch patterns, for a name or for the path inside the folder. Caches, version control and
             .env files are left out in any case. Links are followed only inside of the folder.
    """

    def __init__(self, folder: Path, ignore: Sequence[str] = ()):
        self.folder, self.ignore = folder, tuple(ignore)
        self._root = folder.resolve()

    def __iter__(self) -> Iterator[tuple[str, Path]]:
        """(path inside the folder with '/', file), sorted."""
        return self._inside(self.folder, '', (self._root,))

    def _inside(self, here: Path, prefix: str, above: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
        for entry in sorted(here.iterdir()):
            path = prefix + entry.name
            if Package_Ignore.always(entry.name) or Package_Ignore.matches(entry.name, path, self.ignore):
                continue
            real = entry.resolve()
            if entry.is_symlink() and not real.is_relative_to(self._root):
                continue
            if entry.is_dir():
                if real not in above:  # a link to a folder that it is in
                    yield from self._inside(entry, f'{path}/', (*above, real))
            elif entry.is_file():
                yield path, entry
