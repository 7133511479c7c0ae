import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from osbot_lambda.errors import Packaging__Install_Failed
from osbot_lambda.packaging.Install_Error import Install_Error
from osbot_lambda.packaging.Installed_Packages import Installed_Packages
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform

if TYPE_CHECKING:
    from subprocess import CompletedProcess

PIP = Path(__file__).with_name('pip_for_target.py')


class Pip_Install:
    """Installs packages into a folder, as a Lambda runtime needs them: wheels of its platform, not of this machine's.

        Pip_Install('python3.12', 'arm64').install(['requests>=2', 'pydantic[email]'], Path('build'))

    Shapes : requirements as in a requirements file: names, versions, extras, markers, hashes, paths of wheels.
    Errors : Packaging__No_Wheel, Packaging__Install_Failed; Setting__Invalid for a runtime or architecture.
    Note   : uv where it is, else pip; the settings of either (index, proxies, credentials) hold. uv knows only some
             of the glibc versions: where it took a wheel that is too new for the runtime, pip does it.
             The files are the same for the same versions, whoever installs them: no bytecode, no start scripts
             (bin/, which would start this machine's Python), no notes of the installer.
    """

    def __init__(self, runtime: str = 'python3.11', architecture: str = 'x86_64'):
        self.platform = Lambda_Platform(runtime, architecture)

    def install(self, requirements: Sequence[str], target: Path) -> list[str]:
        """The distributions, sorted: ['certifi==2026.1.1', 'requests==2.34.0']. target is made, or is there and empty;
        it gets all of the files, or stays as it was."""
        from tempfile import TemporaryDirectory

        wanted = [requirements] if isinstance(requirements, str) else list(requirements)
        target = Path(target).absolute()
        if target.exists() and any(target.iterdir()):
            raise Packaging__Install_Failed(wanted, '', 0, [f'{target} is not empty'])
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent, prefix='.install-') as work:
            staged = Path(work) / 'packages'
            staged.mkdir()
            packages = self._fetch(wanted, Path(work), staged) if wanted else Installed_Packages(staged)
            packages.neutralise()
            staged.rename(target)
        return Installed_Packages(target).names()

    def _fetch(self, wanted: list[str], work: Path, staged: Path) -> Installed_Packages:
        listed = work / 'requirements.txt'
        listed.write_text(''.join(f'{requirement}\n' for requirement in wanted), 'utf-8')
        uv, packages = self._uv(), Installed_Packages(staged)
        if uv:
            self._with_uv(uv, wanted, listed, staged)
            if packages.fit(self.platform):
                return packages
            packages.clear()
        self._with_pip(uv, wanted, listed, staged)
        return packages

    def _with_uv(self, uv: list[str], wanted: list[str], listed: Path, staged: Path) -> None:
        glibc = 34 if self.platform.glibc >= 34 else 28  # of those that uv knows; 28 may be too new: see fit()
        done = self._run(
            *(*uv, 'pip', 'install', '--quiet', '--no-progress', '--color', 'never', '--link-mode', 'copy'),
            *('--python', sys.executable, '--python-version', self.platform.python_version),
            *('--python-platform', f'{self.platform.machine}-manylinux_2_{glibc}', '--only-binary', ':all:'),
            *('--target', str(staged), '--requirements', str(listed)),
        )
        if done.returncode:
            said = done.stderr.replace(str(listed), 'the requirements')
            raise Install_Error.of_uv(wanted, self.platform, done.returncode, said)

    def _with_pip(self, uv: Optional[list[str]], wanted: list[str], listed: Path, staged: Path) -> None:
        import json

        log = listed.with_name('pip.log')
        done = self._run(
            *(*self._python_with_pip(uv, wanted), str(PIP), json.dumps(self.platform.markers())),
            *('install', '--quiet', '--no-input', '--no-color', '--disable-pip-version-check', '--no-user'),
            *('--no-compile', '--no-warn-script-location', '--only-binary', ':all:', *self.platform.pip_options()),
            *('--log', str(log), '--target', str(staged), '--requirement', str(listed)),
        )
        if done.returncode:
            said = done.stderr.replace(str(listed), 'the requirements')
            text = log.read_text('utf-8', 'replace') if log.is_file() else ''
            raise Install_Error.of_pip(wanted, self.platform, done.returncode, said, text)

    @staticmethod
    def _uv() -> Optional[list[str]]:
        from importlib.util import find_spec
        from shutil import which

        installed = find_spec('uv')
        if installed is not None and installed.origin is not None:  # not a mere folder of that name
            return [sys.executable, '-m', 'uv']
        found = which('uv')
        return [found] if found else None

    @staticmethod
    def _python_with_pip(uv: Optional[list[str]], wanted: list[str]) -> list[str]:
        from importlib.util import find_spec

        if find_spec('pip') is not None:
            return [sys.executable, '-P']
        if uv:  # an environment that uv made has no pip
            return [*uv, 'run', '--no-project', '--python', sys.executable, '--with', 'pip', 'python', '-P']
        about = f'neither uv nor pip is here: install one of them for {sys.executable}'
        raise Packaging__Install_Failed(wanted, '', 0, [about])

    @staticmethod
    def _run(*command: str) -> 'CompletedProcess[str]':
        import os
        import subprocess

        environment = {**os.environ, 'PIP_REQUIRE_VIRTUALENV': '0', 'PYTHONIOENCODING': 'utf-8'}
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding='utf-8',
            errors='replace',
            env=environment,
            check=False,
        )
