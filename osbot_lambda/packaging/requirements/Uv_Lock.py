import os
from collections.abc import Iterable, Sequence
from functools import cached_property
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
KINDS = ('editable', 'virtual')  # the sources of the projects that were locked


class Uv_Lock:
    """Reads a uv.lock: from the wanted names along their dependencies, as far as markers hold on the platform.

    Shapes : what comes back lists every package with its version and hashes, and has no_deps. member is the folder of
             one project of a workspace; else the one that the lock lies in.
    Errors : File__Not_Found, Requirement__Invalid.
    Source : uv's "Project structure: the lockfile"; its format is uv's own, version 1 is known here.
    """

    def __init__(self, path: str | Path, member: Optional[Path] = None):
        self.path = Path(os.path.abspath(path))
        self.member = Path(os.path.abspath(member or self.path.parent))
        self._blocks = Toml_Blocks(self.path, 'package')
        version = self._blocks.header.get('version')
        if version != 1:
            raise Requirement__Invalid(
                str(path), 0, f'it is of version {version!r}, and version 1 is known: export it with '
                f"'uv export --format pylock.toml' and name that file"
            )  # fmt: skip

    def names(self) -> frozenset[str]:
        """Of all that is locked."""
        return self._blocks.names

    def has_member(self, name: str) -> bool:
        """Is the project of this name, in the folder `member`, locked here?"""
        sources = (one.get('source', {}) for one in self._blocks.get(name))
        return any(self._here(source[kind]) == self.member for source in sources for kind in KINDS if kind in source)

    def requirements(
        self, platform: Lambda_Platform, extras: Sequence[str] = (), groups: Sequence[str] = ()
    ) -> Requirement_Set:
        """What the project itself depends on, with these extras; groups without extras: those groups alone."""
        self._check_python(platform)
        roots: list[dict[str, Any]] = []
        active: set[str] = set()
        for project in self._projects():
            name = str(project['name'])
            if not groups or extras:
                roots += project.get('dependencies', [])
            roots += self._parts(project, 'optional-dependencies', 'provides-extras', 'extra', extras)
            roots += self._parts(project, 'dev-dependencies', 'requires-dev', 'dependency group', groups)
            active |= {*extras, *(f'extra-{len(name)}-{name}-{extra}' for extra in extras)}
            active |= {f'group-{len(name)}-{name}-{group}' for group in groups}
        return self._walk(roots, platform, active)

    def closure(self, wanted: Iterable[Requirement_Line], platform: Lambda_Platform) -> Requirement_Set:
        """These, and what they need."""
        self._check_python(platform)
        return self._walk([{'name': one.name, 'extra': list(one.extras)} for one in wanted], platform, set())

    def _walk(self, roots: list[dict[str, Any]], platform: Lambda_Platform, active: set[str]) -> Requirement_Set:
        check = Marker_Check(platform)
        queue, seen, found = list(roots), set(), {}
        while queue:
            wanted = queue.pop()
            if not check.holds(wanted.get('marker', ''), active):
                continue
            package = self._package(wanted, check, active)
            key = (package['name'], package.get('version', ''), str(package.get('source')))
            found[key] = package
            for extra in ('', *wanted.get('extra', ())):
                if (*key, extra) in seen:
                    continue
                seen.add((*key, extra))
                parts = package.get('optional-dependencies', {}).get(extra, ()) if extra else ()
                queue += parts if extra else package.get('dependencies', ())
        builder = Requirement_Builder(str(self.path))
        self._add_indexes(builder, found.values())
        for key in sorted(found):
            self._add(builder, found[key])
        return builder.build(no_deps=True, pinned=self._pinned & {key[0] for key in found})

    def _package(self, wanted: dict[str, Any], check: Marker_Check, active: set[str]) -> dict[str, Any]:
        name, version, source = str(wanted['name']), wanted.get('version'), wanted.get('source')
        fits = [
            one
            for one in self._blocks.get(name)
            if version in (None, one.get('version')) and source in (None, one.get('source'))
        ]
        if len(fits) > 1:  # another version for each of several platforms
            here = [
                one
                for one in fits
                if any(check.holds(marker, active) for marker in one.get('resolution-markers', ('',)))
            ]
            fits = here or fits
        if not fits:
            wanted_version = f' {version}' if version else ''
            raise Requirement__Invalid(
                str(self.path), 0, f'it has no package {name}{wanted_version}: lock again with `uv lock`'
            )
        return fits[0]

    # ---- one package

    def _add(self, builder: Requirement_Builder, package: dict[str, Any]) -> None:
        name, source = Requirement_Line.normal(str(package['name'])), package.get('source', {})
        files = [*package.get('wheels', ()), *([package['sdist']] if 'sdist' in package else ())]
        hashes = tuple(sorted({str(one['hash']) for one in files if one.get('hash')}))
        if 'registry' in source:
            builder.add(Requirement_Line(name, (), f'=={package["version"]}', '', '', hashes))
        elif 'git' in source:
            builder.add(Requirement_Line(name, (), '', self._git(str(source['git']))))
        elif 'url' in source:
            folder = f'#subdirectory={source["subdirectory"]}' if source.get('subdirectory') else ''
            builder.add(Requirement_Line(name, (), '', f'{source["url"]}{folder}', '', hashes))
        elif 'path' in source:
            builder.add(Requirement_Line(name, (), '', self._here(source['path']).as_uri(), '', hashes))
        elif 'editable' in source and self._here(source['editable']) != self.member:  # itself: the function's own code
            self._add_folder(builder, name, self._here(source['editable']))
        elif 'directory' in source:
            builder.add(Requirement_Line(name, (), '', self._here(source['directory']).as_uri()))

    @staticmethod
    def _add_folder(builder: Requirement_Builder, name: str, folder: Path) -> None:
        """Copied; its dependencies are in the lock."""
        from osbot_lambda.packaging.requirements.Project_Folder import Project_Folder

        distribution = Project_Folder(folder).distribution()
        if distribution is None:
            builder.add(Requirement_Line(name, (), '', folder.as_uri()))
        else:
            builder.add_local(distribution)

    def _add_indexes(self, builder: Requirement_Builder, packages: Iterable[dict[str, Any]]) -> None:
        sources = {str(one.get('source', {}).get('registry', '')) for one in packages} - {''}
        folders = sorted(source for source in sources if '://' not in source)
        urls = sorted(sources - {*folders, PYPI, f'{PYPI}/'})
        alone = len(sources) == 1
        for url in urls:  # PyPI isn't named: what the machine is configured to use stands in for it
            builder.option(f'{"--index-url" if alone else "--extra-index-url"} {url}')
        for folder in folders:
            builder.option(f'--find-links {self._here(folder)}')

    @staticmethod
    def _git(source: str) -> str:
        """'https://host/x?rev=main&subdirectory=a#commit' as pip has it: 'git+https://host/x@commit#subdirectory=a'."""
        from urllib.parse import parse_qs

        address, _, commit = source.partition('#')
        url, _, query = address.partition('?')
        folder = parse_qs(query).get('subdirectory', [''])[0]
        return f'git+{url}@{commit}' + (f'#subdirectory={folder}' if folder else '')

    def _here(self, path: object) -> Path:
        return Path(os.path.abspath(self.path.parent / str(path)))

    # ---- the projects that were locked

    def _check_python(self, platform: Lambda_Platform) -> None:
        Python_Wanted(str(self._blocks.header.get('requires-python', '')), str(self.path)).check(
            platform.python_version
        )

    def _projects(self) -> list[dict[str, Any]]:
        """The one of `member`; all of them when the lock's own folder is no project."""
        projects: dict[Path, dict[str, Any]] = {}
        members = self._blocks.header.get('manifest', {}).get('members', [])
        for name in members or sorted(self._blocks.names):
            for one in self._blocks.get(name) if members or self._is_here(name) else ():
                source = one.get('source', {})
                projects |= {self._here(source[kind]): one for kind in KINDS if kind in source}
        if self.member in projects:
            return [projects[self.member]]
        if self.member != self.path.parent or not projects:
            raise Requirement__Invalid(
                str(self.path), 0, f'it locks no project in {self.member}: lock again with `uv lock`'
            )
        return [projects[folder] for folder in sorted(projects)]

    def _is_here(self, name: str) -> bool:
        """Without a workspace there is one project, so this looks into a few tables only."""
        from osbot_lambda.packaging.requirements.Pyproject_Toml import Pyproject_Toml

        pyproject = self.path.parent / 'pyproject.toml'
        return not pyproject.is_file() or Requirement_Line.normal(name) == Pyproject_Toml(pyproject).name

    def _parts(
        self, project: dict[str, Any], table: str, listed: str, kind: str, wanted: Sequence[str]
    ) -> list[dict[str, Any]]:
        there = {Requirement_Line.normal(key): value for key, value in project.get(table, {}).items()}
        known = {*there, *(Requirement_Line.normal(name) for name in project.get('metadata', {}).get(listed, ()))}
        found = []
        for name in wanted:
            if Requirement_Line.normal(name) not in known:
                raise Requirement__Invalid(
                    str(self.path),
                    0,
                    f'project {project["name"]} has no {kind} {name!r}: it has {", ".join(sorted(known)) or "none"}',
                )
            found += there.get(Requirement_Line.normal(name), [])
        return found

    @cached_property
    def _pinned(self) -> frozenset[str]:
        """What the project itself wants in a certain version."""
        return frozenset(
            Requirement_Line.normal(str(one['name']))
            for project in self._projects()
            for one in project.get('metadata', {}).get('requires-dist', ())
            if one.get('specifier') or {'git', 'url', 'path', 'directory', 'editable'} & one.keys()
        )
