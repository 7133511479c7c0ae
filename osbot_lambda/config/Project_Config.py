from pathlib import Path
from typing import Any, Optional

from osbot_lambda.errors import Config__Error
from osbot_lambda.schemas.Nearest_Name import Nearest_Name
from osbot_lambda.schemas.Schema__Base import Schema__Base

_read: dict[Path, tuple[tuple[int, int], dict[str, str]]] = {}  # a session per object must not parse the file again


class Project_Config(Schema__Base):
    """What a project says about itself: `[tool.osbot-lambda]` of the nearest pyproject.toml, from a folder upward.

    Shapes : target is 'local', 'aws' or a URL; region 'eu-west-1'; profile a name in ~/.aws; path the file, or None
             when there is none.
    Errors : Config__Error for a file that isn't TOML, a key we don't know and a value that isn't text.
    """

    target: Optional[str] = None
    region: Optional[str] = None
    profile: Optional[str] = None
    path: Optional[str] = None

    @classmethod
    def load(cls, start: Optional[Path] = None) -> 'Project_Config':
        """The configuration that holds in the folder `start` (default: the current one)."""
        folder = Path(start or Path.cwd()).resolve()
        for parent in (folder, *folder.parents):
            path = parent / 'pyproject.toml'
            if path.is_file():
                return cls(path=str(path), **cls._section(path))
        return cls()

    def came_from(self, key: str) -> str:
        """Where the value of `key` stands, in words for a log line or an error."""
        return f'{key} in [tool.osbot-lambda] of {self.path}'

    @classmethod
    def _section(cls, path: Path) -> dict[str, str]:
        stat = path.stat()
        version = (stat.st_mtime_ns, stat.st_size)
        if path not in _read or _read[path][0] != version:
            _read[path] = version, cls._checked(path, cls._parsed(path))
        return _read[path][1]

    @staticmethod
    def _parsed(path: Path) -> Any:
        import tomllib

        try:
            return tomllib.loads(path.read_text('utf-8')).get('tool', {}).get('osbot-lambda', {})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Config__Error(f'{path} is not TOML: {error}') from error
        except OSError as error:
            raise Config__Error(f'{path} cannot be read: {error}') from error

    @staticmethod
    def _checked(path: Path, section: Any) -> dict[str, str]:
        keys = ['profile', 'region', 'target']
        if not isinstance(section, dict):
            raise Config__Error(f'tool.osbot-lambda in {path} is not a table')
        for key, value in section.items():
            if key not in keys:
                advice = Nearest_Name.advice(key, keys)
                raise Config__Error(f'{key!r} in [tool.osbot-lambda] of {path} is not a key we know; {advice}')
            if not isinstance(value, str) or not value:
                raise Config__Error(f'{key} in [tool.osbot-lambda] of {path} is {value!r}, and must be text')
        return section
