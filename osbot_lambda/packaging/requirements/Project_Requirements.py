import os
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Optional, Self, Union

from osbot_lambda.packaging.requirements.Pylock_Toml import Pylock_Toml
from osbot_lambda.packaging.requirements.Pyproject_Toml import Pyproject_Toml
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.requirements.Requirements_Txt import Requirements_Txt
from osbot_lambda.packaging.requirements.Uv_Lock import Uv_Lock

FILES = ('uv.lock', 'pylock.toml', 'pyproject.toml', 'requirements.txt')
VERSION_CONTROL = ('.git', '.hg', '.svn', '.jj')


class Project_Requirements:
    """What the project that a handler belongs to says of its packages: declared and locked. Read when asked.

    Shapes : folder is None when there is no project.
    Errors : Requirement__Invalid, File__Not_Found (an included file), when it is read.
    """

    def __init__(self, folder: Optional[Path] = None):
        self.folder = folder

    @classmethod
    def find(cls, start: str | Path) -> Self:
        """The nearest folder at or above `start` that has one of FILES.

        Not above the root of its version control, and of the home, temporary and root folders only `start` itself.
        """
        where = Path(os.path.abspath(start))
        return cls(next((folder for folder in cls._upward(where) if cls._is_project(folder)), None))

    @staticmethod
    def _upward(start: Path) -> Iterator[Path]:
        shared = {Path.home(), Path(tempfile.gettempdir()), Path(start.anchor)}
        for folder in (start, *start.parents):
            if folder in shared and folder != start:
                return
            if folder.is_dir():
                yield folder
            if any((folder / name).exists() for name in VERSION_CONTROL):
                return

    @staticmethod
    def _is_project(folder: Path) -> bool:
        there = [name for name in FILES if (folder / name).is_file()]
        return bool(there) and (there != ['pyproject.toml'] or bool(Pyproject_Toml(folder / 'pyproject.toml').project))

    @property
    def origin(self) -> str:
        """The file that tells most, for messages."""
        return next((name for name in FILES if self.folder and (self.folder / name).is_file()), '')

    @cached_property
    def own(self) -> list[Requirement_Line]:
        """What it declares to run with: its dependencies, else its requirements.txt."""
        if self._own_set is not None:
            return self._parsed(self._own_set)
        return self._parsed(self._requirements_txt) if self._requirements_txt else []

    @cached_property
    def declared(self) -> dict[str, Requirement_Line]:
        """All that it declares anywhere, by name: its own first, then requirements.txt, extras and groups."""
        found: dict[str, Requirement_Line] = {}
        txt = self._parsed(self._requirements_txt) if self._requirements_txt else []
        for line in (*self.own, *txt, *(self._pyproject.lines() if self._pyproject else ())):
            found.setdefault(line.name, line)
        return found

    @property
    def index_options(self) -> tuple[str, ...]:
        """The indexes that it names."""
        sets = (self._own_set, self._requirements_txt)
        return tuple(dict.fromkeys(option for one in sets if one for option in one.index_options))

    @property
    def constraints(self) -> tuple[str, ...]:
        """Those of its requirements.txt."""
        return self._requirements_txt.constraints if self._requirements_txt else ()

    @cached_property
    def lock(self) -> Union[Uv_Lock, Pylock_Toml, None]:
        """Its lock; of a workspace's member that of the workspace."""
        if self.folder is None:
            return None
        if (self.folder / 'uv.lock').is_file():
            return Uv_Lock(self.folder / 'uv.lock')
        if (self.folder / 'pylock.toml').is_file():
            return Pylock_Toml(self.folder / 'pylock.toml')
        for folder in self._upward(self.folder.parent) if self._pyproject and not self._is_root else ():
            if (folder / 'uv.lock').is_file():
                lock = Uv_Lock(folder / 'uv.lock', self.folder)
                return lock if self._pyproject and lock.has_member(self._pyproject.name) else None
        return None

    @property
    def _is_root(self) -> bool:
        return self.folder is None or any((self.folder / name).exists() for name in VERSION_CONTROL)

    @cached_property
    def _pyproject(self) -> Optional[Pyproject_Toml]:
        path = self.folder / 'pyproject.toml' if self.folder else None
        return Pyproject_Toml(path) if path and path.is_file() else None

    @cached_property
    def _own_set(self) -> Optional[Requirement_Set]:
        pyproject = self._pyproject
        return pyproject.requirements() if pyproject is not None and pyproject.is_declared else None

    @cached_property
    def _requirements_txt(self) -> Optional[Requirement_Set]:
        path = self.folder / 'requirements.txt' if self.folder else None
        return Requirements_Txt(path).requirements() if path and path.is_file() else None

    @staticmethod
    def _parsed(wanted: Requirement_Set) -> list[Requirement_Line]:
        return [Requirement_Line.parse(line) for line in wanted.requirements]
