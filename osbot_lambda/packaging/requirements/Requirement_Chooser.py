from collections.abc import Iterable, Sequence
from typing import Optional

from osbot_lambda.packaging.Import_Discovery import Import_Discovery
from osbot_lambda.packaging.Import_Ref import Import_Ref
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Lambda_Runtime_Modules import LAMBDA_RUNTIME_MODULES
from osbot_lambda.packaging.Missing_Import import Missing_Import
from osbot_lambda.packaging.requirements.Environment_Closure import Environment_Closure
from osbot_lambda.packaging.requirements.Installed_Distributions import Installed_Distributions
from osbot_lambda.packaging.requirements.Marker_Check import Marker_Check
from osbot_lambda.packaging.requirements.Project_Requirements import Project_Requirements
from osbot_lambda.packaging.requirements.Pylock_Toml import Pylock_Toml
from osbot_lambda.packaging.requirements.Requirement_Builder import Requirement_Builder
from osbot_lambda.packaging.requirements.Requirement_Choice import Requirement_Choice
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set

OURSELVES = Requirement_Line.normal(Import_Discovery.OURSELVES)


class Requirement_Chooser:
    """Makes a Requirement_Choice from imports, what is installed here, and what the project declares and locks.

    The distribution of an import is the one that installed its file. Not installed: the one that the project declares
    or locks under the import's own name; never a name that only the import suggests, which anybody may own.
    An import still unexplained brings along what the project declares and isn't installed here, for it may be in there.
    """

    def __init__(self, project: Project_Requirements, installed: Installed_Distributions, platform: Lambda_Platform):
        self.project, self.installed, self.platform = project, installed, platform
        self._check = Marker_Check(platform)
        self._locked = project.lock.names() if project.lock else frozenset()
        self._chosen: dict[str, str] = {}
        self._from_runtime: set[str] = set()

    def choose(self, refs: Iterable[Import_Ref]) -> Requirement_Choice:
        """The choice for these imports."""
        missing: dict[str, Missing_Import] = {}
        for ref in refs:
            names = self._names_of(ref)
            for name in names:
                self._chosen.setdefault(name, f'imported at {ref.file}:{ref.line}')
            if not names and not ref.optional and not self._is_of_runtime(ref.module):
                missing.setdefault(ref.module, Missing_Import(ref.module, ref.file, ref.line))
        if missing:
            for line in self.project.own:
                if self.installed.get(line.name) is None and self._check.holds(line.marker):
                    self._chosen.setdefault(line.name, f'declared in {self.project.origin}, and not installed here')
        wanted, along = self._wanted()
        used = {*self._chosen, *self._from_runtime, *along}
        unused = sorted({line.name for line in self.project.own if self._check.holds(line.marker)} - used)
        return Requirement_Choice(wanted, dict(sorted(self._chosen.items())), tuple(missing.values()), tuple(unused))

    def _names_of(self, ref: Import_Ref) -> list[str]:
        module = ref.module.partition('*')[0].rstrip('.')
        declared = self.project.declared
        found = self.installed.of_import(module, ref.names, declared)
        names = [one.name for one in found if one.name != OURSELVES] or self._named_alike(module)
        if not self._is_of_runtime(module):
            return names
        self._from_runtime.update(names)
        return [name for name in names if name in declared and declared[name].is_pinned]

    def _named_alike(self, module: str) -> list[str]:
        parts = module.split('.')
        for depth in range(len(parts), 0, -1):
            name = Requirement_Line.normal('-'.join(parts[:depth]))
            if name != OURSELVES and (name in self.project.declared or name in self._locked):
                return [name]
        return []

    @staticmethod
    def _is_of_runtime(module: str) -> bool:
        return module.partition('.')[0] in LAMBDA_RUNTIME_MODULES

    def _wanted(self) -> tuple[Requirement_Set, set[str]]:
        """What to ask for, and the names of what comes along."""
        builder = Requirement_Builder('the imports')
        locked = [self._declared(name) for name in self._chosen if name in self._locked]
        others = [self._declared(name) for name in self._chosen if name not in self._locked]
        along: set[str] = set()
        constraints = {line.name: line for line in map(Requirement_Line.parse, self.project.constraints)}
        declared = {**constraints, **self.project.declared}
        closure = Environment_Closure(self.installed, self.platform, declared, self._locked, never=(OURSELVES,))
        closure.add(others)
        locked += [line for name, line in closure.left_to_lock.items() if name not in self._chosen]
        if locked:
            chosen = self._out_of_lock(locked)
            builder.merge(chosen)
            along |= {Requirement_Line.parse(line).name for line in chosen.requirements}
        for option in self.project.index_options:
            builder.option(option)
        closure.into(builder, listed=bool(locked))
        pinned = {name for name, line in self.project.declared.items() if line.is_pinned}
        asked = {Requirement_Line.parse(line).name for line in builder.build().requirements}
        for name in sorted(constraints.keys() - closure.names()) if others and not locked else ():
            builder.constrain(constraints[name])
        wanted = builder.build(no_deps=bool(locked) or closure.must_list, pinned=frozenset(pinned & asked))
        return wanted, along | closure.names()

    def _declared(self, name: str) -> Requirement_Line:
        return self.project.declared.get(name, Requirement_Line(name))

    def _out_of_lock(self, wanted: Sequence[Requirement_Line]) -> Requirement_Set:
        lock = self.project.lock
        if isinstance(lock, Pylock_Toml):
            return lock.closure(wanted, self.platform, self._needs_of)
        assert lock is not None
        return lock.closure(wanted, self.platform)

    def _needs_of(self, name: str, extras: Sequence[str]) -> Optional[list[tuple[str, Sequence[str]]]]:
        distribution = self.installed.get(name)
        if distribution is None:
            return None
        return [(line.name, line.extras) for line in distribution.requires(self.platform, extras)]
