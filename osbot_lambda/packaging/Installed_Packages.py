import re
from pathlib import Path

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform

NOTES = ('INSTALLER', 'REQUESTED', 'direct_url.json', 'uv_cache.json', 'uv_build.json')  # of who installed, and how


class Installed_Packages:
    """A folder that pip or uv has installed into, with --target."""

    def __init__(self, folder: Path):
        self.folder = folder

    def names(self) -> list[str]:
        """The distributions, sorted: 'name==version', the name normalised as on PyPI."""
        found = []
        for info in self._infos():
            metadata = (info / 'METADATA').read_text('utf-8', 'replace').partition('\n\n')[0]
            name, version = (
                match[1].strip() if (match := re.search(rf'^{key}:(.*)', metadata, re.MULTILINE)) else ''
                for key in ('Name', 'Version')
            )
            found.append(f'{re.sub(r"[-_.]+", "-", name).lower()}=={version}')
        return sorted(found)

    def fit(self, platform: Lambda_Platform) -> bool:
        """Do all the wheels that were installed load on the platform? By the tags that they were built with."""
        loadable = {'any', *platform.tags()}
        for info in self._infos():
            tags = re.findall(r'^Tag: *\S+-([\w.]+)\s*$', (info / 'WHEEL').read_text('utf-8'), re.MULTILINE)
            if not any(loadable & set(tag.split('.')) for tag in tags):
                return False
        return True

    def clear(self) -> None:
        """Empty the folder."""
        import shutil

        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def neutralise(self) -> None:
        """Remove what differs between machines and installers: notes, bytecode, generated start scripts."""
        import shutil

        for cache in [path for path in self.folder.rglob('__pycache__') if path.is_dir()]:
            shutil.rmtree(cache, ignore_errors=True)
        for name in ('.lock', '.gitignore', 'CACHEDIR.TAG'):
            (self.folder / name).unlink(missing_ok=True)
        infos = self._infos()
        for info in infos:
            for name in NOTES:
                (info / name).unlink(missing_ok=True)
            for script in self._generated_scripts(info):
                (self.folder / 'bin' / script).unlink(missing_ok=True)
        scripts = self._neutral_scripts()
        for info in infos:
            self._neutral_record(info, scripts)

    def _infos(self) -> list[Path]:
        return sorted(self.folder.glob('*.dist-info'))

    @staticmethod
    def _generated_scripts(info: Path) -> list[str]:
        from configparser import ConfigParser, Error

        entries = ConfigParser(delimiters=('=',), interpolation=None, strict=False)
        entries.optionxform = str  # type: ignore[assignment, method-assign]
        try:
            entries.read(info / 'entry_points.txt', 'utf-8')
        except (Error, UnicodeDecodeError):
            return []
        sections = [name for name in ('console_scripts', 'gui_scripts') if entries.has_section(name)]
        return [name for section in sections for name in entries.options(section) if '/' not in name]

    def _neutral_scripts(self) -> set[str]:
        """Of scripts that a package ships: start whichever Python is first on the PATH."""
        folder = self.folder / 'bin'
        changed: set[str] = set()
        if not folder.is_dir():
            return changed
        for script in sorted(folder.iterdir()):
            data = script.read_bytes() if script.is_file() else b''
            first, newline, rest = data.partition(b'\n')
            if first.startswith(b'#!') and b'python' in first:
                mode = script.stat().st_mode
                script.unlink()
                script.write_bytes(b'#!/usr/bin/env python3' + newline + rest)
                script.chmod(mode)
                changed.add(f'bin/{script.name}')
        if not any(folder.iterdir()):
            folder.rmdir()
        return changed

    def _neutral_record(self, info: Path, changed: set[str]) -> None:
        import csv
        import io

        record = info / 'RECORD'
        if not record.is_file():
            return
        kept = []
        for row in csv.reader(io.StringIO(record.read_text('utf-8'))):
            path = re.sub(r'^(?:\.\./)+', '', row[0]) if row else ''
            if path and (self.folder / path).is_file():
                kept.append([path, '', ''] if path in changed else [path, *row[1:]])
        text = io.StringIO()
        csv.writer(text, lineterminator='\n').writerows(sorted(kept))
        record.unlink()  # it may be a link into the installer's cache
        record.write_text(text.getvalue(), 'utf-8')
