import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Self

from osbot_lambda.errors import File__Not_Found, Handler__Invalid

if TYPE_CHECKING:  # what a deploy needs is imported when there is one
    from osbot_lambda.packaging.Handler_Source import Handler_Source
    from osbot_lambda.packaging.Lambda_Package import Lambda_Package


class Deploy_Lambda__Contents:
    """What Deploy_Lambda packages: the handler's code, and what is added to it.

    Errors : Module__Not_Found and File__Not_Found at once, not only at the deploy.
    """

    _source: Optional['Handler_Source']
    _only_a_name: str
    _additions: 'list[Callable[[Lambda_Package], object]]'

    @property
    def source(self) -> 'Handler_Source':
        """Where the handler comes from. Handler__Invalid when only a name was given."""
        if self._source is None:
            raise Handler__Invalid(
                f"handler {self._only_a_name!r} is not of the form 'module.function', and set_container_image() was "
                f'not called'
            )
        return self._source

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

    def package(self) -> 'Lambda_Package':
        """The package as it would be deployed now: every file is read anew."""
        from osbot_lambda.packaging.Lambda_Package import Lambda_Package

        package = Lambda_Package().add_handler(self.source)
        for addition in self._additions:
            addition(package)
        return package

    def files(self) -> list[str]:
        """The paths in the package, sorted."""
        return self.package().files()

    def _add(self, addition: Callable[['Lambda_Package'], object]) -> Self:
        self._additions.append(addition)
        return self
