import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Optional

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Cache import Package_Cache
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.wheels.Resolution import Resolution
from osbot_lambda.packaging.wheels.Wheel_File import Wheel_File
from osbot_lambda.packaging.wheels.Wheel_Link import Wheel_Link

KIND = 'resolutions'
FORM = 1  # of the files
DECIDE = re.compile(  # the variables of uv and pip that decide what is found
    r'(?:UV|PIP)_(?:DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|INDEX_STRATEGY|CONSTRAINT|'
    r'OVERRIDE|EXCLUDE|EXCLUDE_NEWER|PRERELEASE|PRE|RESOLUTION|CONFIG_FILE|NO_CONFIG|UPLOADED_PRIOR_TO)'
)
NOT_SOURCE = {'.git', '.hg', '.venv', '__pycache__', 'build', 'dist', '.tox', '.nox', 'node_modules'}


class Resolution_Cache:
    """Keeps resolutions, by everything that decides them: requirements, constraints, options, platform, the index
    variables of uv and pip, and of local files and folders what they hold."""

    def __init__(self, platform: Lambda_Platform, cache: Package_Cache):
        self.platform, self.cache = platform, cache

    def key(self, wanted: Requirement_Set) -> str:
        """A SHA-256 in hex: nothing of a URL's password can be read from it."""
        import hashlib

        variables = {name: text for name, text in os.environ.items() if DECIDE.fullmatch(name)}
        lines = [*wanted.requirements, *wanted.constraints]
        decides = [
            FORM,
            [self.platform.runtime, self.platform.python_full_version, self.platform.architecture],
            [wanted.requirements, wanted.constraints, wanted.index_options, wanted.no_deps],
            [sorted(wanted.pinned), sorted((local.name, local.version) for local in wanted.local)],
            sorted(variables.items()),
            [*self._stamps(lines, [*wanted.index_options, *variables.values()])],
        ]
        return hashlib.sha256(json.dumps(decides).encode()).hexdigest()

    def load(self, key: str) -> Optional[Resolution]:
        """None when it isn't there."""
        path = self.cache.get(KIND, key)
        if path is None:
            return None
        try:
            read = json.loads(path.read_text('utf-8'))
            links = tuple(Wheel_Link(**link) for link in read['links'])
            seen = {name: (size, changed) for name, (size, changed) in read['seen'].items()}
            return Resolution(links, tuple(read['left_out']), read['made'], read['lasting'], seen)
        except (ValueError, KeyError, TypeError, OSError):  # damaged, or gone by now
            return None

    def save(self, key: str, found: Resolution, wheels: Sequence[Wheel_File]) -> None:
        """With how the wheels' files look now."""
        stats = {wheel.name: wheel.path.stat() for wheel in wheels}
        content = {
            'links': [asdict(link) for link in found.links],
            'left_out': found.left_out,
            'made': found.made,
            'lasting': found.lasting,
            'seen': {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()},
        }
        self.cache.put(KIND, key, lambda part: part.write_text(json.dumps(content), 'utf-8'), replace=True)

    @classmethod
    def _stamps(cls, lines: Sequence[str], options: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """What tells whether something on this disk has changed."""
        for line in lines:
            name, _, url = line.partition(' --hash')[0].partition(' ;')[0].partition(' @ ')
            yield from cls._stamp(url or re.sub(r'^(?:-e|--editable)[=\s]\s*', '', name), inside=True)
        for option in options:
            for text in re.split(r'[\s,=]+', option):
                yield from cls._stamp(text, inside=False)

    @classmethod
    def _stamp(cls, text: str, inside: bool) -> Iterator[tuple[str, int, int]]:
        text = re.sub(r'\[[^\]]*\]$', '', text.strip())
        if text.startswith('file:'):
            from urllib.parse import unquote, urlsplit

            text = unquote(urlsplit(text).path)
        if not text or '://' in text:
            return
        try:
            path = Path(text).expanduser()
            stat = path.stat()
        except (OSError, ValueError, RuntimeError):  # no file: a package's name
            return
        yield str(path.absolute()), stat.st_size, stat.st_mtime_ns
        if inside and path.is_dir():
            for folder, folders, files in os.walk(path):
                folders[:] = sorted(set(folders) - NOT_SOURCE)
                folders[:] = [name for name in folders if not name.endswith('.egg-info')]
                for file in sorted(files):
                    found = os.stat(os.path.join(folder, file), follow_symlinks=False)
                    yield os.path.join(folder, file), found.st_size, found.st_mtime_ns
