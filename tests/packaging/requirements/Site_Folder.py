import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.packaging.requirements.Installed_Distributions import Installed_Distributions


class Site_Folder:
    """A folder as site-packages: distributions with their files, RECORD and METADATA, as pip and uv write them."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(
        self,
        name: str,
        version: str = '1.0',
        files: Sequence[str] = (),
        requires: Sequence[str] = (),
        direct_url: Optional[Mapping] = None,
        texts: Optional[Mapping[str, str]] = None,
        tag: str = 'py3-none-any',
    ) -> Self:
        """files are paths of empty files; without any, a package of the distribution's own name."""
        module = name.lower().replace('-', '_')
        info = f'{module}-{version}.dist-info'
        written = dict.fromkeys(files or ([] if texts else [f'{module}/__init__.py']), '')
        written |= texts or {}
        needs = ''.join(f'Requires-Dist: {need}\n' for need in requires)
        written[f'{info}/METADATA'] = f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}\nThe text.\n'
        written[f'{info}/WHEEL'] = f'Wheel-Version: 1.0\nTag: {tag}\n'
        written[f'{info}/INSTALLER'] = 'uv'
        if direct_url:
            written[f'{info}/direct_url.json'] = json.dumps(direct_url)
        written[f'{info}/RECORD'] = ''.join(f'{path},sha256=x,1\n' for path in written) + f'{info}/RECORD,,\n'
        for path, text in written.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)
        return self

    def installed(self) -> Installed_Distributions:
        """What is in it."""
        return Installed_Distributions([self.folder])
