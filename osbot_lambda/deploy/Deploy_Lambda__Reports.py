from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:  # what a deploy needs is imported when there is one
    from osbot_lambda.deploy.Deploy_Build import Deploy_Build
    from osbot_lambda.deploy.Deploy_Settings import Deploy_Settings
    from osbot_lambda.packaging.Import_Check import Import_Check
    from osbot_lambda.packaging.Import_Check_Result import Import_Check_Result
    from osbot_lambda.packaging.Import_Report import Import_Report
    from osbot_lambda.packaging.Lambda_Package import Lambda_Package
    from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
    from osbot_lambda.packaging.Package_Recipe import Package_Recipe
    from osbot_lambda.packaging.Size_Report import Size_Report


class Deploy_Lambda__Reports:
    """What Deploy_Lambda tells of the package that it would deploy now; no call is made to AWS.

    Errors : those of build(); Deploy__Nothing_To_Deploy for a container image, whose files aren't here.
    Note   : the runtime and architecture are the named ones, else those of a new function. Of layers given by ARN
             nothing is known here: they aren't counted, and a module that may be in one isn't called missing.
    """

    settings: 'Deploy_Settings'

    if TYPE_CHECKING:  # the other parts of Deploy_Lambda
        _name: str

        @property
        def recipe(self) -> Package_Recipe:
            """What the package is made of."""

        def build(self) -> 'Deploy_Build':
            """What would be deployed now."""

        def package(self) -> 'Lambda_Package':
            """The package as it would be deployed now."""

        def _platform(self, current: Optional[dict[str, Any]]) -> 'Lambda_Platform': ...

    def size_report(self) -> 'Size_Report':
        """What the package weighs, by distribution and folder, beside what Lambda takes; a picture in a notebook.

        print(deploy.size_report())"""
        from osbot_lambda.packaging.Package_Row import Package_Row
        from osbot_lambda.packaging.Size_Report import Size_Report

        if self.settings.image_uri is not None:
            self._package_of(self.build())
        package = self.package()  # as it is, also where it is too large to be built
        rows = [Package_Row.of_zip(layer) for layer in self._layers_here(self._platform(None))]
        return Size_Report(
            package.rows(), {'packages': rows[0]} if rows else {}, package.zip_size(), self._name, self.settings.layers
        )

    def check_imports(self) -> 'Import_Check_Result':
        """Import the package as Lambda would at a cold start, here. Import_Check__Failed when it can't start there.

        deploy.check_imports().ok"""
        build = self.build()
        return self._import_check(build, self._platform(None)).run().check()

    def import_report(self) -> 'Import_Report':
        """How long a cold start imports, module by module, and what it imports in vain.

        print(deploy.import_report())"""
        from osbot_lambda.packaging.Import_Report import Import_Report

        build = self.build()
        return Import_Report.of(self._import_check(build, self._platform(None)), self._package_of(build).rows())

    def _import_check(self, build: 'Deploy_Build', platform: 'Lambda_Platform') -> 'Import_Check':
        """Of what is deployed, as deploy() does it too."""
        from osbot_lambda.packaging.Import_Check import Import_Check

        return Import_Check(
            self._package_of(build).zip_bytes(),
            build.handler,
            platform.runtime,
            platform.architecture,
            self._layers_here(platform),
            self.settings.env_variables,
            (*self.settings.layers, *sorted(self.recipe.elsewhere)),
        )

    def _layers_here(self, platform: 'Lambda_Platform') -> list[bytes]:
        """The zip of the layer of packages, if there is one."""
        from osbot_lambda.aws.lambda_.Layer_Content import Layer_Content

        packages = self.settings.packages
        if not packages:
            return []
        return [Layer_Content.of_packages(packages, [platform.runtime], platform.architecture)]

    @staticmethod
    def _package_of(build: 'Deploy_Build') -> 'Lambda_Package':
        from osbot_lambda.errors import Deploy__Nothing_To_Deploy

        if build.package is None:
            raise Deploy__Nothing_To_Deploy(f'{build.name} is a container image: its files are not known here')
        return build.package
