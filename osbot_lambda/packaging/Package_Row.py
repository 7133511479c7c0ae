import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from zipfile import ZipFile


@dataclass(frozen=True, slots=True)
class Package_Row:
    """One file of a package: where it comes from, and what it weighs.

    Shapes : path as in the zip; distribution 'numpy', or '' for the user's own code.
    Units  : compressed is bytes in the zip, without headers; unpacked is bytes on disk, as Lambda counts them.
    """

    path: str
    distribution: str
    compressed: int
    unpacked: int

    @classmethod
    def of_zip(cls, data: bytes) -> list[Self]:
        """Of a finished zip, sorted; whose a file is, its distribution's RECORD says."""
        from zipfile import ZipFile

        with ZipFile(BytesIO(data)) as package:
            infos = sorted((info for info in package.infolist() if not info.is_dir()), key=lambda info: info.filename)
            owners = cls._owners(package, [info.filename for info in infos])
        return [cls(info.filename, owners.get(info.filename, ''), info.compress_size, info.file_size) for info in infos]

    @staticmethod
    def _owners(package: 'ZipFile', paths: Sequence[str]) -> dict[str, str]:
        owners = {}
        for record in paths:
            folder, _, name = record.rpartition('/')
            if name != 'RECORD' or not folder.endswith('.dist-info'):
                continue
            root, _, info = folder.rpartition('/')
            distribution = info.removesuffix('.dist-info').rpartition('-')[0]
            listed = package.read(record).decode('utf-8', 'replace').splitlines()
            for path, *_ in filter(None, csv.reader(listed)):
                top, _, inside = path.partition('/')
                if top.endswith('.data'):  # where a wheel's RECORD says it is; pip moves purelib and platlib up
                    path = inside.partition('/')[2]
                owners[f'{root}/{path}' if root else path] = distribution
        return owners
