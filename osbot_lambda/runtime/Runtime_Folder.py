"""What Lambda has in /var/runtime."""

import importlib.util
import shutil
from pathlib import Path
from typing import Optional

from osbot_lambda.errors import Runtime__Start_Failed


class Runtime_Folder:
    """What Lambda has in /var/runtime: the runtime interface client, and the bundled boto3; a folder of links.

    The links keep the rest of this machine's site-packages from the functions.
    Errors : Runtime__Start_Failed when the runtime interface client isn't installed.
    """

    REQUIRED = ('awslambdaric', 'runtime_client', 'simplejson', 'snapshot_restore_py')
    BUNDLED = ('boto3', 'botocore', 's3transfer', 'jmespath', 'dateutil', 'six', 'urllib3')
    BOOTSTRAP = Path(__file__).with_name('worker_bootstrap.py')

    def __init__(self, folder: Path):
        self.folder = folder
        self.bootstrap = folder / 'bootstrap.py'
        self._made = False

    def make(self) -> None:
        """Make the folder, the first time."""
        if self._made:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        missing = [module for module in self.REQUIRED if not self._link(module)]
        if missing:
            raise Runtime__Start_Failed(
                f"{', '.join(missing)} not found: functions run on AWS's runtime interface client, "
                f'which "pip install awslambdaric" installs (on Linux)'
            )
        for module in self.BUNDLED:
            self._link(module)
        shutil.copyfile(self.BOOTSTRAP, self.bootstrap)
        self._made = True

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._made = False

    def _link(self, module: str) -> bool:
        """Link one module or package, with its metadata; false when it isn't installed. Doesn't import it."""
        found = self._location(module)
        if found is None:
            return False
        metadata = 'python_dateutil' if module == 'dateutil' else module
        for path in (found, *found.parent.glob(f'{metadata}-*.dist-info')):
            link = self.folder / path.name
            if not link.is_symlink():
                link.symlink_to(path)
        return True

    @staticmethod
    def _location(module: str) -> Optional[Path]:
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            return None
        origin = Path(spec.origin)
        return origin.parent if origin.name == '__init__.py' else origin  # an imported six says it is a package
