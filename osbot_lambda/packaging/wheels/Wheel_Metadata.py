import re
from pathlib import Path

INFO = re.compile(r'[^/]+\.dist-info/METADATA')


class Wheel_Metadata:
    """What a wheel says of itself."""

    def __init__(self, path: Path):
        self.path = path

    def requires(self) -> list[str]:
        """Its requirements, with extras and markers: ["idna<4", "brotli>=1; extra == 'brotli'"]."""
        from zipfile import ZipFile

        with ZipFile(self.path) as wheel:
            name = next((name for name in wheel.namelist() if INFO.fullmatch(name)), None)
            text = wheel.read(name).decode('utf-8', 'replace') if name else ''
        head = re.split(r'\r?\n\r?\n', text, maxsplit=1)[0]
        return [found.strip() for found in re.findall(r'^Requires-Dist:(.*)$', head, re.MULTILINE)]
