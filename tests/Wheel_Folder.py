import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import pytest


class Wheel_Folder:
    """A folder of tiny wheels, for what installs packages: pip and uv take them from there, and ask no index.

    Shapes : each is a package of its name, with __version__, and what it requires; tag is a wheel's, 'py3-none-any';
             python is its Requires-Python.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(
        self,
        *names: str,
        version: str = '1.0',
        tag: str = 'py3-none-any',
        requires: Sequence[str] = (),
        python: str = '>=3.7',
    ) -> Self:
        """Make a wheel of each name."""
        for name in names:
            self._write(name, version, tag, requires, python)
        return self

    def use(self, monkeypatch: pytest.MonkeyPatch) -> Self:
        """From here on, pip and uv know this folder only."""
        uv_config = self.folder / 'uv.toml'
        uv_config.write_text('no-index = true\n')  # uv reads no variable for it
        monkeypatch.setenv('UV_CONFIG_FILE', str(uv_config))
        monkeypatch.setenv('UV_FIND_LINKS', str(self.folder))
        monkeypatch.setenv('PIP_NO_INDEX', '1')
        monkeypatch.setenv('PIP_FIND_LINKS', str(self.folder))
        monkeypatch.setenv('UV_NO_CACHE', '1')  # another test's wheel of the same name and version may be in it
        monkeypatch.setenv('PIP_NO_CACHE_DIR', '1')
        return self

    def _write(self, name: str, version: str, tag: str, requires: Sequence[str], python: str) -> None:
        info = f'{name}-{version}.dist-info'
        extras = [f'Provides-Extra: {extra}\n' for need in requires for extra in re.findall(r'extra == "(.*?)"', need)]
        needs = ''.join([f'Requires-Python: {python}\n', *extras, *(f'Requires-Dist: {need}\n' for need in requires)])
        files = {
            f'{name}/__init__.py': f'__version__ = {version!r}\n',
            f'{info}/METADATA': f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}',
            f'{info}/WHEEL': f'Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n',
        }
        files[f'{info}/RECORD'] = ''.join(f'{path},,\n' for path in (*files, f'{info}/RECORD'))
        with zipfile.ZipFile(self.folder / f'{name}-{version}-{tag}.whl', 'w') as wheel:
            for path, text in files.items():
                wheel.writestr(path, text)
