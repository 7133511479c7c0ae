import errno
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath

from osbot_lambda.local.server.lambda_.Lambda_Errors import Lambda_Errors


class Code_Unpacker:
    """Unpacks a deployment package as Lambda does, and refuses what would leave its folder or fill the disk.

    Units  : MAX_UNZIPPED is bytes, counted while unpacking (what the zip says of itself isn't believed).
    Errors : Api__Error with AWS's code and text; what was unpacked until then is the caller's to remove.
    Source : AWS "Lambda quotas"; x-bits are kept, as the file system under /var/task keeps them.
    """

    MAX_UNZIPPED = 262_144_000
    CHUNK = 1024 * 1024

    def __init__(self, zip_bytes: bytes):
        self.zip_bytes = zip_bytes
        self.unzipped = 0

    def unpack_into(self, folder: Path) -> None:
        """Write all files, then the symbolic links, so that no file is written through a link."""
        links: list[tuple[Path, str]] = []
        try:
            with zipfile.ZipFile(BytesIO(self.zip_bytes)) as archive:
                entries = archive.infolist()
                if not entries:
                    raise Lambda_Errors.invalid('Uploaded file must be a non-empty zip')
                for entry in entries:
                    self._unpack(archive, entry, folder, links)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
            # RuntimeError: encrypted; NotImplementedError: a compression that zipfile doesn't know
            raise Lambda_Errors.bad_zip() from error
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise Lambda_Errors.bad_zip(f'{Path(error.filename).name!r} is both a file and a folder') from error
        except OSError as error:
            raise self._bad_path(error) from error
        for path, target in links:
            self._link(path, target)
        for path, target in links:  # when all are there: one may lead through another
            self._check_link(path, target, folder)

    def _unpack(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, links: list[tuple[Path, str]]
    ) -> None:
        path = folder / self._inside(entry.filename)
        if entry.is_dir():
            path.mkdir(parents=True, exist_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = entry.external_attr >> 16
        if stat.S_ISLNK(mode):
            links.append((path, b''.join(self._chunks(archive, entry)).decode()))
            return
        with path.open('wb') as file:
            for chunk in self._chunks(archive, entry):
                file.write(chunk)
        if mode & 0o111:
            path.chmod(0o755)

    def _chunks(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        with archive.open(entry) as source:
            while chunk := source.read(self.CHUNK):
                self.unzipped += len(chunk)
                if self.unzipped > self.MAX_UNZIPPED:
                    raise Lambda_Errors.invalid(f'Unzipped size must be smaller than {self.MAX_UNZIPPED} bytes')
                yield chunk

    def _inside(self, name: str) -> PurePosixPath:
        path = PurePosixPath(name)
        if path.is_absolute() or '..' in path.parts or not path.parts:
            raise Lambda_Errors.bad_zip(f'entry {name!r} is outside of the package')
        return path

    def _link(self, path: Path, target: str) -> None:
        try:
            path.symlink_to(target)
        except FileExistsError:
            raise Lambda_Errors.bad_zip(f'link {path.name!r} is also a file or a folder') from None
        except (FileNotFoundError, ValueError) as error:  # an empty target; one with a NUL
            raise Lambda_Errors.bad_zip(f'link {path.name!r} points nowhere') from error
        except OSError as error:
            raise self._bad_path(error) from error

    def _check_link(self, path: Path, target: str, folder: Path) -> None:
        real = os.path.realpath(path)
        if os.path.isabs(target) or not real.startswith(os.path.realpath(folder) + os.sep):
            raise Lambda_Errors.bad_zip(f'link {path.name!r} points out of the package')

    @staticmethod
    def _bad_path(error: OSError) -> Exception:
        """The error of a path that the file system refuses; a disk that is full is no fault of the zip."""
        if error.errno in (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ):
            return Lambda_Errors.bad_zip(f'a path in it: {error.strerror}')
        return error
