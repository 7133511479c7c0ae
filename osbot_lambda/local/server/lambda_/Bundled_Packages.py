import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from osbot_lambda.errors import Packaging__Error, Runtime__No_Package
from osbot_lambda.runtime.Runtime_Folder import HERE, Runtime_Folder

if TYPE_CHECKING:
    from osbot_lambda.packaging.Package_Cache import Package_Cache


class Bundled_Packages:
    """The packages that Lambda's runtimes bring, for any version of Python: boto3, and the runtime interface client.

    Those installed here where they serve that version, else the newest that do, from the package index. For another
    version than ours they are copied to the package cache, once, and compiled for it there.

    Shapes : version '3.9'; name 'boto3' or 'awslambdaric'.
    Errors : Runtime__No_Package, with the reason.
    """

    DISTRIBUTIONS = {
        'boto3': ('boto3', 'botocore', 's3transfer', 'jmespath', 'python-dateutil', 'six', 'urllib3'),
        'awslambdaric': ('awslambdaric', 'simplejson', 'snapshot-restore-py'),
    }
    MODULES = {'boto3': Runtime_Folder.BUNDLED, 'awslambdaric': Runtime_Folder.CLIENT}
    OLDEST_CLIENT = (
        10  # the minor of Python 3: for older ones the index has old clients only; this one runs on them, too
    )

    def find(self, name: str, version: str) -> Optional[Path]:
        """A folder with the package and what it needs; None when those installed here do as they are."""
        if self._installed_serve(name, version):
            return None if version == HERE else self._copied(name, version)
        return self._fetched(name, version)

    def _installed_serve(self, name: str, version: str) -> bool:
        if not all(Runtime_Folder.location(module) for module in self.MODULES[name]):
            return False
        if version == HERE or name == 'awslambdaric':
            return True
        from importlib.metadata import PackageNotFoundError, metadata

        from packaging.specifiers import SpecifierSet

        from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform

        wanted = Lambda_Platform(f'python{version}').python_full_version
        try:
            about = [metadata(one) for one in self.DISTRIBUTIONS[name]]
        except PackageNotFoundError:
            return False
        asked = [one['Requires-Python'] for one in about if 'Requires-Python' in one]
        return all(SpecifierSet(one).contains(wanted, prereleases=True) for one in asked)

    def _copied(self, name: str, version: str) -> Path:
        paths = [path for module in self.MODULES[name] for path in Runtime_Folder.installed(module)]

        def copy(target: Path) -> None:
            left_out = shutil.ignore_patterns('__pycache__', '*.so')
            for path in paths:
                if path.is_dir():
                    shutil.copytree(path, target / path.name, ignore=left_out, copy_function=self._link_or_copy)
                else:
                    self._link_or_copy(path, target / path.name)

        return self._kept(name, version, [str(path) for path in paths], copy)

    @staticmethod
    def _link_or_copy(source: Path | str, target: Path | str) -> None:
        try:
            os.link(source, target)  # boto3 has more than two thousand files
        except OSError:  # another file system, or one without links
            shutil.copy2(source, target)

    def _fetched(self, name: str, version: str) -> Path:
        from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
        from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
        from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver

        minor = int(version.partition('.')[2])
        if name == 'awslambdaric':
            minor = max(minor, self.OLDEST_CLIENT)
        platform = Lambda_Platform(f'python3.{minor}', Lambda_Platform.here().architecture)
        try:
            wheels = Package_Resolver(platform).resolve(Requirement_Set((name,), pinned=frozenset({name})))
            return self._kept(name, version, [wheels.key()], wheels.unpack)
        except (Packaging__Error, OSError) as error:
            raise Runtime__No_Package(name, version, f'{error}') from error

    def _kept(self, name: str, version: str, about: Sequence[str], write: Callable[[Path], object]) -> Path:
        from osbot_lambda.packaging.Package_Cache import Package_Cache

        cache = Package_Cache()
        digest = hashlib.sha256('\n'.join(about).encode()).hexdigest()

        def make(target: Path) -> None:
            write(target)
            self._compile(target, version, digest, cache)

        return cache.folder_of(f'python{version}-{name}-{digest[:16]}', make)

    @staticmethod
    def _compile(target: Path, version: str, digest: str, cache: 'Package_Cache') -> None:
        from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
        from osbot_lambda.packaging.Pyc_Files import Pyc_Files

        pyc = Pyc_Files(Lambda_Platform(f'python{version}'), cache)
        sources = {path.relative_to(target).as_posix(): path for path in target.rglob('*.py')}
        with contextlib.suppress(Packaging__Error):  # it would only be slower to import
            compiled = pyc.of(digest, lambda: {name: path.read_bytes() for name, path in sources.items()})
            for name, bytecode in compiled.items():
                file = target / pyc.path(name)
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(bytecode)
