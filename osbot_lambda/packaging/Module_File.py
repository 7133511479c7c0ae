from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True, slots=True)
class Module_File:
    """Where one module is on disk, found without importing it."""

    name: str  # dotted
    file: Optional[Path]  # the .py (a package's __init__.py) or extension module; None for a namespace package
    folders: tuple[Path, ...]  # of a package; a namespace package may have several
    root: Path  # the folder that is, or would be, on sys.path
    prefix: str = ''  # of the root in the zip: 'vendor/' for a folder there that the code puts on sys.path

    @property
    def is_package(self) -> bool:
        """Has it modules of its own below it?"""
        return bool(self.folders)

    @property
    def is_namespace(self) -> bool:
        """Is it a package without an __init__.py?"""
        return self.file is None

    @property
    def zip_path(self) -> str:
        """Its file's path in the zip: 'pkg/__init__.py', 'pkg/mod.py', 'pkg/fast.cpython-311-x86_64-linux-gnu.so'."""
        assert self.file is not None, f'{self.name} is a namespace package'
        *folders, last = self.name.split('.')
        if self.is_package:
            return self.prefix + '/'.join([*folders, last, self.file.name])
        # an editable install may have its file under another name
        name = self.file.name if self.file.name.startswith(f'{last}.') else last + self.file.suffix
        return self.prefix + '/'.join([*folders, name])
