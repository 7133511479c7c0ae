import contextlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import ClassVar, Optional

MAKING = threading.Lock()
USED_STEP = 3600  # seconds: how exactly prune() knows when a file was last used
LOST_AFTER = 86400  # seconds: a file half written this long ago belongs to nobody
FOLDERS = 'folders'  # the kind of what is whole folders: pruned as one


class Package_Cache:
    """Files that packaging keeps for later, by kind and key: wheels, resolutions, blocks of zips.

        cache = Package_Cache()
        path = cache.get('wheels', sha256) or cache.put('wheels', sha256, download)

    Shapes : kind is a folder's name; key is a file's name, or 'folder/name', and names the content.
             The folder is $OSBOT_LAMBDA_CACHE, else osbot-lambda in $XDG_CACHE_HOME, else in ~/.cache.
    Note   : any number of threads and processes may use one folder. Where it can't be written, what is put goes into a
             folder that lives as long as this process.
    """

    _temporary: ClassVar[Optional[Path]] = None  # for all the caches of this process

    def __init__(self, folder: Optional[Path] = None):
        self.folder = Path(folder).absolute() if folder is not None else self._default()

    @staticmethod
    def _default() -> Path:
        given = os.environ.get('OSBOT_LAMBDA_CACHE')
        home = os.environ.get('XDG_CACHE_HOME') or '~/.cache'
        try:
            return Path(given or f'{home}/osbot-lambda').expanduser().absolute()
        except RuntimeError:  # a user without a home
            return Package_Cache._fallback()

    def get(self, kind: str, key: str) -> Optional[Path]:
        """The file, or None."""
        for folder in self._folders():
            path = folder / kind / key
            try:
                found = path.stat()
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode):
                self._used(path, found)
                return path
        return None

    def put(self, kind: str, key: str, write: Callable[[Path], object], replace: bool = False) -> Path:
        """The file, made by write(path): whole, or not there. When another was faster, its file stays, unless
        replace."""
        try:
            part = self._part(self.folder / kind / key)
        except OSError:
            part = self._part(self._fallback() / kind / key)
        target = part.parent / PurePosixPath(key).name
        try:
            write(part)
            if replace:
                part.replace(target)
                return target
            try:
                os.link(part, target)
            except FileExistsError:
                pass
            except OSError:  # a file system without links
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def folder_of(self, key: str, write: Callable[[Path], object]) -> Path:
        """The folder, made by write(path) unless it is there: whole, or not there."""
        import shutil

        target = self.folder / FOLDERS / key
        if not target.is_dir():
            try:
                part = self._part(target)
            except OSError:
                part = self._part(self._fallback() / FOLDERS / key)
            target = part.parent / target.name
            part.unlink()
            try:
                part.mkdir()
                write(part)
                with contextlib.suppress(OSError):  # another was faster
                    part.rename(target)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        with contextlib.suppress(OSError):  # not ours to note
            os.utime(target)
        return target

    def prune(self, max_bytes: Optional[int] = None, older_than_days: Optional[float] = None) -> list[Path]:
        """Remove what wasn't used for so long, then the longest unused until the rest is within max_bytes; the files
        and folders that were removed."""
        import shutil

        now, kept, gone = time.time(), [], []
        for path, used, size in self._entries():
            unused = now - used
            lost = path.name.startswith('.part-') and unused > LOST_AFTER
            if lost or (older_than_days is not None and unused > older_than_days * 86400):
                gone.append(path)
            else:
                kept.append((unused, size, path))
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept, reverse=True):
            if max_bytes is None or total <= max_bytes:
                break
            gone.append(path)
            total -= size
        for path in gone:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return gone

    def _entries(self) -> Iterator[tuple[Path, float, int]]:
        """What is kept, each with the time when it was last used, and its bytes."""
        whole: dict[Path, tuple[float, int]] = {}
        for path in self.folder.rglob('*'):
            try:
                found = path.lstat()
            except OSError:
                continue
            parts = path.relative_to(self.folder).parts
            if parts[0] == FOLDERS and len(parts) > 1:
                folder = self.folder / FOLDERS / parts[1]
                used, size = whole.get(folder, (0.0, 0))
                used = found.st_mtime if path == folder else used
                whole[folder] = (used, size + (found.st_size if stat.S_ISREG(found.st_mode) else 0))
            elif stat.S_ISREG(found.st_mode):
                yield path, max(found.st_atime, found.st_mtime), found.st_size
        for path, (used, size) in whole.items():
            yield path, used, size

    @staticmethod
    def _part(target: Path) -> Path:
        """An empty file beside it, to be written."""
        import uuid

        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f'.part-{uuid.uuid4().hex}')
        part.touch()
        return part

    def _folders(self) -> list[Path]:
        kept = Package_Cache._temporary
        return [self.folder] if kept is None else [self.folder, kept]

    @staticmethod
    def _fallback() -> Path:
        import atexit
        import shutil
        import tempfile

        with MAKING:
            if Package_Cache._temporary is None:
                Package_Cache._temporary = Path(tempfile.mkdtemp(prefix='osbot-lambda-cache-'))
                atexit.register(shutil.rmtree, Package_Cache._temporary, ignore_errors=True)
            return Package_Cache._temporary

    @staticmethod
    def _used(path: Path, found: os.stat_result) -> None:
        now = time.time()
        if now - found.st_atime < USED_STEP:
            return
        try:
            os.utime(path, ns=(int(now * 1e9), found.st_mtime_ns))
        except OSError:
            return  # not ours to note
