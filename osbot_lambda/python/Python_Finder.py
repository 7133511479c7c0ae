import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Optional


class Python_Finder:
    """Finds the CPython interpreters of this machine, by version.

        Python_Finder.find('3.12')         # Path('/home/me/.pyenv/versions/3.12.1/bin/python3.12')
        Python_Finder.nearest('3.12')      # '3.11'

    Shapes : version '3.12'; a path is the program itself, of no virtual environment where that can be told.
    Note   : by names alone, and no program is started: the one that runs this, python3.12 on PATH, pyenv's, uv's.
             Free-threaded and musl builds aren't Lambda's. What was found is remembered; what wasn't is looked for
             again, as it may be installed meanwhile.
    """

    OLDEST, NEWEST = 8, 20  # minors of Python 3: Lambda's oldest that is left, and more than there are

    _found: ClassVar[dict[tuple[Optional[str], ...], Path]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()

    @classmethod
    def find(cls, version: str) -> Optional[Path]:
        """An interpreter of this version; None when there is none."""
        if not re.fullmatch(r'3\.\d+', version):
            return None
        places = ('PATH', 'HOME', 'PYENV_ROOT', 'XDG_DATA_HOME', 'UV_PYTHON_INSTALL_DIR')
        key = (version, *(os.environ.get(name) for name in places))
        with cls._lock:
            known = cls._found.get(key)
        if known is None or not known.exists():
            known = next(cls._candidates(version), None)
            if known is not None:
                with cls._lock:
                    cls._found[key] = known
        return known

    @classmethod
    def nearest(cls, version: str) -> Optional[str]:
        """The version nearest to this one that is on the machine: itself, else of two as near the newer."""
        if not re.fullmatch(r'3\.\d+', version):
            return None
        wanted = int(version.partition('.')[2])
        minors = sorted(range(cls.OLDEST, cls.NEWEST + 1), key=lambda minor: (abs(minor - wanted), -minor))
        return next((f'3.{minor}' for minor in minors if cls.find(f'3.{minor}')), None)

    @classmethod
    def _candidates(cls, version: str) -> Iterator[Path]:
        if cls._runs_this(version):
            yield Path(getattr(sys, '_base_executable', None) or sys.executable)
        name = f'python{version}'
        programs = [Path(folder) / name for folder in os.environ.get('PATH', '').split(os.pathsep) if folder]
        home = Path(os.path.expanduser('~'))
        pyenv = Path(os.environ.get('PYENV_ROOT') or home / '.pyenv') / 'versions'
        data = Path(os.environ.get('XDG_DATA_HOME') or home / '.local' / 'share')
        uv = Path(os.environ.get('UV_PYTHON_INSTALL_DIR') or data / 'uv' / 'python')
        escaped = re.escape(version)
        for root, form in (
            (pyenv, rf'{escaped}\.(\d+)((a|b|rc)\d+)?'),
            (uv, rf'cpython-{escaped}\.(\d+)((a|b|rc)\d+)?-(linux-.*-gnu|macos-.*)'),
        ):
            programs += [folder / 'bin' / name for folder in cls._newest_first(root, form)]
        yield from filter(cls._is_program, programs)

    @staticmethod
    def _runs_this(version: str) -> bool:
        mine = f'{sys.version_info[0]}.{sys.version_info[1]}'
        plain = not getattr(sys, 'abiflags', '')  # 't' is free-threaded
        return mine == version and plain and sys.implementation.name == 'cpython'

    @staticmethod
    def _newest_first(root: Path, form: str) -> list[Path]:
        try:
            names = os.listdir(root)
        except OSError:
            return []
        fits = [(match, name) for name in names if (match := re.fullmatch(form, name))]
        # a pre-release after the releases of its kind: it has a suffix
        fits.sort(key=lambda fit: (not fit[0][2], int(fit[0][1]), fit[1]), reverse=True)
        return [root / name for _, name in fits]

    @staticmethod
    def _is_program(path: Path) -> bool:
        """Not a script in an interpreter's place: a shim of pyenv starts what the folder says, or nothing."""
        try:
            with path.open('rb') as program:
                return program.read(2) != b'#!' and os.access(path, os.X_OK)
        except OSError:
            return False
