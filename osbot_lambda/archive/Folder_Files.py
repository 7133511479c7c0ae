from collections.abc import Iterator, Sequence
from pathlib import Path

from osbot_lambda.archive.Package_Ignore import Package_Ignore


class Folder_Files:
    """The files of a folder that belong in a zip, in one order on every machine.

    Shapes : ignore are fnmatch patterns, for a name or for the path inside the folder. Caches, version control,
             virtual environments, .env files and keys by their name (.netrc, id_rsa, .aws …) are left out in any case.
             Links are followed only inside of the folder. left_out is {path: reason}, filled while iterating.
    """

    def __init__(self, folder: Path, ignore: Sequence[str] = ()):
        self.folder, self.ignore = folder, tuple(ignore)
        self.left_out: dict[str, str] = {}
        self._root = folder.resolve()

    def __iter__(self) -> Iterator[tuple[str, Path]]:
        """(path inside the folder with '/', file), sorted."""
        self.left_out = {}
        return self._inside(self.folder, '', (self._root,))

    def _inside(self, here: Path, prefix: str, above: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
        for entry in sorted(here.iterdir()):
            path = prefix + entry.name
            reason = Package_Ignore.always(entry.name)
            if not reason and Package_Ignore.matches(entry.name, path, self.ignore):
                reason = 'ignored'
            real = entry.resolve()
            if not reason and entry.is_symlink() and not real.is_relative_to(self._root):
                reason = 'a link out of the folder'
            if not reason and entry.is_dir():
                if Package_Ignore.is_environment(entry):
                    reason = 'a virtual environment'
                elif real not in above:  # else a link to a folder that it is in
                    yield from self._inside(entry, f'{path}/', (*above, real))
            elif not reason and entry.is_file():
                yield path, entry
            if reason:
                self.left_out[f'{path}/' if entry.is_dir() else path] = reason
