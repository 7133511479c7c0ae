import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from osbot_lambda.errors import Requirement__Invalid
from osbot_lambda.packaging.requirements.Requirement_Builder import Requirement_Builder
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.requirements.Toml_File import Toml_File


class Pyproject_Toml:
    """What a pyproject.toml wants: dependencies, extras, dependency groups; where uv is told of a source, from there.

    Shapes : extras and groups are by name, in any spelling.
    Errors : File__Not_Found, Requirement__Invalid (file and line).
    Source : PEP 621; PEP 735 for groups; uv's "Dependency sources" for [tool.uv.sources] and [[tool.uv.index]].
    """

    def __init__(self, path: str | Path, toml: Optional[dict[str, Any]] = None):
        self.path = Path(os.path.abspath(path))  # what is in it is relative to its folder
        self.file = str(path)
        self._text = Toml_File.text(self.path)
        self._toml = Toml_File.parse(self._text, self.file) if toml is None else toml  # or it is a part of the file
        self.project: dict[str, Any] = self._table(self._toml, 'project')
        self._uv = self._table(self._table(self._toml, 'tool'), 'uv')

    @property
    def name(self) -> str:
        """Normalised; '' when there is no [project]."""
        return Requirement_Line.normal(str(self.project.get('name', '')))

    @property
    def requires_python(self) -> str:
        """'>=3.11', or ''."""
        return str(self.project.get('requires-python', ''))

    @property
    def is_declared(self) -> bool:
        """Does it list dependencies itself? Not when it only configures tools, nor when a build makes the list."""
        return bool(self.project) and 'dependencies' not in self.project.get('dynamic', ())

    def extras(self) -> list[str]:
        """The names of its extras."""
        return sorted(Requirement_Line.normal(name) for name in self._table(self.project, 'optional-dependencies'))

    def groups(self) -> list[str]:
        """The names of its dependency groups."""
        return sorted(Requirement_Line.normal(name) for name in self._table(self._toml, 'dependency-groups'))

    def requirements(self, extras: Sequence[str] = (), groups: Sequence[str] = ()) -> Requirement_Set:
        """The project's dependencies, with these extras of it; groups without extras: those groups alone, as in pip."""
        builder = Requirement_Builder(self.file)
        lines = [*self._groups(groups)] if groups and not extras else [*self._dependencies(), *self._groups(groups)]
        for line in [*lines, *self._extras(extras)]:
            self._add(builder, line)
        for index in self._indexes():
            if not index.get('explicit'):
                self._add_index(builder, index)
        return builder.build()

    def lines(self) -> list[Requirement_Line]:
        """All that it declares anywhere, the project's own dependencies first."""
        own = self._dependencies() if self.is_declared else []
        return [*own, *self._extras(self.extras()), *self._groups(self.groups())]

    def _dependencies(self) -> list[Requirement_Line]:
        if not self.project:
            raise Requirement__Invalid(
                self.file,
                0,
                'it has no [project] table, so no dependencies: name a requirements.txt or a lock',
            )
        if self.is_declared:
            return [self._parse(text) for text in self._strings(self.project, 'dependencies')]
        dynamic = self._table(self._table(self._table(self._toml, 'tool'), 'setuptools'), 'dynamic').get('dependencies')
        files = dynamic.get('file', []) if isinstance(dynamic, dict) else []
        if not files:
            raise Requirement__Invalid(
                self.file,
                0,
                'its dependencies are dynamic, only a build tells them: name a requirements.txt or a lock',
            )
        from osbot_lambda.packaging.requirements.Requirements_Txt import Requirements_Txt

        named = [files] if isinstance(files, str) else files
        read = [Requirements_Txt(self.path.parent / name).requirements() for name in named]
        return [Requirement_Line.parse(line) for one in read for line in one.requirements]

    def _extras(self, extras: Sequence[str], seen: frozenset[str] = frozenset()) -> list[Requirement_Line]:
        table = self._table(self.project, 'optional-dependencies')
        by_name = {Requirement_Line.normal(name): name for name in table}
        found: list[Requirement_Line] = []
        for extra in extras:
            name = Requirement_Line.normal(extra)
            if name not in by_name:
                raise Requirement__Invalid(self.file, 0, self._unknown('extra', extra, list(by_name)))
            if name in seen:
                continue
            for line in (self._parse(text) for text in self._strings(table, by_name[name])):
                if line.name == self.name and line.extras:  # all = ["this[a,b]"]
                    found += self._extras(line.extras, seen | {name})
                else:
                    found.append(line)
        return found

    def _groups(self, groups: Sequence[str], inside: tuple[str, ...] = ()) -> list[Requirement_Line]:
        table = self._table(self._toml, 'dependency-groups')
        by_name = {Requirement_Line.normal(name): name for name in table}
        found: list[Requirement_Line] = []
        for group in groups:
            name = Requirement_Line.normal(group)
            if name not in by_name:
                raise Requirement__Invalid(self.file, 0, self._unknown('dependency group', group, list(by_name)))
            if name in inside:
                raise Requirement__Invalid(self.file, 0, f'dependency groups include each other: {", ".join(inside)}')
            entries = table[by_name[name]]
            for entry in entries if isinstance(entries, list) else [entries]:
                if isinstance(entry, str):
                    found.append(self._parse(entry))
                elif isinstance(entry, dict) and list(entry) == ['include-group']:
                    found += self._groups([str(entry['include-group'])], (*inside, name))
                else:
                    raise Requirement__Invalid(
                        self.file, 0, f'dependency group {group!r} has {entry!r}, neither text nor include-group'
                    )
        return found

    @staticmethod
    def _unknown(kind: str, name: str, known: list[str]) -> str:
        from osbot_lambda.schemas.Nearest_Name import Nearest_Name

        return f'it has no {kind} {name!r}' + (f'; {Nearest_Name.advice(name, known)}' if known else ', nor any')

    # ---- [tool.uv]

    def _add(self, builder: Requirement_Builder, line: Requirement_Line) -> None:
        sources = {Requirement_Line.normal(key): value for key, value in self._table(self._uv, 'sources').items()}
        source = sources.get(line.name)
        if source is None or line.url:
            builder.add(line)
            return
        for one in source if isinstance(source, list) else [source]:
            if isinstance(one, dict):
                self._add_from(builder, line, one)

    def _add_from(self, builder: Requirement_Builder, line: Requirement_Line, source: dict[str, Any]) -> None:
        marker = ' and '.join(f'({one})' for one in (line.marker, source.get('marker', '')) if one)
        url = ''
        if source.get('workspace'):
            member = self._member(line.name)
            if member is None:
                raise Requirement__Invalid(
                    self.file, Toml_File.line_of(self._text, line.name), f'no member of the workspace is {line.name!r}'
                )
            builder.add_folder(member, line.extras, marker)
            return
        if 'path' in source:
            where = Path(os.path.abspath(self.path.parent / str(source['path'])))
            if where.is_dir() and source.get('editable', True):
                builder.add_folder(where, line.extras, marker)
                return
            url = where.as_uri()
        elif 'git' in source:
            revision = source.get('rev') or source.get('tag') or source.get('branch') or ''
            folder = f'#subdirectory={source["subdirectory"]}' if source.get('subdirectory') else ''
            url = f'git+{source["git"]}{"@" if revision else ""}{revision}{folder}'
        elif 'url' in source:
            url = str(source['url'])
        for index in self._indexes():
            if index.get('name') == source.get('index', object()):
                self._add_index(builder, index)
        builder.add(Requirement_Line(line.name, line.extras, '' if url else line.specifier, url, marker))

    def _indexes(self) -> list[dict[str, Any]]:
        found = self._uv.get('index', [])
        return [one for one in found if isinstance(one, dict) and one.get('url')] if isinstance(found, list) else []

    def _add_index(self, builder: Requirement_Builder, index: dict[str, Any]) -> None:
        url = str(index['url'])
        if '://' not in url:
            url = Path(os.path.abspath(self.path.parent / url)).as_uri()
        flat = index.get('format') == 'flat'
        option = '--find-links' if flat else '--index-url' if index.get('default') else '--extra-index-url'
        builder.option(f'{option} {url}')

    def _member(self, name: str) -> Optional[Path]:
        for folder in (self.path.parent, *self.path.parent.parents):
            root = folder / 'pyproject.toml'
            toml = Toml_File.read(root) if root.is_file() else {}
            workspace = self._table(self._table(self._table(toml, 'tool'), 'uv'), 'workspace')
            for member in self._members_of(folder, workspace):
                if Requirement_Line.normal(str(self._table(Toml_File.read(member), 'project').get('name', ''))) == name:
                    return member.parent
            if workspace:
                return None
        return None

    @staticmethod
    def _members_of(folder: Path, workspace: dict[str, Any]) -> Iterator[Path]:
        if workspace:
            patterns = [str(one).rstrip('/') for one in workspace.get('members', [])]
            found = [member / 'pyproject.toml' for one in patterns for member in sorted(folder.glob(one))]
            yield from (one for one in (*found, folder / 'pyproject.toml') if one.is_file())

    # ---- TOML of the right shape

    def _parse(self, text: str) -> Requirement_Line:
        return Requirement_Line.parse(text, self.file, Toml_File.line_of(self._text, text), self.path.parent)

    def _strings(self, table: dict[str, Any], key: str) -> list[str]:
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise Requirement__Invalid(self.file, Toml_File.line_of(self._text, key), f'{key} is not a list of texts')
        return found

    def _table(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        found = table.get(key, {})
        if not isinstance(found, dict):
            raise Requirement__Invalid(self.file, Toml_File.line_of(self._text, key), f'{key} is not a table')
        return found
