import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set
from tests.archive.Made_Wheel import made_wheel


class Made_Wheels:
    """Wheels of files that a test names, and the set of them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.wheels: list[Wheel_File] = []

    def add(self, name: str, files: Mapping[str, str | bytes], version: str = '1.0', built: bool = False) -> Self:
        """A wheel with these files, its METADATA and an empty RECORD."""
        info = f'{name}-{version}.dist-info'
        contents = {path: data if isinstance(data, bytes) else data.encode() for path, data in files.items()}
        contents |= {f'{info}/METADATA': f'Name: {name}\nVersion: {version}\n'.encode(), f'{info}/RECORD': b''}
        file = self.folder / f'{name}-{version}-py3-none-any.whl'
        file.parent.mkdir(parents=True, exist_ok=True)
        made_wheel(file, contents)
        return self.given(file, name, version, built)

    def given(self, file: Path, name: str, version: str = '1.0', built: bool = False) -> Self:
        """A wheel that is there."""
        self.wheels.append(Wheel_File(name, version, file, hashlib.sha256(file.read_bytes()).hexdigest(), built))
        return self

    def set(self, runtime: str = 'python3.11', architecture: str = 'x86_64') -> Wheel_Set:
        """All of them."""
        wheels = tuple(sorted(self.wheels, key=lambda wheel: wheel.name))
        return Wheel_Set(Lambda_Platform(runtime, architecture), wheels)
