from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from osbot_lambda.errors import Packaging__Install_Failed
from osbot_lambda.packaging.Import_Ref import Import_Ref
from osbot_lambda.packaging.Lambda_Package import Lambda_Package
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Installed_Distributions import Installed_Distributions
from osbot_lambda.packaging.requirements.Project_Requirements import Project_Requirements
from osbot_lambda.packaging.requirements.Requirement_Choice import Requirement_Choice
from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line
from osbot_lambda.packaging.requirements.Requirement_Set import Requirement_Set
from osbot_lambda.packaging.requirements.Requirements import Requirements
from osbot_lambda.packaging.requirements.Script_Block import Script_Block
from osbot_lambda.packaging.wheels.Package_Resolver import Package_Resolver
from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set
from osbot_lambda.schemas.Progress import Progress

if TYPE_CHECKING:
    from osbot_lambda.packaging.Package_Recipe import Package_Recipe

IMPORTS = 'the imports'  # as Requirement_Chooser says where its requirements are from
FILES = ('.txt', '.in', '.toml', '.lock', '.py')  # no requirement ends like this


class Package_Wheels:
    """Finds the wheels that a recipe's package needs, and puts them in.

    Errors : Requirement__Invalid, File__Not_Found, Packaging__No_Wheel, Packaging__Install_Failed.
    """

    def __init__(self, recipe: 'Package_Recipe', platform: Lambda_Platform, progress: Progress):
        self.recipe, self.platform = recipe, platform
        self._why: dict[str, str] = {}
        self.resolver = Package_Resolver(platform, recipe.cache, progress)

    def add_to(self, package: Lambda_Package, refs: Sequence[Import_Ref]) -> None:
        """What these imports, or the recipe's lists, ask for; what a layer or Lambda brings is left out."""
        found: dict[str, str] = {}
        wheels = Wheel_Set(self.platform)
        for every in self._wanted(package, refs):
            wanted = self._without_what_is_elsewhere(every, package)
            for line in wanted.requirements if wanted.origin != IMPORTS else ():
                self._why.setdefault(Requirement_Line.parse(line).name, f'named in {wanted.origin}')
            for distribution in wanted.local:
                package.add_local_distribution(distribution)
            if wanted.requirements:
                pins = tuple(f'{name}=={version}' for name, version in found.items())
                resolved = self._resolve(replace(wanted, constraints=(*wanted.constraints, *pins)))
                wheels = wheels.joined_with(resolved)
                found = {wheel.name: wheel.version for wheel in wheels.wheels}
        for name in wheels.left_out:
            package.leave_out(name, "Lambda's runtime has it")
        package.add_wheels(self._without_the_layer_s(wheels, package), self.recipe.options, self._why)

    def _wanted(self, package: Lambda_Package, refs: Sequence[Import_Ref]) -> Iterator[Requirement_Set]:
        if self.recipe.requirements is not None:
            yield from self._listed(self.recipe.requirements)
        else:
            yield self._imported(package, refs)
        if self.recipe.packages:
            yield Requirements.of(self.recipe.packages, 'add_packages')

    def _listed(self, wanted: Sequence[str]) -> Iterator[Requirement_Set]:
        recipe = self.recipe
        texts = [text for text in wanted if not text.endswith(FILES)]
        for file in wanted:
            if file not in texts:
                yield Requirements.read(file, recipe.extras, recipe.groups, self.platform)
        if texts:
            yield Requirements.of(texts, 'set_requirements')

    def _imported(self, package: Lambda_Package, refs: Sequence[Import_Ref]) -> Requirement_Set:
        source = self.recipe.source
        project = Project_Requirements.find(source.file.parent if source.file else Path.cwd())
        script = Script_Block.read(source.file) if source.file and source.has_script_block() else None
        choice = Requirement_Choice.for_imports(refs, project, Installed_Distributions(), self.platform, script)
        for name in choice.unused:
            package.leave_out(name, f'{project.origin} declares it, and no import needs it')
        self._why = choice.why
        return choice.wanted

    def _without_what_is_elsewhere(self, wanted: Requirement_Set, package: Lambda_Package) -> Requirement_Set:
        listed = Requirements.of(self.recipe.in_layer).requirements
        others = dict.fromkeys(self.recipe.elsewhere, 'it comes from elsewhere (skip_packages)')
        others |= {Requirement_Line.parse(line).name: 'the layer of packages has it' for line in listed}
        asked = (
            *(Requirement_Line.parse(line).name for line in wanted.requirements),
            *(one.name for one in wanted.local),
        )
        for name in others.keys() & {*asked}:
            package.leave_out(name, others[name])
        kept = tuple(line for line in wanted.requirements if Requirement_Line.parse(line).name not in others)
        local = tuple(distribution for distribution in wanted.local if distribution.name not in others)
        return replace(wanted, requirements=kept, local=local)

    def _without_the_layer_s(self, wheels: Wheel_Set, package: Lambda_Package) -> Wheel_Set:
        """Without what the layer's packages bring along in the same version."""
        if not (wheels.wheels and self.recipe.in_layer):
            return wheels
        layer = self._resolve(Requirements.of(self.recipe.in_layer))
        for name in set(wheels.names()) & set(layer.names()):
            package.leave_out(name, 'the layer of packages has it')
        return wheels.without(layer)

    def _resolve(self, wanted: Requirement_Set) -> Wheel_Set:
        try:
            return self.resolver.resolve(wanted, self.recipe.refresh)
        except Packaging__Install_Failed as error:
            if wanted.origin != IMPORTS:
                raise
            advice = (
                "The versions are those of this environment or of the project's files, and they have to be there for "
                f'{self.platform} too: set_requirements([…]) names others'
            )
            raise Packaging__Install_Failed(
                error.requirements, error.tool, error.exit_code, [*error.lines, advice]
            ) from error
