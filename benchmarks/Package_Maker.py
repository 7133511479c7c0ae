import os
import subprocess
from pathlib import Path
from typing import Optional

HANDLER = """
import numpy, pydantic, requests
from shop import part_0

def run(event, context):
    return part_0.total(event)
"""
PART = """
from . import part_{next}

def total(event):
    return sum(one['price'] for one in event['items'])
"""
PARTS = 20
YEAR_2020 = 1_577_836_800


class Package_Maker:
    """One way to make the package of an app with requests, pydantic and numpy: 22 files of its own, 67 MB unpacked.

    Shapes : folder is made, for this maker alone; env is added to the environment of the processes that it starts.
    """

    name = ''
    handler = HANDLER
    code = 'shop'  # the folder of the app's other modules

    def __init__(self, folder: Path, env: Optional[dict[str, str]] = None):
        self.folder, self.app, self.zip = folder, folder / 'app', folder / 'package.zip'
        self.env = {**os.environ, **(env or {})}
        self.checkouts = 0
        folder.mkdir()

    def prepare(self) -> None:
        """What is done once, and may need a network. RuntimeError when this maker can't be had here."""

    def forget(self) -> None:
        """Whatever is left of earlier builds, except for wheels in its cache."""

    def build(self) -> None:
        """Makes the zip; one that is as it should be may stay."""
        raise NotImplementedError

    def check_out(self) -> None:
        """The app's files are written anew, a minute later than the last time."""
        modules = self.app / self.code
        modules.mkdir(parents=True, exist_ok=True)
        texts = {modules / f'part_{number}.py': PART.format(next=(number + 1) % PARTS) for number in range(PARTS)}
        self.checkouts += 1
        when = YEAR_2020 + self.checkouts * 60
        for path, text in {**texts, modules / '__init__.py': '', self.app / 'app.py': self.handler}.items():
            path.write_text(text)
            os.utime(path, (when, when))

    def change_a_line(self) -> None:
        """One of the handler's."""
        (self.app / 'app.py').write_text(f'{self.handler}# {self.checkouts}\n')

    def start(self, *command: str) -> str:
        """What a process says, once it is done. RuntimeError."""
        done = subprocess.run(command, capture_output=True, text=True, env=self.env, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f'{self.name} ended with {done.returncode}: {done.stderr.strip()[-500:]}')
        return done.stdout
