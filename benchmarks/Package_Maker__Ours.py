import json
import os
import shutil
import sys
from pathlib import Path

from benchmarks.Package_Maker import Package_Maker


class Package_Maker__Ours(Package_Maker):
    """osbot-lambda, each build a process of its own, with a cache for this bench alone.

    Shapes : wheels is a folder that prepare() makes, with those of the app from the index; all builds after that
             resolve from this folder, as the others do.
    """

    name = 'ours'

    def __init__(self, folder: Path, wheels: Path):
        self.cache, self.wheels = folder / 'cache', wheels
        super().__init__(folder, {'OSBOT_LAMBDA_CACHE': str(self.cache), 'PYTHONPATH': os.getcwd()})
        self.deployed = ''

    def prepare(self) -> None:
        """The wheels, in our cache and in the folder."""
        self.check_out()
        self.wheels.mkdir()
        for path in self._build()['wheels']:
            shutil.copy(path, self.wheels)
        config = self.folder / 'uv.toml'
        config.write_text('no-index = true\n')
        self.env |= {'UV_CONFIG_FILE': str(config), 'UV_FIND_LINKS': str(self.wheels), 'UV_OFFLINE': '1'}
        self.env |= {'PIP_NO_INDEX': '1', 'PIP_FIND_LINKS': str(self.wheels)}

    def forget(self) -> None:
        """All but the wheels."""
        self.deployed = ''
        for kept in self.cache.iterdir():
            if kept.name != 'wheels':
                shutil.rmtree(kept)

    def build(self) -> None:
        """As a deploy does after the last build was deployed."""
        self.deployed = self._build()['sha256']

    def _build(self) -> dict:
        module = 'benchmarks.Package_Build'
        said = self.start(sys.executable, '-m', module, 'app.run', str(self.app), self.deployed, str(self.zip))
        return json.loads(said)
