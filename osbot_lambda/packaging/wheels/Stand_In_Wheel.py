import re
from pathlib import Path

from osbot_lambda.packaging.requirements.Local_Distribution import Local_Distribution
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line


class Stand_In_Wheel:
    """An empty wheel in place of a distribution that is copied from this machine: what needs it is content, and no
    index is asked for its name, which may be somebody else's there."""

    def __init__(self, local: Local_Distribution):
        self.local = local

    def write(self, folder: Path) -> Requirement_Line:
        """Make it; the requirement that names it."""
        from zipfile import ZipFile

        name, version = self.local.name, self.local.version or '0'
        stem = f'{re.sub("[-.]", "_", name)}-{version}'
        path = folder / f'{stem}-py3-none-any.whl'
        files = {
            'METADATA': f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n',
            'WHEEL': 'Wheel-Version: 1.0\nGenerator: osbot-lambda\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
            'RECORD': ''.join(f'{stem}.dist-info/{file},,\n' for file in ('METADATA', 'WHEEL', 'RECORD')),
        }
        with ZipFile(path, 'w') as wheel:
            for file, text in files.items():
                wheel.writestr(f'{stem}.dist-info/{file}', text)
        return Requirement_Line(name, url=path.as_uri())
