import builtins
import json
from pathlib import Path
from typing import Optional, Self

from osbot_lambda.aws.lambda_ import boto3__lambda
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Base import Lambda__Dependency__Base
from osbot_lambda.aws.lambda_.dependencies.Schema__Lambda__Dependency__Local_Install__Data import (
    Schema__Lambda__Dependency__Local_Install__Data,
)
from osbot_lambda.aws.Temp_Folder import Temp_Folder
from osbot_lambda.errors import File__Not_Found

FOLDER_NAME__LAMBDA_DEPENDENCIES_STORAGE = 'osbot-lambda__dependencies'


class Lambda__Dependency__Local(Lambda__Dependency__Base):
    """The package, installed on this machine as a Lambda runtime needs it. Nothing here calls AWS.

        Lambda__Dependency__Local('requests').install().installed_files

    Errors : Packaging__No_Wheel and Packaging__Install_Failed from install(); File__Not_Found from files__zipped()
             before it.
    """

    def base_folder(self) -> str:
        """The folder that holds what is installed, for all packages: temp_folder, or this user's own."""
        return self.temp_folder or str(Temp_Folder.own(FOLDER_NAME__LAMBDA_DEPENDENCIES_STORAGE))

    def folder__lambda_dependencies_storage(self) -> str:
        """The folder for packages of this runtime and architecture."""
        return str(Path(self.base_folder(), f'{self.runtime}-{self.architecture}'))

    def path(self) -> str:
        """The folder of this package's files."""
        return str(Path(self.folder__lambda_dependencies_storage(), boto3__lambda.dependency_name(self.package_name)))

    def setup(self) -> Self:
        """Make the folder for packages of this runtime; install() does it too."""
        Path(self.folder__lambda_dependencies_storage()).mkdir(parents=True, exist_ok=True)
        return self

    def exists(self) -> bool:
        """Whether the package is installed, all of it."""
        return self.install__data__exists() and Path(self.path()).is_dir()

    def install(self, refresh: bool = False) -> Schema__Lambda__Dependency__Local_Install__Data:
        """Install the package with what it depends on; one that is installed stays, unless refresh.

            Lambda__Dependency('pandas').dependency__local.install().install_data       # ['numpy==2.3.1', …]

        It is installed all, or not at all."""
        there = None if refresh else self.install__data()
        if there is not None:
            return there
        import time
        from tempfile import TemporaryDirectory

        from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
        from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
        from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
        from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver

        start = time.monotonic()
        folder = Path(self.setup().folder__lambda_dependencies_storage())
        wanted = Requirement_Line.parse(self.package_name)  # of what Lambda's runtime has, this one is wanted too
        resolver = Package_Resolver(Lambda_Platform(self.runtime, self.architecture))
        wheels = resolver.resolve(Requirement_Set((str(wanted),), pinned=frozenset({wanted.name})), refresh)
        with TemporaryDirectory(dir=folder, prefix='.install-') as work:
            files = Path(work, 'files')
            wheels.unpack(files)
            data = Schema__Lambda__Dependency__Local_Install__Data(
                package_name=self.package_name,
                target_path=self.path(),
                runtime=self.runtime,
                architecture=self.architecture,
                install_data=wheels.names(),
                installed_files=_files(files),
                time_stamp=int(time.time() * 1000),
                duration=time.monotonic() - start,
            )
            self._move_in(files, Path(work))
        self.install__data__save(data)
        return data

    def files(self) -> list[str]:
        """The paths of the package's files, inside path(), sorted; [] when it isn't installed."""
        return _files(Path(self.path())) if self.exists() else []

    def files__zipped(self) -> builtins.bytes:
        """The zip for Lambda__Dependency__S3.upload(): the same files give the same bytes."""
        from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic

        if not self.exists():
            raise File__Not_Found(f'{self.package_name!r} is not installed in {self.path()}; install() does it')
        return Zip__Deterministic().add_folder(self.path()).bytes()

    def delete(self) -> bool:
        """Remove what is installed; False when nothing is."""
        import shutil

        found = self.install__data__delete()
        if not Path(self.path()).is_dir():
            return found
        shutil.rmtree(self.path())
        return True

    # ---- what is known of the installation

    def install__data(self) -> Optional[Schema__Lambda__Dependency__Local_Install__Data]:
        """What install() said; None when the package isn't installed."""
        if not self.exists():
            return None
        data = json.loads(Path(self.install__data__path()).read_text('utf-8'))
        return Schema__Lambda__Dependency__Local_Install__Data(**data)

    def install__data__path(self) -> str:
        """The JSON file of install__data(), beside path()."""
        return f'{self.path()}.json'

    def install__data__exists(self) -> bool:
        """Whether that file is there."""
        return Path(self.install__data__path()).is_file()

    def install__data__save(self, local_install_data: Schema__Lambda__Dependency__Local_Install__Data) -> str:
        """Write that file; its path."""
        import uuid

        target = Path(self.install__data__path())
        part = target.with_name(f'.{uuid.uuid4().hex}.json')
        part.write_text(json.dumps(local_install_data.json()), 'utf-8')
        part.replace(target)
        return str(target)

    def install__data__delete(self) -> bool:
        """Remove that file: then the package counts as not installed. False when it wasn't there."""
        if not self.install__data__exists():
            return False
        Path(self.install__data__path()).unlink(missing_ok=True)
        return True

    def _move_in(self, files: Path, work: Path) -> None:
        """Two processes may install at once: each moves what is there away, and the last stays."""
        target = Path(self.path())
        for attempt in range(100):
            try:
                files.rename(target)
                return
            except OSError:
                if not target.is_dir():
                    raise
            try:
                target.rename(work / f'old-{attempt}')
            except FileNotFoundError:
                continue  # the other process was faster at it
        files.rename(target)


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file())
