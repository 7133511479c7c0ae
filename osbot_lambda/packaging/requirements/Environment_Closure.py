from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Optional

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Installed_Distribution import Installed_Distribution
from osbot_lambda.packaging.requirements.Installed_Distributions import Installed_Distributions
from osbot_lambda.packaging.requirements.Requirement_Builder import Requirement_Builder
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line


class Environment_Closure:
    """The chosen distributions as they are installed here, and what these need by their metadata.

    The chosen are asked for in the installed version; the rest is constrained to it. What was installed from a folder
    is copied. When something from an index needs such a one, must_list is true: then everything is to be listed, and
    nothing resolved, for an index would be asked for that name.

    Shapes : declared are the project's lines by name. locked are names that a lock answers for: those needed are in
             left_to_lock. never are names that aren't taken.
    """

    def __init__(
        self,
        installed: Installed_Distributions,
        platform: Lambda_Platform,
        declared: Mapping[str, Requirement_Line],
        locked: Collection[str] = (),
        never: Collection[str] = (),
    ):
        self.installed, self.platform, self.declared = installed, platform, declared
        self.locked, self.never = locked, never
        self.must_list = False
        self.left_to_lock: dict[str, Requirement_Line] = {}
        self._asked: dict[str, Requirement_Line] = {}
        self._along: dict[str, Requirement_Line] = {}
        self._absent: dict[str, Requirement_Line] = {}  # needed, and not installed here: its version is open
        self._copied: dict[str, Installed_Distribution] = {}
        self._seen: set[tuple[str, tuple[str, ...]]] = set()

    def add(self, wanted: Iterable[Requirement_Line]) -> None:
        """Ask for these, by name and extras."""
        queue = [(line, True, False) for line in wanted]  # line, is it asked for, does an index's package need it
        while queue:
            line, is_asked, by_index = queue.pop(0)
            if line.name in self.locked:
                self.left_to_lock.setdefault(line.name, line)
            if line.name in self.locked or line.name in self.never:
                continue
            distribution = self.installed.get(line.name)
            is_copied = self._take(line, distribution, is_asked)
            self.must_list |= is_copied and by_index
            key = (line.name, line.extras)
            if distribution is None or key in self._seen:
                continue
            self._seen.add(key)
            queue += [(need, is_copied, not is_copied) for need in distribution.requires(self.platform, line.extras)]

    def names(self) -> set[str]:
        """Of all of it."""
        return {*self._asked, *self._along, *self._absent, *self._copied}

    def into(self, builder: Requirement_Builder, listed: bool = False) -> None:
        """Put it there; listed: all as requirements."""
        for name in sorted(self._asked):
            builder.add(self._asked[name])
        for name in sorted(self._along.keys() - self._asked.keys() - self._copied.keys()):
            line = self._along[name]
            if listed or self.must_list or line.url or line.hashes:  # hashes are for all, or for none
                builder.add(line)
            elif line.specifier:
                builder.constrain(Requirement_Line(line.name, (), line.specifier))
        for name in sorted(self._absent.keys() - self._asked.keys()) if listed or self.must_list else ():
            builder.add(self._absent[name])
        for name in sorted(self._copied):
            builder.add_local(self._copied[name].local())

    def _take(self, line: Requirement_Line, distribution: Optional[Installed_Distribution], is_asked: bool) -> bool:
        """Is it copied?"""
        if distribution is None:
            target = self._asked if is_asked else self._absent
            target.setdefault(line.name, self.declared.get(line.name, line) if is_asked else line)
            return False
        wanted = self._line_of(distribution, line)
        if wanted is None:
            self._copied[distribution.name] = distribution
            return True
        target = self._asked if is_asked else self._along
        before = target.get(line.name)
        if before is not None:  # asked for twice, with other extras
            wanted = self._with_extras(wanted, before)
        target[line.name] = wanted
        return False

    def _line_of(self, distribution: Installed_Distribution, line: Requirement_Line) -> Optional[Requirement_Line]:
        """The installed version; as declared where that has hashes, an address, or doesn't allow what is installed."""
        from packaging.specifiers import SpecifierSet

        declared = self.declared.get(distribution.name)
        here = distribution.line(line.extras, declared.marker if declared else '')
        if declared is None or here is None or here.url:
            return here
        is_as_declared = SpecifierSet(declared.specifier).contains(distribution.version, prereleases=True)
        if declared.url or declared.hashes or not is_as_declared:
            return self._with_extras(declared, line)
        return here

    @staticmethod
    def _with_extras(line: Requirement_Line, other: Requirement_Line) -> Requirement_Line:
        return replace(line, extras=tuple(sorted({*line.extras, *other.extras})))
