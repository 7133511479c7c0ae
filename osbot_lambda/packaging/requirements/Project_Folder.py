from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from osbot_lambda.archive.Folder_Files import Folder_Files
from osbot_lambda.errors import File__Not_Found
from osbot_lambda.packaging.requirements.Local_Distribution import Local_Distribution
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.requirements.Toml_File import Toml_File


class Project_Folder:
    """A project in a folder of this machine, by what its pyproject.toml or setup.cfg says; nothing of it is run.

    Shapes : name is normalised, '' when only running setup.py would tell.
    Errors : File__Not_Found when there is no such folder.
    Source : the layouts of setuptools' "Package Discovery": src/, a package named as the project, or all packages.
    """

    NOT_PACKAGES = ('tests', 'test', 'docs', 'doc', 'examples', 'example', 'benchmarks', 'scripts', 'tools', 'build')
    NOT_MODULES = ('setup', 'conftest', 'noxfile', 'tasks', 'fabfile', 'manage')

    def __init__(self, folder: Path):
        if not folder.is_dir():
            raise File__Not_Found(f'{folder} is not a folder')
        self.folder = folder
        pyproject = folder / 'pyproject.toml'
        self.toml: dict[str, Any] = Toml_File.read(pyproject) if pyproject.is_file() else {}

    @property
    def name(self) -> str:
        """As its metadata has it."""
        named = self._project().get('name') or self._tool('poetry').get('name') or self._setup_cfg('metadata', 'name')
        return Requirement_Line.normal(named or '')

    @property
    def version(self) -> str:
        """'0' when only building it would tell."""
        version = self._project().get('version') or self._tool('poetry').get('version')
        version = version or self._setup_cfg('metadata', 'version')
        return version if version and not version.startswith(('attr:', 'file:')) else '0'

    def needs(self, extras: Sequence[str] = ()) -> Optional[Requirement_Set]:
        """What it depends on; None when only building it would tell."""
        from osbot_lambda.packaging.requirements.Pyproject_Toml import Pyproject_Toml

        project = self._project()
        if project and 'dependencies' not in project.get('dynamic', ()):
            return Pyproject_Toml(self.folder / 'pyproject.toml').requirements(extras)
        return None

    def distribution(self) -> Optional[Local_Distribution]:
        """Its importable files, as they are in the folder; None when there are none where one would look."""
        if not self.name:
            return None
        files = sorted(
            (path, file)
            for name, source in self.modules()
            for path, file in ([(name, source)] if source.is_file() else self._inside(name, source))
        )
        return Local_Distribution(self.name, self.version, tuple(files)) if files else None

    @staticmethod
    def _inside(name: str, folder: Path) -> Iterator[tuple[str, Path]]:
        return ((f'{name}/{path}', file) for path, file in Folder_Files(folder))

    def modules(self) -> list[tuple[str, Path]]:
        """(name in the zip, folder or file) of what it installs: ('pkg', …/src/pkg), ('mod.py', …/mod.py)."""
        listed = self._tool('hatch').get('build', {}).get('targets', {}).get('wheel', {}).get('packages')
        if listed:
            return [(Path(path).name, self.folder / path) for path in listed if (self.folder / path).exists()]
        base = self._base()
        module = self.name.replace('-', '_')
        own = [one for one in (base / module, base / f'{module}.py') if one.exists()]
        if own and base == self.folder:
            return [(one.name, one) for one in own]
        return [(one.name, one) for one in sorted(base.iterdir()) if self._is_top(one, base)]

    def _is_top(self, entry: Path, base: Path) -> bool:
        if entry.suffix == '.py' and entry.is_file():
            return entry.stem not in self.NOT_MODULES
        if not entry.is_dir() or not entry.name.isidentifier():
            return False
        if base != self.folder:  # what is in src/ is all to be installed, namespace packages too
            return next(entry.rglob('*.py'), None) is not None
        return entry.name not in self.NOT_PACKAGES and (entry / '__init__.py').is_file()

    def _base(self) -> Path:
        setuptools = self._tool('setuptools')
        packages = setuptools.get('packages', {})
        found = packages.get('find', {}).get('where', []) if isinstance(packages, dict) else []
        said = setuptools.get('package-dir', {}).get('') or (found[0] if found else '')
        base = self.folder / (said or 'src')
        return base if base.is_dir() else self.folder

    def _project(self) -> dict[str, Any]:
        found = self.toml.get('project', {})
        return found if isinstance(found, dict) else {}

    def _tool(self, name: str) -> dict[str, Any]:
        found = self.toml.get('tool', {}).get(name, {})
        return found if isinstance(found, dict) else {}

    def _setup_cfg(self, section: str, key: str) -> str:
        from configparser import ConfigParser, Error

        settings = ConfigParser(interpolation=None)
        try:
            settings.read(self.folder / 'setup.cfg', 'utf-8')
        except (Error, UnicodeDecodeError):
            return ''
        return settings.get(section, key, fallback='')
