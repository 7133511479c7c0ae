"""What Lambda has in /var/runtime, for one version of Python."""

import importlib.util
import py_compile
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Runtime__No_Package, Runtime__Start_Failed
from osbot_lambda.python.Python_Finder import Python_Finder

HERE = f'{sys.version_info.major}.{sys.version_info.minor}'
Packages = Callable[[str, str], Optional[Path]]


class Runtime_Folder:
    """What Lambda has in /var/runtime, for one version of Python: the runtime interface client, and the bundled boto3;
    a folder of links. They keep the rest of this machine's site-packages from the functions.

    Shapes : version '3.12'; python is its interpreter; note says so when that isn't the version that functions asked
             for, else it is ''. packages('boto3', '3.9') gives a folder whose files are linked, or None where those
             installed here serve that version; it raises Runtime__No_Package.
    Errors : Runtime__Start_Failed when there is no runtime interface client.
    Note   : the client is AWS's own; where its compiled module doesn't fit the interpreter, a stand-in of ours does its
             work. Without a boto3, importing it raises an ImportError that tells why.
    """

    CLIENT = ('awslambdaric', 'simplejson', 'snapshot_restore_py')
    COMPILED = 'runtime_client'
    BUNDLED = ('boto3', 'botocore', 's3transfer', 'jmespath', 'dateutil', 'six', 'urllib3')
    BOOTSTRAP = Path(__file__).with_name('worker_bootstrap.py')
    SANDBOX = Path(__file__).with_name('worker_sandbox.py')
    STAND_IN = Path(__file__).with_name('worker_runtime_client.py')

    def __init__(
        self,
        folder: Path,
        version: str = HERE,
        python: Optional[Path] = None,
        packages: Packages = lambda name, version: None,
        note: str = '',
    ):
        self.folder, self.version, self.note = folder, version, note
        self.python = python or Python_Finder.find(version) or Path(sys.executable)
        self.bootstrap = folder / 'bootstrap.py'
        self.sandbox = folder / 'sandbox.py'
        self._packages = packages
        self._made = False

    def make(self) -> None:
        """Make the folder, the first time."""
        if self._made:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._add_client()
        self._add_boto3()
        for script, copy in ((self.BOOTSTRAP, self.bootstrap), (self.SANDBOX, self.sandbox)):
            shutil.copyfile(script, copy)
            if self.version == HERE:  # each start of a worker would compile them again
                py_compile.compile(str(copy), f'{copy}c', doraise=True)
        self._made = True

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._made = False

    @property
    def library(self) -> Path:
        """Where the interpreter has its standard library."""
        return self.python.resolve().parent.parent / 'lib' / f'python{self.version}'

    def command(self) -> list[str]:
        """What starts a worker; its arguments follow."""
        # -S -s -P: no site-packages, no user's, no script folder. -B: nothing is written beside the function's code
        safe_path = ['-P'] if int(self.version.partition('.')[2]) >= 11 else []
        return [
            str(self.python),
            '-S',
            '-s',
            *safe_path,
            '-B',
            f'{self.sandbox}c' if self.version == HERE else str(self.sandbox),
        ]

    @classmethod
    def installed(cls, module: str) -> list[Path]:
        """A module or package installed here, and its metadata; [] when it isn't. Doesn't import it."""
        found = cls.location(module)
        if found is None:
            return []
        metadata = 'python_dateutil' if module == 'dateutil' else module
        return [found, *found.parent.glob(f'{metadata}-*.dist-info')]

    @staticmethod
    def location(module: str) -> Optional[Path]:
        """The file of a module installed here, or the folder of a package; None when it isn't. Doesn't import it."""
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            return None
        origin = Path(spec.origin)
        return origin.parent if origin.name == '__init__.py' else origin  # an imported six says it is a package

    def _add_client(self) -> None:
        try:
            self._add('awslambdaric', self.CLIENT)
        except Runtime__No_Package as error:
            raise Runtime__Start_Failed(str(error)) from error
        missing = [module for module in self.CLIENT if not self._is_there(module)]
        if missing:
            raise Runtime__Start_Failed(
                f"{', '.join(missing)} not found: functions run on AWS's runtime interface client, "
                f'which "pip install awslambdaric" installs (on Linux)'
            )
        compiled = self.installed(self.COMPILED) if self.version == HERE else []
        self._link(compiled)
        if not compiled:
            shutil.copyfile(self.STAND_IN, self.folder / 'runtime_client.py')

    def _add_boto3(self) -> None:
        try:
            self._add('boto3', self.BUNDLED)
        except Runtime__No_Package as error:
            for name in ('boto3', 'botocore'):
                text = f"raise ImportError({str(error)!r}, name='{name}')\n"
                (self.folder / f'{name}.py').write_text(text, encoding='utf-8')

    def _add(self, package: str, modules: Iterable[str]) -> None:
        folder = self._packages(package, self.version)
        if folder is None:
            for module in modules:
                self._link(self.installed(module))
        else:
            self._link(path for path in folder.iterdir() if not path.name.startswith(self.COMPILED))

    def _is_there(self, module: str) -> bool:
        return (self.folder / module).is_dir() or (self.folder / f'{module}.py').is_file()

    def _link(self, paths: Iterable[Path]) -> None:
        for path in paths:
            link = self.folder / path.name
            if not link.is_symlink():
                link.symlink_to(path)
