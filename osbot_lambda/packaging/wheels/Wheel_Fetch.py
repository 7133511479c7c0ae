import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from osbot_lambda.errors import Packaging__Error, Packaging__Hash_Mismatch, Packaging__Install_Failed
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.wheels.Index_Credentials import Index_Credentials
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File
from osbot_lambda.packaging.wheels.Wheel_Link import Wheel_Link
from osbot_lambda.schemas.Progress import Progress

if TYPE_CHECKING:
    import requests

KIND = 'wheels'
AT_ONCE = 8
ATTEMPTS = 3
CHUNK = 256 * 1024
TIMEOUT = (15, 60)  # seconds: to connect, and between two pieces
CERTIFICATES = ('PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE')


class Wheel_Fetch:
    """Brings files into the cache, several at once; each is checked against the hash that the index gave.

    Errors : Packaging__Hash_Mismatch, Packaging__Install_Failed.
    Note   : proxies, certificates and .netrc are those of the environment, credentials those of the indexes. A server
             that doesn't answer to that is left to pip, with the settings that pip has.
    """

    def __init__(
        self,
        platform: Lambda_Platform,
        cache: Package_Cache,
        work: Path,
        options: Sequence[str] = (),
        progress: Progress = Progress(),  # noqa: B008  it has no state
    ):
        self.platform, self.cache, self.work, self.progress = platform, cache, work, progress
        self._credentials = Index_Credentials(options)
        self._session: Optional[requests.Session] = None
        self._lock, self._stopped = threading.Lock(), threading.Event()

    def wheels(self, links: Sequence[Wheel_Link]) -> list[Wheel_File]:
        """The wheels, in the order of the links."""
        found = {link.name: self._kept(link) for link in links}
        missing = [link for link in links if found[link.name] is None]
        if missing:
            task = f'download {len(missing)} packages' if len(missing) > 1 else f'download {missing[0].name}'
            sizes = [link.size for link in missing]
            self.progress.start(task, sum(sizes) if all(sizes) else 0)
            try:
                found.update(self._download_all(task, missing))
            finally:
                self.progress.finish(task)
        return [wheel for link in links if (wheel := found[link.name]) is not None]

    def source(self, link: Wheel_Link) -> Path:
        """A source distribution, in the folder for work."""
        target = self.work / link.file
        try:
            self._write(link, target, '')
        except OSError as error:
            raise self._failed(link, error) from error
        return target

    def add(self, path: Path, link: Wheel_Link) -> Wheel_File:
        """A wheel that is on this disk already; link.sha256 is its own."""
        import shutil

        kept = self.cache.put(KIND, self.key(link), lambda part: shutil.copyfile(path, part))
        return Wheel_File(link.name, link.version, kept, link.sha256, link.built)

    @staticmethod
    def key(link: Wheel_Link) -> str:
        """Where it is in the cache."""
        return f'{link.sha256}/{link.file}'

    @staticmethod
    def sha256(path: Path) -> str:
        """Of a file, in hex."""
        import hashlib

        with path.open('rb') as file:
            return hashlib.file_digest(file, 'sha256').hexdigest()

    def _kept(self, link: Wheel_Link) -> Optional[Wheel_File]:
        path = self.cache.get(KIND, self.key(link)) if link.sha256 else None
        if path is None:
            return None
        if self.sha256(path) != link.sha256:  # damaged since
            path.unlink(missing_ok=True)
            return None
        return Wheel_File(link.name, link.version, path, link.sha256, link.built)

    def _download_all(self, task: str, links: list[Wheel_Link]) -> dict[str, Wheel_File]:
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            done = list(pool.map(lambda link: self._attempt(task, link), links))
        finally:
            self._stopped.set()  # of an interrupt or an error: the others needn't end
            pool.shutdown(cancel_futures=True)
            self._stopped.clear()
            if self._session is not None:
                self._session.close()
                self._session = None
        found = {link.name: wheel for link, wheel in zip(links, done, strict=True) if isinstance(wheel, Wheel_File)}
        failed = [(link, error) for link, error in zip(links, done, strict=True) if not isinstance(error, Wheel_File)]
        return found | self._with_pip(failed) if failed else found

    def _attempt(self, task: str, link: Wheel_Link) -> Wheel_File | OSError:
        error = OSError('it is nowhere to be had')
        for _ in range(ATTEMPTS if link.url else 0):
            try:
                return self._download(task, link)
            except OSError as found:  # those of requests are OSErrors, too
                error = found
                if getattr(found, 'response', None) is not None or self._stopped.is_set():
                    break  # an answer stays the same
        return error

    def _download(self, task: str, link: Wheel_Link) -> Wheel_File:
        import uuid

        if link.sha256:
            path = self.cache.put(KIND, self.key(link), lambda part: self._write(link, part, task))
            return Wheel_File(link.name, link.version, path, link.sha256, link.built)
        path = self.work / uuid.uuid4().hex
        return self.add(path, replace(link, sha256=self._write(link, path, task)))

    def _with_pip(self, failed: list[tuple[Wheel_Link, OSError]]) -> dict[str, Wheel_File]:
        from osbot_lambda.packaging.wheels.Pip_Resolve import Pip_Resolve

        first, reason = failed[0]
        links = [link for link, _ in failed]
        if not all(link.url.startswith('http') for link in links) or os.environ.get('UV_OFFLINE'):
            raise self._failed(first, reason) from reason
        try:
            files = Pip_Resolve(self.platform, self.work).download(links)
        except Packaging__Error as error:
            raise self._failed(first, reason, str(error)) from reason
        found = {}
        for link in links:
            digest = self.sha256(files[link.name])
            self._check(link, digest)
            found[link.name] = self.add(files[link.name], replace(link, sha256=digest))
        return found

    def _write(self, link: Wheel_Link, target: Path, task: str) -> str:
        import hashlib

        digest = hashlib.sha256()
        with target.open('wb') as file:
            for piece in self._pieces(link.url):
                if self._stopped.is_set():
                    raise InterruptedError('it was stopped')
                digest.update(piece)
                file.write(piece)
                if task:
                    self.progress.advance(task, len(piece))
        self._check(link, digest.hexdigest())
        return digest.hexdigest()

    @staticmethod
    def _check(link: Wheel_Link, digest: str) -> None:
        if link.sha256 and digest != link.sha256:
            expected = [f'sha256:{link.sha256}']
            raise Packaging__Hash_Mismatch(link.name, link.version, link.file, expected, f'sha256:{digest}')

    def _pieces(self, url: str) -> Iterator[bytes]:
        from urllib.parse import unquote, urlsplit
        from urllib.request import url2pathname

        if url.startswith('file:'):
            with Path(url2pathname(unquote(urlsplit(url).path))).open('rb') as file:
                while piece := file.read(CHUNK):
                    yield piece
            return
        if os.environ.get('UV_OFFLINE'):
            raise ConnectionError('UV_OFFLINE is set')
        with self._requests().get(url, stream=True, timeout=TIMEOUT, auth=self._credentials.of(url)) as answer:
            answer.raise_for_status()
            yield from answer.iter_content(CHUNK)

    def _requests(self) -> Any:
        with self._lock:
            if self._session is None:
                import requests
                from requests.adapters import HTTPAdapter

                session = requests.Session()
                session.headers['Accept-Encoding'] = 'identity'  # the bytes are what the hash is of
                given = next((os.environ[name] for name in CERTIFICATES if os.environ.get(name)), None)
                session.verify = given or True
                session.mount('https://', HTTPAdapter(pool_maxsize=AT_ONCE))
                session.mount('http://', HTTPAdapter(pool_maxsize=AT_ONCE))
                self._session = session
            return self._session

    @staticmethod
    def _failed(link: Wheel_Link, reason: OSError, after: str = '') -> Packaging__Install_Failed:
        said = [f'{link.file} could not be downloaded: {reason}', *([f'nor by pip: {after}'] if after else [])]
        return Packaging__Install_Failed([f'{link.name}=={link.version}'], '', 0, said)
