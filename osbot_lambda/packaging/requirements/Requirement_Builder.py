from pathlib import Path
from typing import Optional, Self

from osbot_lambda.packaging.requirements.Local_Distribution import Local_Distribution
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set


class Requirement_Builder:
    """Gathers requirements from several places into one Requirement_Set, in their order, each once."""

    def __init__(self, origin: str = ''):
        self.origin = origin
        self.local: dict[str, Local_Distribution] = {}
        self._lines: dict[str, None] = {}
        self._constraints: dict[str, None] = {}
        self._options: dict[str, None] = {}
        self._folders: set[Path] = set()

    def add(self, line: Requirement_Line) -> Self:
        """One requirement."""
        self._lines[str(line)] = None
        return self

    def constrain(self, line: Requirement_Line) -> Self:
        """What the rest must fit."""
        self._constraints[str(line)] = None
        return self

    def option(self, text: str) -> Self:
        """An option about indexes: '--index-url https://…'."""
        self._options[text] = None
        return self

    def add_local(self, distribution: Local_Distribution) -> Self:
        """Files to copy."""
        self.local[distribution.name] = distribution
        return self

    def add_folder(self, folder: Path, extras: tuple[str, ...] = (), marker: str = '') -> Self:
        """A project's folder: its files are copied, and what it needs is added.

        Where only its build can tell what these are, or a marker makes it conditional, it is left to the resolver to
        build: 'name @ file:///…'.
        """
        from osbot_lambda.packaging.requirements.Project_Folder import Project_Folder

        folder = folder.resolve()
        if folder in self._folders:
            return self
        self._folders.add(folder)
        project = Project_Folder(folder)
        distribution, needs = project.distribution(), project.needs(extras)
        if marker or distribution is None or needs is None:
            return self.add(Requirement_Line(project.name, extras, '', folder.as_uri(), marker))
        self.add_local(distribution)
        return self.merge(needs)

    def merge(self, other: Requirement_Set) -> Self:
        """All of another set."""
        self._lines.update(dict.fromkeys(other.requirements))
        self._constraints.update(dict.fromkeys(other.constraints))
        self._options.update(dict.fromkeys(other.index_options))
        for one in other.local:
            self.local.setdefault(one.name, one)
        return self

    def build(self, no_deps: bool = False, pinned: Optional[frozenset[str]] = None) -> Requirement_Set:
        """What was gathered. What is copied from a folder isn't asked of an index too.

        pinned: names whose version the user gave; those of the lines that have one, unless told.
        """
        from_folder = tuple(self.local[name] for name in sorted(self.local))
        parsed = {text: Requirement_Line.parse(text) for text in self._lines}
        lines = tuple(text for text, line in parsed.items() if line.name not in self.local)
        by_text = frozenset(line.name for line in parsed.values() if line.is_pinned)
        return Requirement_Set(
            lines,
            tuple(self._constraints),
            no_deps,
            tuple(self._options),
            by_text if pinned is None else pinned,
            from_folder,
            self.origin,
        )
