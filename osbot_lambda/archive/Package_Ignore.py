import fnmatch
from collections.abc import Sequence
from pathlib import Path


class Package_Ignore:
    """What is never part of a package, or not unless asked for. All static: rules, no state."""

    ALWAYS = ('__pycache__', '*.pyc', '*.pyo', '.git', '.hg', '.svn', '.DS_Store', '.env', '.env.*')
    NOT_DATA = ('.*', '*.py', '*.pyi', 'tests', 'test', 'node_modules', 'site-packages', '*.egg-info', '*.dist-info')

    @classmethod
    def always(cls, name: str) -> bool:
        """Caches, version control, .env: left out also of what is added by hand."""
        return cls.matches(name, name, cls.ALWAYS)

    @classmethod
    def data_file(cls, name: str) -> bool:
        """Left out of the data files that come along with a package."""
        return cls.always(name) or cls.matches(name, name, cls.NOT_DATA)

    @staticmethod
    def is_environment(folder: Path) -> bool:
        """Is it a virtual environment?"""
        return (folder / 'pyvenv.cfg').is_file()

    @staticmethod
    def matches(name: str, path: str, patterns: Sequence[str]) -> bool:
        """Does the name, or the relative path, fit one of the fnmatch patterns? Upper and lower case differ."""
        return any(fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
