import hashlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.Figure import Figure
from benchmarks.Package_Maker import Package_Maker
from benchmarks.Package_Maker__Chalice import Package_Maker__Chalice
from benchmarks.Package_Maker__Installer import Package_Maker__Installer
from benchmarks.Package_Maker__Ours import Package_Maker__Ours
from benchmarks.Samples import Samples

COLD, UNCHANGED, CHANGED = 'cold', 'unchanged', 'one line changed'
TARGETS = {COLD: 1.0, UNCHANGED: 0.15, CHANGED: 0.2}  # seconds
PYTHON = '3.12'


class Package_Bench:
    """What a build of a package costs us and others: requests, pydantic and numpy, with an app of 22 files.

    Cold, each one has the wheels, and has kept nothing else of an earlier build, not even which versions belong
    together. Then it builds the same again, and again with one line changed. No build needs a network. The others are
    taken in turn with ours, and are as good as their best round.
    """

    def __init__(self, quick: bool = False):
        self.quick, self.rounds = quick, 1 if quick else 2
        self.samples: dict[Package_Maker, dict[str, Samples]] = {}
        self.zips: dict[Package_Maker, set[str]] = {}

    def run(self) -> Iterator[Figure]:
        """The figures; the wheels and chalice are fetched before, which needs a network the first time."""
        with TemporaryDirectory(prefix='osbot-lambda-bench-') as work:
            ours, *peers = self._makers(Path(work))
            for maker in (ours, *peers):
                self._measure(maker)  # compiles its modules, and reads the wheels into memory
                self.samples[maker] = {}
            for _ in range(self.rounds):
                for peer in peers:
                    self._measure(ours)
                    self._measure(peer)
        yield from self._figures(ours, peers)

    def _makers(self, folder: Path) -> list[Package_Maker]:
        """Ours first; those that can't be had here are left out, and named."""
        wheels = folder / 'wheels'
        only = ['--only-binary', ':all:', '--no-index', '--find-links', str(wheels)]
        uv = [sys.executable, '-m', 'uv', 'pip', 'install', '--quiet', '--python', sys.executable, '--offline']
        uv += ['--python-version', PYTHON, '--python-platform', 'x86_64-manylinux_2_28', *only]
        pip = [sys.executable, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile']
        pip += ['--python-version', PYTHON, '--platform', 'manylinux_2_28_x86_64', '--platform', 'manylinux2014_x86_64']
        makers = [
            Package_Maker__Ours(folder / 'ours', wheels),
            Package_Maker__Installer('uv pip install, zipfile deflate', folder / 'uv', uv),
            Package_Maker__Installer('pip install, zipfile deflate', folder / 'pip', [*pip, *only]),
        ]
        for maker in makers:
            maker.prepare()
        if not self.quick:
            chalice = Package_Maker__Chalice(folder / 'chalice')
            try:
                chalice.prepare()
                makers.append(chalice)
            except RuntimeError as error:
                print(f'{chalice.name} is left out, as it could not be installed: {error}', file=sys.stderr, flush=True)
        return makers

    def _measure(self, maker: Package_Maker) -> None:
        maker.check_out()
        maker.forget()
        self._build(maker, COLD)
        built = self._hash(maker)
        self.zips.setdefault(maker, set()).add(built)
        self._build(maker, UNCHANGED)
        maker.zip.unlink()
        maker.change_a_line()
        self._build(maker, CHANGED)
        if self._hash(maker) == built:
            raise RuntimeError(f'{maker.name} did not notice that a line was changed')
        maker.zip.unlink()

    def _build(self, maker: Package_Maker, case: str) -> None:
        start = time.perf_counter()
        maker.build()
        samples = self.samples.setdefault(maker, {}).setdefault(case, Samples())
        samples.times.append(time.perf_counter() - start)

    @staticmethod
    def _hash(maker: Package_Maker) -> str:
        return hashlib.sha256(maker.zip.read_bytes()).hexdigest()

    def _figures(self, ours: Package_Maker, peers: list[Package_Maker]) -> Iterator[Figure]:
        for case, target in TARGETS.items():
            seconds = {peer: min(self.samples[peer][case].times) for peer in peers}
            fastest = min(peers, key=seconds.__getitem__)
            value = self.samples[ours][case].p50
            for peer in peers:
                its_target = target if peer is fastest else None
                yield Figure(f'build, {case} p50', value, 's', seconds[peer], peer.name, its_target)
        equal = {maker: len(zips) == 1 for maker, zips in self.zips.items()}
        for peer in peers:
            its_target = True if peer is peers[0] else None
            yield Figure('cold builds are byte-equal', equal[ours], '', equal[peer], peer.name, its_target)
