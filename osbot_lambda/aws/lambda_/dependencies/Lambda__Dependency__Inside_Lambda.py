import sys
from pathlib import Path
from typing import Optional

from osbot_lambda.aws.lambda_ import boto3__lambda
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Base import Lambda__Dependency__Base
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__S3 import Lambda__Dependency__S3

FOLDER_NAME__LAMBDA_DEPENDENCIES__INSIDE_LAMBDA = boto3__lambda.FOLDER_IN_TEMP


class Lambda__Dependency__Inside_Lambda(Lambda__Dependency__Base):
    """The package inside a function: fetched from S3 once for an execution environment, checked, and importable.

        Lambda__Dependency__Inside_Lambda(package_name='pandas').load()
        import pandas

    The function ships with Deploy_Lambda.add_osbot_aws(); boto3__lambda does the same in one file.

    Shapes : skip__when_not_inside_lambda=False loads it in any process (a test, a script), from the session's cloud.
    Errors : Dependency__Not_Found, Dependency__Corrupted, Dependency__Wrong_Platform, Dependency__Error (no space, …)
             and Aws__Error (no permission: the function's role needs s3:GetObject on the bucket).
    """

    skip__when_not_inside_lambda: bool = True

    @property
    def lambda_dependency_s3(self) -> Lambda__Dependency__S3:
        """The package in S3, from where it is loaded."""
        return Lambda__Dependency__S3(**self.same())

    def enabled(self) -> bool:
        """Whether load() does anything here: inside Lambda, or when it isn't to be skipped elsewhere."""
        return boto3__lambda.inside_lambda() or not self.skip__when_not_inside_lambda

    def load(self) -> bool:
        """Make the package importable, before anything else of its name; False, and nothing done, outside Lambda."""
        if not self.enabled():
            return False
        if not self.exists():
            client, bucket = self.client(), self.lambda_dependency_s3.bucket__name()
            key = boto3__lambda.dependency_key(self.package_name)
            with self._errors(client, 'get_object', {'Bucket': bucket, 'Key': key}):
                boto3__lambda.fetch(self.package_name, lambda: (client, bucket, self._owner(bucket)))
        self.system_path__add_folder()
        return True

    def exists(self) -> bool:
        """Whether the package has been fetched."""
        return Path(self.folder()).is_dir()

    def dependencies_folder(self) -> str:
        """The folder of all the packages that were fetched here."""
        return boto3__lambda.dependencies_folder()

    def folder(self) -> str:
        """The folder that load() puts on sys.path."""
        return boto3__lambda.dependency_folder(self.package_name)

    def files(self) -> list[str]:
        """The paths in folder(), sorted; [] before load()."""
        folder = Path(self.folder())
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file())

    def system_path(self) -> list[str]:
        """sys.path, as it is."""
        return sys.path

    def system_path__contains_folder(self) -> bool:
        """Whether folder() is on sys.path."""
        return self.folder() in sys.path

    def system_path__add_folder(self) -> bool:
        """Put folder() before all else on sys.path; False when it is there already."""
        return boto3__lambda.add_to_path(self.folder())

    def _owner(self, bucket: str) -> Optional[str]:
        """Whose the default bucket has to be: what is loaded from it runs."""
        account, _, rest = bucket.partition('--osbot-lambdas--')
        return account if rest == self.session.region_name else None
