import shutil
import zipfile
from pathlib import Path

from benchmarks.Package_Build import PACKAGES
from benchmarks.Package_Maker import Package_Maker


class Package_Maker__Installer(Package_Maker):
    """An installer into a folder, the app beside it, and zipfile's deflate of all that, as many a build script does."""

    def __init__(self, name: str, folder: Path, command: list[str]):
        super().__init__(folder)
        self.name, self.command, self.target = name, command, folder / 'target'

    def forget(self) -> None:
        """The folder that is installed into."""
        shutil.rmtree(self.target, ignore_errors=True)

    def build(self) -> None:
        """What is installed already, the installer may leave as it is."""
        self.start(*self.command, '--target', str(self.target), *PACKAGES)
        shutil.copytree(self.app, self.target, dirs_exist_ok=True)
        with zipfile.ZipFile(self.zip, 'w', zipfile.ZIP_DEFLATED) as zipped:
            for file in sorted(self.target.rglob('*')):
                if file.is_file():
                    zipped.write(file, file.relative_to(self.target))
