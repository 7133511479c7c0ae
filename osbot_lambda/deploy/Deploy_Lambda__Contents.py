import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Self

from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
from osbot_lambda.errors import Deploy__Nothing_To_Deploy, File__Not_Found, Handler__Invalid, Setting__Invalid

if TYPE_CHECKING:  # what a deploy needs is imported when there is one
    from osbot_lambda.packaging.Handler_Source import Handler_Source
    from osbot_lambda.packaging.Lambda_Package import Lambda_Package
    from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
    from osbot_lambda.packaging.Package_Files import Package_Files
    from osbot_lambda.packaging.Package_Recipe import Package_Recipe
    from osbot_lambda.schemas.Progress import Progress


class Deploy_Lambda__Contents:
    """What Deploy_Lambda packages: the handler's code, the packages that it imports, and what is added to it.

    Errors : Module__Not_Found, File__Not_Found and Setting__Invalid at once, not only at the deploy.
    """

    settings: Deploy_Settings
    _recipe: 'Optional[Package_Recipe]'
    _only_a_name: str

    if TYPE_CHECKING:  # Deploy_Lambda's own

        def _platform(self, current: Optional[dict[str, Any]]) -> Lambda_Platform: ...

    @property
    def recipe(self) -> 'Package_Recipe':
        """What the package is made of. Handler__Invalid when only a name was given, Deploy__Nothing_To_Deploy when
        that is of a container image."""
        if self._recipe is None:
            if self.settings.image_uri is not None:
                raise Deploy__Nothing_To_Deploy(
                    f'{self._only_a_name} is a container image: its files are not known here, and nothing is added'
                )
            raise Handler__Invalid(
                f"handler {self._only_a_name!r} is not of the form 'module.function', and set_container_image() was "
                f'not called'
            )
        return self._recipe

    @property
    def source(self) -> 'Handler_Source':
        """Where the handler comes from. Handler__Invalid when only a name was given."""
        return self.recipe.source

    def add_function_source_code(self) -> Self:
        """Check now that the handler's code can be packaged; it is part of every package anyway."""
        self.source.code()
        return self

    def add_module(self, name: str) -> Self:
        """A module or package by its dotted name, installed or the user's own. Module__Not_Found."""
        from osbot_lambda.packaging.Lambda_Package import Lambda_Package

        Lambda_Package(self.source.roots()).find_module(name)
        return self._add(lambda package: package.add_module(name))

    def add_modules(self, names: Iterable[str]) -> Self:
        """Several, as add_module."""
        for name in names:
            self.add_module(name)
        return self

    def add_file(self, file_path: str | Path, folder: Optional[str] = None) -> Self:
        """One file, at the package's root or in `folder` of it. File__Not_Found."""
        path = os.path.abspath(file_path)
        if not os.path.isfile(path):
            raise File__Not_Found(f'{path} is not a file')
        return self._add(lambda package: package.add_file(path, folder))

    def add_folder(self, source: str | Path, ignore: Optional[Sequence[str]] = None) -> Self:
        """A folder, under its own name; ignore: fnmatch patterns of what to leave out. File__Not_Found."""
        path = os.path.abspath(source)
        if not os.path.isdir(path):
            raise File__Not_Found(f'{path} is not a folder')
        return self._add(lambda package: package.add_folder(path, ignore))

    def add_osbot_utils(self) -> Self:
        """The installed osbot_utils."""
        return self.add_module('osbot_utils')

    def add_osbot_lambda(self) -> Self:
        """This package, and osbot_utils, which it needs."""
        return self.add_module('osbot_lambda').add_osbot_utils()

    def add_osbot_aws(self) -> Self:
        """As add_osbot_lambda, by the name that OSBot-AWS has for it."""
        return self.add_osbot_lambda()

    def add_file__boto3__lambda(self) -> Self:
        """boto3__lambda.py at the package's root, by itself: `from boto3__lambda import load_dependency`."""
        return self.add_file(Path(__file__).parents[1] / 'aws' / 'lambda_' / 'boto3__lambda.py')

    # ---- packages

    def add_packages(self, packages: str | Iterable[str]) -> Self:
        """Packages from the index, besides those that the code imports: what it loads by name alone (a database's
        driver, a plug-in). Each as in a requirements file.

        deploy.add_packages(['psycopg[binary]>=3.2'])"""
        self.recipe.packages += self._texts(packages, 'package')
        return self

    def skip_packages(self, names: str | Iterable[str]) -> Self:
        """Packages that the code imports and that stay out, for something else brings them: a layer, say.

        deploy.add_layer(arn_of_pandas).skip_packages(['pandas', 'numpy'])"""
        from osbot_lambda.packaging.requirements.Requirement_Line import Requirement_Line

        texts = self._texts(names, 'package')
        self.recipe.elsewhere |= {Requirement_Line.parse(text).name for text in texts}
        return self

    def set_requirements(
        self,
        requirements: str | Path | Iterable[str | Path],
        extras: Sequence[str] = (),
        groups: Sequence[str] = (),
    ) -> Self:
        """All the packages, instead of those that the code imports: requirements, or files with them
        (requirements.txt, pyproject.toml with its extras and groups, uv.lock, pylock.toml); [] is none.

        deploy.set_requirements('requirements.txt')
        deploy.set_requirements(['requests>=2.32', 'pydantic[email]'])
        deploy.set_requirements('pyproject.toml', groups=['lambda'])"""
        from osbot_lambda.packaging.Package_Wheels import FILES

        given = [requirements] if isinstance(requirements, str | Path) else list(requirements)
        texts = self._texts([str(one) if isinstance(one, Path) else one for one in given], 'requirement')
        for text in texts:
            if text.endswith(FILES) and not os.path.isfile(text):
                raise File__Not_Found(f'{os.path.abspath(text)} is not a file')
        if (extras or groups) and not any(text.endswith(('.toml', '.lock')) for text in texts):
            raise Setting__Invalid('extras and groups are those of a pyproject.toml or a lock: name such a file')
        self.recipe.requirements = [os.path.abspath(text) if text.endswith(FILES) else text for text in texts]
        self.recipe.extras, self.recipe.groups = tuple(extras), tuple(groups)
        return self

    def refresh_packages(self, refresh: bool = True) -> Self:
        """Look for newer versions of what isn't pinned, although it was looked for within the day."""
        self.recipe.refresh = refresh
        return self

    # ---- options

    def set_precompile(self, on: bool = True) -> Self:
        """Ship bytecode for the runtime's Python: a cold start compiles nothing. That Python has to be here."""
        return self._option(precompile=on)

    def set_strip_binaries(self, on: bool = True) -> Self:
        """Take out of native libraries what only a debugger reads; needs strip or llvm-strip."""
        return self._option(strip_binaries=on)

    def set_remove_tests(self, on: bool = True) -> Self:
        """Leave out the test folders of packages."""
        return self._option(remove_tests=on)

    def saved(self) -> dict[str, int]:
        """Unzipped bytes that each of the options saves; less than 0 for what it adds.

        deploy.set_remove_tests().saved()      # {'remove_tests': 17203041}"""
        return self.package().saved()

    # ---- looking

    def package(self) -> 'Lambda_Package':
        """The package as it would be deployed now: every file is read anew; makes no call. What depends on the runtime
        and isn't named is as for a new function."""
        from osbot_lambda.schemas.Progress import Progress

        return self._package(lambda: self._platform(None), Progress())

    def files(self) -> 'Package_Files':
        """The paths in the package, sorted: a list that also says why each is there, and what was left out.

        print(deploy.files())
        deploy.files().why('app/config.json')      # 'data of package app'"""
        return self.package().files()

    def _package(self, platform: 'Callable[[], Lambda_Platform]', progress: 'Progress') -> 'Lambda_Package':
        minor = (self.settings.runtime or '').removeprefix('python3.')
        self.recipe.version = (3, int(minor)) if minor.isdigit() else None
        self.recipe.in_layer = tuple(self.settings.packages)
        return self.recipe.make(platform, progress)

    def _add(self, addition: 'Callable[[Lambda_Package], object]') -> Self:
        self.recipe.additions.append(addition)
        return self

    def _option(self, **on: bool) -> Self:
        self.recipe.options = replace(self.recipe.options, **on)
        return self

    @staticmethod
    def _texts(given: str | Iterable[str], what: str) -> list[str]:
        texts = [given] if isinstance(given, str) else list(given)
        for text in texts:
            if not isinstance(text, str) or not text.strip():
                raise Setting__Invalid(f"{text!r} is no {what}: give text such as 'requests' or 'requests>=2.32'")
        return texts
