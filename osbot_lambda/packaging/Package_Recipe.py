from collections.abc import Callable
from typing import TYPE_CHECKING, Optional

from osbot_lambda.packaging.Handler_Source import Handler_Source
from osbot_lambda.packaging.Lambda_Package import Lambda_Package
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.Package_Options import Package_Options
from osbot_lambda.schemas.Progress import Progress

if TYPE_CHECKING:
    from osbot_lambda.packaging.Package_Cache import Package_Cache


class Package_Recipe:
    """What a function's package is made of, as the user says it. make() puts it together, from the files as they are.

        recipe = Package_Recipe(Handler_Source('app.run'))
        recipe.make(lambda: Lambda_Platform('python3.12')).distributions()

    Shapes : additions are done to each package. requirements, when they are not None, are all the packages, each a
             requirement or the path of a file with them (extras and groups are of such a file); else the imports tell,
             or the PEP 723 block of the handler's file. packages come besides in any case. in_layer are the packages
             of a layer, which brings what they need, too; elsewhere are names that something else brings.
             include and exclude are fnmatch patterns over paths in the zip, or folders there.
    Errors : make() raises those of Lambda_Package, Handler_Source and Package_Resolver, and Requirement__Invalid.
    """

    def __init__(self, source: Handler_Source, cache: 'Optional[Package_Cache]' = None):
        self.source, self.cache = source, cache
        self.additions: list[Callable[[Lambda_Package], object]] = []
        self.include: tuple[str, ...] = ()
        self.exclude: tuple[str, ...] = ()
        self.requirements: Optional[list[str]] = None
        self.extras: tuple[str, ...] = ()
        self.groups: tuple[str, ...] = ()
        self.packages: list[str] = []
        self.in_layer: tuple[str, ...] = ()
        self.elsewhere: frozenset[str] = frozenset()
        self.options = Package_Options()
        self.version: Optional[tuple[int, int]] = None  # the Python that the code is for, where that is known
        self.refresh = False  # resolve anew what was resolved before

    @property
    def has_additions(self) -> bool:
        """Was anything asked for besides the handler and what it imports?"""
        return bool(self.additions or self.packages or self.requirements or self.include)

    def make(self, platform: Callable[[], Lambda_Platform], progress: Optional[Progress] = None) -> Lambda_Package:
        """The package. platform is asked only when there is something that depends on it."""
        discovery = self.source.discovery(self.include, self.exclude, self.version)
        package = Lambda_Package(exclude=self.exclude, cache=self.cache).add_handler(self.source, discovery)
        for addition in self.additions:
            addition(package)
        refs = [
            ref
            for ref in discovery.external_refs()
            if ref.module.partition('.')[0].lower() not in discovery.loaded and not package.has_own_module(ref.module)
        ]
        if refs or self.packages or self.requirements is not None or self.source.has_script_block():
            from osbot_lambda.packaging.Package_Wheels import Package_Wheels

            Package_Wheels(self, platform(), progress or Progress()).add_to(package, refs)
        elif self.options.precompile:
            from osbot_lambda.packaging.wheels.Wheel_Set import Wheel_Set

            package.add_wheels(Wheel_Set(platform()), self.options)
        return package
