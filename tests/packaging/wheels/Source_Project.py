import tarfile
from collections.abc import Sequence
from pathlib import Path

BACKEND = """
import pathlib, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    if {fails!r}:
        raise SystemExit('this package can not be built')
    here = pathlib.Path(__file__).parent
    with zipfile.ZipFile(pathlib.Path(folder, {file!r}), 'w') as wheel:
        wheel.writestr({name!r} + '.py', (here / 'content.txt').read_text())
        wheel.writestr({info!r} + '/METADATA', (here / 'PKG-INFO').read_text())
        wheel.writestr({info!r} + '/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: ' + {tag!r})
        wheel.writestr({info!r} + '/RECORD', '')
    return {file!r}
"""


class Source_Project:
    """A package as source, with a build backend of its own: building it needs nothing from an index."""

    def __init__(
        self,
        name: str,
        version: str = '1.0',
        requires: Sequence[str] = (),
        tag: str = 'py3-none-any',
        fails: bool = False,
    ):
        self.name, self.version, self.requires, self.tag, self.fails = name, version, requires, tag, fails

    def folder(self, folder: Path) -> Path:
        """Write it as a folder."""
        folder.mkdir(parents=True)
        for path, text in self._files().items():
            (folder / path).write_text(text)
        return folder

    def archive(self, target: Path) -> Path:
        """Write it as a source distribution into the folder `target`."""
        stem = f'{self.name}-{self.version}'
        folder = self.folder(target / '.source' / stem)
        archive = target / f'{stem}.tar.gz'
        with tarfile.open(archive, 'w:gz') as packed:
            packed.add(folder, stem)
        return archive

    def _files(self) -> dict[str, str]:
        extras = 'Provides-Extra: more\n' if any('extra ==' in need for need in self.requires) else ''
        needs = extras + ''.join(f'Requires-Dist: {need}\n' for need in self.requires)
        return {
            'pyproject.toml': (
                '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
                f'[project]\nname = "{self.name}"\nversion = "{self.version}"\ndynamic = ["dependencies"]\n'
            ),
            'PKG-INFO': f'Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}\n{needs}',
            'content.txt': 'x = 1\n',
            'backend.py': BACKEND.format(
                name=self.name,
                file=f'{self.name}-{self.version}-{self.tag}.whl',
                info=f'{self.name}-{self.version}.dist-info',
                tag=self.tag,
                fails=self.fails,
            ),
        }
