from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from osbot_lambda.errors import Zip__Too_Large

if TYPE_CHECKING:
    from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic

PREFIX = 'python/'  # below /opt, this is on Python's path
OTHER_ROOTS = {'bin', 'lib', 'extensions'}  # of what else Lambda looks for below /opt
MAX_BYTES = 262_144_000  # unzipped, over all of a function's layers and its code: "Lambda quotas"


class Layer_Content:
    """The zips of layers, laid out so that Python on Lambda finds what is in them. All static.

    Shapes : what isn't in a layer's layout already goes under 'python/'. Same content, same bytes.
    Errors : File__Not_Found, Zip__Bad_Path, Zip__Too_Large; of_packages() also those of Pip_Install.
    Source : AWS "Packaging your layer content".
    """

    @classmethod
    def of_folder(cls, folder: str | Path, ignore: Sequence[str] = ()) -> bytes:
        """The files of a folder, without caches, version control, .env files and what fits `ignore` (fnmatch)."""
        from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic

        path = Path(folder)
        inside = path.iterdir() if path.is_dir() else ()
        zipped = Zip__Deterministic().add_folder(path, cls._prefix({entry.name for entry in inside}), ignore)
        return cls._zip(zipped)

    @classmethod
    def of_zip(cls, data: bytes) -> bytes:
        """A zip as it is when it has a layer's layout, else its files under 'python/'. What isn't a zip stays as it is:
        Lambda says so."""
        from io import BytesIO
        from zipfile import BadZipFile, ZipFile

        from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic

        try:
            given = ZipFile(BytesIO(data))
        except BadZipFile:
            return data
        files = [info for info in given.infolist() if not info.is_dir()]
        cls._check_size({info.filename: info.file_size for info in files})
        prefix = cls._prefix({info.filename.partition('/')[0] for info in files})
        if not prefix:
            return data
        zipped = Zip__Deterministic()
        for info in files:
            zipped.add(prefix + info.filename, given.read(info), bool(info.external_attr >> 16 & 0o111))
        return zipped.bytes()

    @classmethod
    def of_packages(cls, requirements: Sequence[str], runtimes: Sequence[str], architecture: str) -> bytes:
        """Packages and what they need, installed for each runtime: once under 'python/' where that serves all of them,
        else each under 'python/lib/<runtime>/site-packages/'."""
        from tempfile import TemporaryDirectory

        from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
        from osbot_lambda.packaging.Pip_Install import Pip_Install

        found: dict[str, Zip__Deterministic] = {}
        with TemporaryDirectory(prefix='osbot-lambda-layer-') as work:
            for runtime in dict.fromkeys(runtimes):
                folder = Path(work) / runtime
                Pip_Install(runtime, architecture).install(requirements, folder)
                found[runtime] = Zip__Deterministic().add_folder(folder, PREFIX)
        first, *others = found.values()
        zipped = first
        if any(other.entries != first.entries for other in others):
            zipped = Zip__Deterministic()
            for runtime, one in found.items():
                for path, (data, mode) in one.entries.items():
                    inside = path.removeprefix(PREFIX)
                    zipped.add(f'{PREFIX}lib/{runtime}/site-packages/{inside}', data, bool(mode & 0o111))
        return cls._zip(zipped)

    @staticmethod
    def _prefix(top_names: set[str]) -> str:
        return '' if 'python' in top_names or (top_names and top_names <= OTHER_ROOTS) else PREFIX

    @classmethod
    def _zip(cls, zipped: 'Zip__Deterministic') -> bytes:
        cls._check_size({path: len(data) for path, (data, _) in zipped.entries.items()})
        return zipped.bytes()

    @staticmethod
    def _check_size(sizes: dict[str, int]) -> None:
        total = sum(sizes.values())
        if total <= MAX_BYTES:
            return
        by_package: dict[str, int] = {}
        for path, size in sizes.items():
            inside = path.partition('/site-packages/')[2] or path.removeprefix(PREFIX)
            package = inside.partition('/')[0]
            by_package[package] = by_package.get(package, 0) + size
        biggest = sorted(by_package.items(), key=lambda item: (-item[1], item[0]))[:5]
        listed = ', '.join(f'{package} {size:,}' for package, size in biggest)
        raise Zip__Too_Large(
            f'the layer has {total:,} bytes unzipped, and Lambda takes {MAX_BYTES:,} with the code and other layers; '
            f'the biggest: {listed}'
        )
