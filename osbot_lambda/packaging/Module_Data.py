from collections.abc import Container, Sequence
from pathlib import Path

from osbot_lambda.archive.Package_Ignore import Package_Ignore


class Module_Data:
    """The data files of a package, which come along with it, and what of its folder doesn't, with the reason.

    Shapes : files is {path in the zip: file}; left_out is {path in the zip: reason}, folders with '/' at their end.
             taken are the paths of the modules that are in the zip, packages the folders of those: they are walked by
             themselves. A folder with Python files in it is a package, not data.
    """

    def __init__(self, taken: Container[str], packages: Container[str], exclude: Sequence[str] = ()):
        self.taken, self.packages, self.exclude = taken, packages, exclude
        self.files: dict[str, Path] = {}
        self.left_out: dict[str, str] = {}

    def add_package(self, folder: Path, zip_folder: str) -> None:
        """One folder of a package."""
        real = folder.resolve()
        self._walk(folder, zip_folder, real, (real,))

    def _walk(self, folder: Path, zip_folder: str, top: Path, above: tuple[Path, ...]) -> None:
        for entry in sorted(folder.iterdir()):
            path = f'{zip_folder}/{entry.name}'
            if path in self.taken or path in self.packages:
                continue
            is_folder = entry.is_dir()
            reason = self._reason(entry, path, is_folder, top)
            if reason:
                self.left_out[f'{path}/' if is_folder else path] = reason
            elif is_folder:
                real = entry.resolve()
                if real not in above:  # else a link to a folder that it is in
                    self._walk(entry, path, top, (*above, real))
            elif entry.is_file():
                self.files[path] = entry

    def _reason(self, entry: Path, path: str, is_folder: bool, top: Path) -> str:
        pattern = Package_Ignore.chosen(path, self.exclude)
        if pattern is not None:
            return f'excluded by {pattern!r}'
        reason = Package_Ignore.not_data(entry.name) or Package_Ignore.secret(entry)
        if reason:
            return reason
        if entry.is_symlink():
            real = entry.resolve()
            if not real.is_relative_to(top):
                return 'a link out of the package'
            if real == top:
                return 'a link that leads back'
        if is_folder and Package_Ignore.is_environment(entry):
            return 'a virtual environment'
        return 'nothing imports it' if entry.suffix == '.py' or (is_folder and any(entry.glob('*.py'))) else ''
