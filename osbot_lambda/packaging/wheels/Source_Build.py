from collections.abc import Sequence
from pathlib import Path

from osbot_lambda.errors import Packaging__Install_Failed, Packaging__No_Wheel
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.wheels.Installer import Installer
from osbot_lambda.packaging.wheels.Resolve_Input import Resolve_Input


class Source_Build:
    """Makes a wheel of what is there as source only: a folder, a source distribution, a repository.

    Errors : Packaging__Install_Failed when it can't be built; Packaging__No_Wheel when the wheel is of this machine,
             because the package isn't pure Python.
    Note   : it is built by the Python that runs this, which runs the package's own build script.
    """

    def __init__(self, platform: Lambda_Platform, work: Path):
        self.platform, self.work = platform, work

    def of_path(self, path: Path, asked: str) -> Path:
        """The wheel of a folder or an archive; asked is for messages."""
        uv, built = Installer.uv(), self._folder()
        if uv:
            command = [*uv, 'build', '--wheel', '--quiet', '--no-progress', '--color', 'never', '--out-dir', str(built)]
            return self._run('uv', [*command, str(path)], built, asked)
        return self._run('pip', [*self._pip_wheel(built), str(path)], built, asked)

    def of_url(self, url: str, asked: str) -> Path:
        """The wheel of 'git+https://…@commit' and the like, which pip fetches."""
        built = self._folder()
        return self._run('pip', [*self._pip_wheel(built), url], built, asked)

    def of_name(self, name: str, line: str, wanted: Resolve_Input) -> Path:
        """The wheel of the source distribution that pip finds for a line."""
        from dataclasses import replace

        built = self._folder()
        listed, constrained = replace(wanted, lines=(line,)).write(built)
        files = ['--requirement', str(listed), '--constraint', str(constrained)]
        return self._run('pip', [*self._pip_wheel(built), '--no-binary', name, *files], built, line)

    def _folder(self) -> Path:
        from tempfile import mkdtemp

        return Path(mkdtemp(dir=self.work, prefix='built-'))

    @staticmethod
    def _pip_wheel(built: Path) -> list[str]:
        pip = [*Installer.python_with_pip(), '-m', 'pip', 'wheel', '--no-deps', '--wheel-dir', str(built)]
        return [*pip, '--quiet', '--no-input', '--no-color', '--disable-pip-version-check']

    def _run(self, tool: str, command: Sequence[str], built: Path, asked: str) -> Path:
        done = Installer.run(*command)
        wheels = sorted(built.glob('*.whl'))
        if done.returncode or len(wheels) != 1:
            said = [line.strip() for line in done.stderr.replace(str(self.work), '').splitlines() if line.strip()]
            raise Packaging__Install_Failed([asked], tool, done.returncode, said[-12:])
        if not self._fits(wheels[0].name):
            raise Packaging__No_Wheel(asked, str(self.platform), [f'{wheels[0].name}, built here of its source'])
        return wheels[0]

    def _fits(self, file: str) -> bool:
        from packaging.utils import parse_wheel_filename

        tags = {str(tag) for tag in parse_wheel_filename(file)[3] if tag.platform == 'any' and tag.abi == 'none'}
        return not tags.isdisjoint(self.platform.compatible_tags())
