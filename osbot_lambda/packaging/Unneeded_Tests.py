import re
from collections.abc import Callable, Iterable

NAMES = {'tests', 'test'}
IMPORT = re.compile(
    rb'^[ \t]*(?:from[ \t]+(?P<base>\.*[\w.]*)[ \t]+import[ \t]*(?:\((?P<many>[^)]*)\)|(?P<names>[^\n#;]*))'
    rb'|import[ \t]+(?P<modules>[\w., \t]+))',
    re.MULTILINE,
)


class Unneeded_Tests:
    """Which folders of tests a distribution can do without.

        Unneeded_Tests(paths, read).folders()        # ['numpy/lib/tests', …]

    Shapes : paths are those of one distribution, in the package; read(path) gives a file's bytes.
    Note   : a folder that other modules of the distribution import from stays, as numpy.testing does from
             numpy/_core/tests. What is imported by a name that is put together at run time isn't seen.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes]):
        self.paths, self.read = list(paths), read

    def folders(self) -> list[str]:
        """The folders, sorted; of those inside of one another the outermost."""
        folders = {folder for path in self.paths if (folder := self.folder_of(path))}
        if not folders:
            return []
        needed = set()
        for path in self.paths:
            if path.endswith('.py') and self.folder_of(path) is None and path.rpartition('/')[2] != 'conftest.py':
                needed |= self._imported_folders(path)
        return sorted(folders - needed)

    @staticmethod
    def folder_of(path: str) -> str | None:
        """The outermost folder of tests that the path is in."""
        parts = path.split('/')[:-1]
        for depth, part in enumerate(parts, 1):
            if part in NAMES:
                return '/'.join(parts[:depth])
        return None

    def _imported_folders(self, path: str) -> set[str]:
        found: set[str] = set()
        source = self.read(path)
        if b'test' not in source:
            return found
        for match in IMPORT.finditer(source):
            for module in self._modules(match, path.split('/')[:-1]):
                folder = self.folder_of('/'.join([*module, '']))
                if folder is not None:
                    found.add(folder)
        return found

    @staticmethod
    def _modules(match: 're.Match[bytes]', package: list[str]) -> Iterable[list[str]]:
        """What the statement may import, as the parts of its path."""
        if match['modules'] is not None:
            return [one.split()[0].split('.') for one in match['modules'].decode().split(',') if one.strip()]
        base = match['base'].decode()
        name = base.lstrip('.')
        above = len(base) - len(name)
        start = package[: len(package) - above + 1] if above else []
        module = [*start, *filter(None, name.split('.'))]
        names = re.findall(r'\w+', (match['many'] or match['names'] or b'').decode('utf-8', 'replace'))
        return [[*module, one] for one in names] or [module]
