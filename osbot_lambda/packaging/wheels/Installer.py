import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from osbot_lambda.errors import Packaging__Install_Failed

if TYPE_CHECKING:
    from subprocess import CompletedProcess

SAME_ANYWHERE = {'SOURCE_DATE_EPOCH': '315532800', 'PYTHONHASHSEED': '0'}  # for what builds wheels: 1980, as in zips


class Installer:
    """Starts uv and pip, in processes of their own. All static.

    Errors : Packaging__Install_Failed when there is neither.
    Note   : their settings hold: indexes, proxies, certificates, credentials.
    """

    @staticmethod
    def uv() -> Optional[list[str]]:
        """How uv is started; None when it isn't here."""
        from importlib.util import find_spec
        from shutil import which

        installed = find_spec('uv')
        if installed is not None and installed.origin is not None:  # not a mere folder of that name
            return [sys.executable, '-m', 'uv']
        found = which('uv')
        return [found] if found else None

    @classmethod
    def python_with_pip(cls) -> list[str]:
        """How a Python is started that has pip."""
        from importlib.util import find_spec

        if find_spec('pip') is not None:
            return [sys.executable, '-P']
        uv = cls.uv()
        if uv:  # an environment that uv made has no pip
            return [*uv, 'run', '--no-project', '--python', sys.executable, '--with', 'pip', 'python', '-P']
        about = f'neither uv nor pip is here: install one of them for {sys.executable}'
        raise Packaging__Install_Failed(['packages'], '', 0, [about])

    @staticmethod
    def run(*command: str, cwd: Optional[Path] = None) -> 'CompletedProcess[str]':
        """To its end; the caller looks at the exit code."""
        import os
        import subprocess

        settings: Mapping[str, str] = {'PIP_REQUIRE_VIRTUALENV': '0', 'PIP_USER': '0', 'PYTHONIOENCODING': 'utf-8'}
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding='utf-8',
            errors='replace',
            env={**os.environ, **settings, **SAME_ANYWHERE},
            cwd=cwd,
            check=False,
        )
