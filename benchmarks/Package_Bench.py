import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.Figure import Figure
from benchmarks.Package_Build import PACKAGES
from benchmarks.Samples import Samples

HANDLER = """
import numpy, pydantic, requests
from shop import part_0

def run(event, context):
    return part_0.total(event)
"""
PART = """
from shop import part_{next}

def total(event):
    return sum(one['price'] for one in event['items'])
"""
TARGETS = {'cold': 1.0, 'unchanged': 0.15, 'one line changed': 0.2}  # seconds
PYTHON = '3.12'


class Package_Bench:
    """What a build of a package costs: requests, pydantic and numpy with an app of 21 files, 68 MB unpacked.

    Cold, the wheels are there, and nothing was put together of them yet. Each build is a process of its own, timed from
    its first import of ours. Beside it, other installers into a folder, and zipfile's deflate of that folder; they
    install the same wheels from a folder, with warm caches, and do the same again whatever has changed.
    """

    def __init__(self, quick: bool = False):
        self.rounds, self.peer_rounds = (3, 1) if quick else (9, 3)

    def run(self) -> Iterator[Figure]:
        """The figures; the wheels are fetched before, which needs a network the first time."""
        with TemporaryDirectory(prefix='osbot-lambda-bench-') as work:
            folder = Path(work)
            ours = self._ours(folder)
            peers = self._peers(folder, self._wheels(folder))
        for case, samples in ours.items():
            for peer, seconds in peers.items():
                target = TARGETS[case] if peer == min(peers, key=lambda one: peers[one]) else None
                yield Figure(f'build, {case}', samples.p50 / 1000, 's', seconds, peer, target)

    def _ours(self, folder: Path) -> dict[str, Samples]:
        app = folder / 'app'
        (app / 'shop').mkdir(parents=True)
        (app / 'shop' / '__init__.py').touch()
        for number in range(20):
            (app / 'shop' / f'part_{number}.py').write_text(PART.format(next=(number + 1) % 20))
        (app / 'app.py').write_text(HANDLER)
        built = self._build(folder, '')  # fetches the wheels
        samples = {case: Samples() for case in TARGETS}
        for number in range(self.rounds):
            for kind in ('blocks', 'zips'):
                shutil.rmtree(folder / 'cache' / kind)
            again = self._build(folder, '')
            if again['sha256'] != built['sha256']:
                raise RuntimeError('the same app gave another zip')
            self._note(samples['cold'], again)
            self._note(samples['unchanged'], self._build(folder, again['sha256']))
            (app / 'app.py').write_text(f'{HANDLER}# {number}\n')
            self._note(samples['one line changed'], self._build(folder, again['sha256']))
            (app / 'app.py').write_text(HANDLER)
        return samples

    @staticmethod
    def _note(samples: Samples, built: dict[str, Any]) -> None:
        samples.times.append(built['seconds'] * 1000)

    def _build(self, folder: Path, last: str) -> dict[str, Any]:
        command = [sys.executable, '-m', 'benchmarks.Package_Build', 'app.run', str(folder / 'app'), last]
        env = {**os.environ, 'OSBOT_LAMBDA_CACHE': str(folder / 'cache')}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=env)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def _wheels(self, folder: Path) -> Path:
        """The wheels of our build, in a folder that installers can be given."""
        wheels = folder / 'wheels'
        wheels.mkdir()
        for path in self._build(folder, '')['wheels']:
            shutil.copy(path, wheels)
        return wheels

    def _peers(self, folder: Path, wheels: Path) -> dict[str, float]:
        """Seconds of each, the best of its rounds."""
        platform = 'x86_64-manylinux_2_28'
        only = ['--only-binary', ':all:', '--no-index', '--find-links', str(wheels)]
        uv = [sys.executable, '-m', 'uv', 'pip', 'install', '--quiet', '--python', sys.executable, '--offline']
        uv += ['--python-version', PYTHON, '--python-platform', platform, *only]
        pip = [sys.executable, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile']
        pip += ['--python-version', PYTHON, '--platform', 'manylinux_2_28_x86_64', '--platform', 'manylinux2014_x86_64']
        peers = {'uv pip install, zipfile deflate': uv, 'pip install, zipfile deflate': [*pip, *only]}
        found = {}
        for name, command in peers.items():
            self._install_and_zip(command, folder)  # warms its cache
            found[name] = min(self._timed(self._install_and_zip, command, folder) for _ in range(self.peer_rounds))
        return found

    @staticmethod
    def _timed(do: Callable[..., Any], *args: Any) -> float:
        start = time.perf_counter()
        do(*args)
        return time.perf_counter() - start

    @staticmethod
    def _install_and_zip(command: list[str], folder: Path) -> None:
        target = folder / 'target'
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder / 'app', target)
        subprocess.run([*command, '--target', str(target), *PACKAGES], check=True)
        with zipfile.ZipFile(folder / 'package.zip', 'w', zipfile.ZIP_DEFLATED) as zipped:
            for file in sorted(target.rglob('*')):
                if file.is_file():
                    zipped.write(file, file.relative_to(target))
