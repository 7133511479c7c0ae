from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from osbot_lambda.errors import Zip__Too_Large
from osbot_lambda.schemas.Progress import Progress

if TYPE_CHECKING:
    from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic

PREFIX = 'python/'  # below /opt, this is on Python's path
OTHER_ROOTS = {'bin', 'lib', 'extensions'}  # of what else Lambda looks for below /opt
MAX_BYTES = 262_144_000  # unzipped, over all of a function's layers and its code: "Lambda quotas"


class Layer_Content:
    """The zips of layers, laid out so that Python on Lambda finds what is in them. All static.

    Shapes : what isn't in a layer's layout already goes under 'python/'. Same content, same bytes.
    Errors : File__Not_Found, Zip__Bad_Path, Zip__Too_Large; of_packages() also those of Package_Resolver.
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
    def of_packages(
        cls,
        requirements: Sequence[str],
        runtimes: Sequence[str],
        architecture: str,
        refresh: bool = False,
        progress: Optional[Progress] = None,
    ) -> bytes:
        """Packages and what they need, as wheels for each runtime: once under 'python/' where those serve all of them,
        else each under 'python/lib/<runtime>/site-packages/'. refresh looks for newer versions although it was looked
        within the day."""
        from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic
        from osbot_lambda.archive.Zip_Block import Zip_Block
        from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
        from osbot_lambda.packaging.requirements.Requirements import Requirements
        from osbot_lambda.packaging.Wheel_Block import Wheel_Block
        from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver

        wanted = Requirements.of(requirements, 'the layer')
        found = {}
        for runtime in dict.fromkeys(runtimes):
            platform = Lambda_Platform(runtime, architecture)
            resolver = Package_Resolver(platform, progress=progress or Progress())
            found[runtime] = resolver.resolve(wanted, refresh)
        first, *others = found.values()
        if all(other.key() == first.key() for other in others):
            prefixes = [PREFIX]
            block = Wheel_Block(first, prefix=PREFIX).block()
        else:
            prefixes = [f'{PREFIX}lib/{runtime}/site-packages/' for runtime in found]
            blocks = [Wheel_Block(one, prefix=prefix) for prefix, one in zip(prefixes, found.values(), strict=True)]
            block = Zip_Block.build(entry for one in blocks for entry in one.entries())
        zipped = Zip__Deterministic().add_block(block)
        for prefix in prefixes:
            for distribution in wanted.local:
                for path, file in distribution.files:
                    zipped.add(prefix + path, file.read_bytes(), bool(file.stat().st_mode & 0o111))
        return cls._zip(zipped)

    @staticmethod
    def _prefix(top_names: set[str]) -> str:
        return '' if 'python' in top_names or (top_names and top_names <= OTHER_ROOTS) else PREFIX

    @classmethod
    def _zip(cls, zipped: 'Zip__Deterministic') -> bytes:
        sizes = {path: len(data) for path, (data, _) in zipped.entries.items()}
        inside = zipped.block.entries if zipped.block is not None else ()
        cls._check_size(sizes | {entry.path: entry.size for entry in inside})
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
