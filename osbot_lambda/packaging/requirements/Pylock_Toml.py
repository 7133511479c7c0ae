import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Optional

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Marker_Check import Marker_Check
from osbot_lambda.packaging.requirements.Python_Wanted import Python_Wanted
from osbot_lambda.packaging.requirements.Requirement_Builder import Requirement_Builder
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.requirements.Toml_Blocks import Toml_Blocks

PYPI = 'https://pypi.org/simple'
STRONGEST = ('sha512', 'sha384', 'sha256')


class Pylock_Toml:
    """Reads a pylock.toml: the packages whose markers hold on the platform.

    Shapes : what comes back lists every package with its version and hashes, and has no_deps.
    Errors : File__Not_Found, Requirement__Invalid.
    Source : PEP 751.
    """

    def __init__(self, path: str | Path):
        self.path = Path(os.path.abspath(path))
        self._blocks = Toml_Blocks(self.path, 'packages')
        version = str(self._blocks.header.get('lock-version', ''))
        if version.partition('.')[0] != '1':
            raise Requirement__Invalid(
                str(path), 0, f'its lock-version is {version or "not there"}, and 1.0 is known: lock again'
            )

    def names(self) -> frozenset[str]:
        """Of all that is locked."""
        return self._blocks.names

    def requirements(
        self, platform: Lambda_Platform, extras: Sequence[str] = (), groups: Sequence[str] = ()
    ) -> Requirement_Set:
        """All of it, with these extras and groups; without any, the groups that the lock has as default."""
        self._check(platform)
        for kind, key, wanted in (('extra', 'extras', extras), ('group', 'dependency-groups', groups)):
            unknown = sorted(set(wanted) - set(self._blocks.header.get(key, ())))
            if unknown:
                raise Requirement__Invalid(str(self.path), 0, f'it was locked without {kind} {", ".join(unknown)}')
        return self._build(self._applying(platform, extras, groups or self._blocks.header.get('default-groups', ())))

    def closure(
        self,
        wanted: Iterable[Requirement_Line],
        platform: Lambda_Platform,
        needs: Callable[[str, Sequence[str]], Optional[Iterable[tuple[str, Sequence[str]]]]],
    ) -> Requirement_Set:
        """These, and what they need; all of the lock when that isn't known.

        needs gives (name, extras) of what a package needs: many locks don't say it; None when it doesn't know.
        """
        self._check(platform)
        header = self._blocks.header
        groups = (*header.get('default-groups', ()), *header.get('dependency-groups', ()))
        there: dict[str, list[dict[str, Any]]] = {}
        for one in self._applying(platform, header.get('extras', ()), groups):
            there.setdefault(Requirement_Line.normal(one['name']), []).append(one)
        says_needs = any('dependencies' in one for name in there for one in there[name])
        queue: list[tuple[str, Sequence[str]]] = [(one.name, one.extras) for one in wanted]
        seen: set[tuple[str, tuple[str, ...]]] = set()
        while queue:
            name, extras = queue.pop()
            if (name, tuple(extras)) in seen or name not in there:
                continue
            seen.add((name, tuple(extras)))
            if says_needs:
                queue += [(Requirement_Line.normal(dep['name']), ()) for dep in self._needs_of(there[name])]
                continue
            told = needs(name, extras)
            if told is None:
                return self._build([one for name in sorted(there) for one in there[name]])
            queue += told
        return self._build([one for name in sorted({name for name, _ in seen}) for one in there[name]])

    @staticmethod
    def _needs_of(packages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [dep for one in packages for dep in one.get('dependencies', ()) if 'name' in dep]

    def _applying(
        self, platform: Lambda_Platform, extras: Sequence[str], groups: Sequence[str]
    ) -> list[dict[str, Any]]:
        check = Marker_Check(platform)
        return [one for one in self._blocks.all() if check.holds(one.get('marker', ''), extras, groups)]

    def _check(self, platform: Lambda_Platform) -> None:
        header = self._blocks.header
        Python_Wanted(str(header.get('requires-python', '')), str(self.path)).check(platform.python_version)
        environments = header.get('environments', [])
        check = Marker_Check(platform)
        if environments and not any(check.holds(marker) for marker in environments):
            raise Requirement__Invalid(
                str(self.path),
                0,
                f'it was locked for {" or ".join(environments)}, not for {platform}: lock it for that too',
            )

    # ---- one package

    def _build(self, packages: Sequence[dict[str, Any]]) -> Requirement_Set:
        builder = Requirement_Builder(str(self.path))
        indexes = {str(one['index']).rstrip('/') for one in packages if one.get('index')}
        for url in sorted(indexes - {PYPI}):  # PyPI isn't named: what the machine is configured to use stands in for it
            builder.option(f'{"--index-url" if len(indexes) == 1 else "--extra-index-url"} {url}')
        for one in packages:
            self._add(builder, one)
        return builder.build(
            no_deps=True, pinned=self._pinned() & {Requirement_Line.normal(one['name']) for one in packages}
        )

    def _add(self, builder: Requirement_Builder, package: dict[str, Any]) -> None:
        name = Requirement_Line.normal(str(package['name']))
        if 'vcs' in package:
            vcs = package['vcs']
            url = vcs.get('url') or self._here(vcs.get('path')).as_uri()
            folder = f'#subdirectory={vcs["subdirectory"]}' if vcs.get('subdirectory') else ''
            address = f'{vcs["type"]}+{url}@{vcs["commit-id"]}{folder}'
            builder.add(Requirement_Line(name, (), '', address))
        elif 'archive' in package:
            archive = package['archive']
            folder = f'#subdirectory={archive["subdirectory"]}' if archive.get('subdirectory') else ''
            url = f'{archive.get("url") or self._here(archive.get("path")).as_uri()}{folder}'
            builder.add(Requirement_Line(name, (), '', url, '', self._hashes([archive])))
        elif 'directory' in package:
            self._add_folder(builder, name, package['directory'])
        else:
            self._add_version(builder, name, package)

    def _add_version(self, builder: Requirement_Builder, name: str, package: dict[str, Any]) -> None:
        files = [*package.get('wheels', ()), *([package['sdist']] if 'sdist' in package else ())]
        if not files or 'version' not in package:
            raise Requirement__Invalid(str(self.path), 0, f'package {name} has no version, or no files: lock again')
        for folder in {self._here(one['path']).parent for one in files if 'path' in one and 'url' not in one}:
            builder.option(f'--find-links {folder}')
        hashes = self._hashes(files)
        builder.add(Requirement_Line(name, (), f'=={package["version"]}', '', '', hashes))

    def _add_folder(self, builder: Requirement_Builder, name: str, directory: dict[str, Any]) -> None:
        from osbot_lambda.packaging.requirements.Project_Folder import Project_Folder

        folder = self._here(directory['path']) / directory.get('subdirectory', '')
        if folder == self.path.parent:
            return  # the project itself: its code is the function's own
        distribution = Project_Folder(folder).distribution() if directory.get('editable') else None
        if distribution is None:
            builder.add(Requirement_Line(name, (), '', folder.as_uri()))
        else:
            builder.add_local(distribution)

    @staticmethod
    def _hashes(files: Iterable[dict[str, Any]]) -> tuple[str, ...]:
        found = set()
        for one in files:
            hashes = one.get('hashes', {})
            kind = 'sha256' if 'sha256' in hashes else next((kind for kind in STRONGEST if kind in hashes), None)
            if kind:
                found.add(f'{kind}:{hashes[kind]}')
        return tuple(sorted(found))

    def _here(self, path: object) -> Path:
        return Path(os.path.abspath(self.path.parent / str(path)))

    def _pinned(self) -> frozenset[str]:
        """What the pyproject.toml beside it wants in a certain version; a lock alone doesn't tell."""
        from osbot_lambda.packaging.requirements.Pyproject_Toml import Pyproject_Toml

        pyproject = self.path.parent / 'pyproject.toml'
        if not pyproject.is_file():
            return frozenset()
        return frozenset(line.name for line in Pyproject_Toml(pyproject).lines() if line.is_pinned)
