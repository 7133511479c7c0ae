import builtins
import os
from typing import Any, Self

from osbot_lambda.aws.lambda_ import boto3__lambda
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Base import Lambda__Dependency__Base
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.errors import Aws__Not_Found, Dependency__Invalid

FOLDER_NAME__LAMBDA_DEPENDENCIES = boto3__lambda.FOLDER_IN_S3


class Lambda__Dependency__S3(Lambda__Dependency__Base):
    """The package as a zip in S3, from where functions load it.

        Lambda__Dependency__S3('requests').upload(zip_bytes)

    Shapes : the bucket is OSBOT_LAMBDA_S3_BUCKET, or <account>--osbot-lambdas--<region>; the key
             lambdas-dependencies/<requirement>.zip; the metadata sha256 (hex), runtime and architecture.
    Errors : Aws__Not_Found from bytes(), files() and metadata() when it isn't there.
    """

    @property
    def s3(self) -> S3:
        """S3, on the same cloud."""
        return S3(self.session)

    def bucket__name(self) -> str:
        """The bucket; without OSBOT_LAMBDA_S3_BUCKET the account is asked for, once."""
        named = os.environ.get('OSBOT_LAMBDA_S3_BUCKET')
        return named or f'{self.session.account_id()}--osbot-lambdas--{self.session.region_name}'

    def bucket__exists(self) -> bool:
        """Whether the bucket is there."""
        return self.s3.bucket_exists(self.bucket__name())

    def folder_name__lambda_dependencies(self) -> str:
        """'lambdas-dependencies': the folder of all packages in the bucket."""
        return FOLDER_NAME__LAMBDA_DEPENDENCIES

    def path(self) -> str:
        """The key: 'lambdas-dependencies/requests.zip'."""
        return boto3__lambda.dependency_key(self.package_name)

    def setup(self) -> Self:
        """Make the bucket when it isn't there; upload() does it too."""
        self.s3.bucket_create(self.bucket__name())
        return self

    def upload(self, file_bytes: builtins.bytes) -> dict[str, Any]:
        """Put the zip there, in the place of what is there; {'bucket', 'key', 'metadata'}.

            dependency.dependency__s3.upload(dependency.dependency__local.files__zipped())

        Dependency__Invalid for bytes that are no zip."""
        import hashlib
        import io
        import zipfile

        if not zipfile.is_zipfile(io.BytesIO(file_bytes)):
            raise Dependency__Invalid(self.package_name, 'is not uploaded: these bytes are no zip')
        metadata = {'sha256': hashlib.sha256(file_bytes).hexdigest(), **self._platform()}
        where: dict[str, Any] = {'bucket': self.bucket__name(), 'key': self.path(), 'metadata': metadata}
        try:
            self.s3.file_create_from_bytes(file_bytes, **where, content_type='application/zip')
        except Aws__Not_Found:
            self.setup().s3.file_create_from_bytes(file_bytes, **where, content_type='application/zip')
        return where

    def exists(self) -> bool:
        """Whether the zip is there."""
        return self.s3.file_exists(self.bucket__name(), self.path())

    def is_current(self) -> bool:
        """Whether a zip for this runtime and architecture is there, with the hash that functions check it by."""
        try:
            found = self.metadata()
        except Aws__Not_Found:
            return False
        return 'sha256' in found and self._platform().items() <= found.items()

    def metadata(self) -> dict[str, str]:
        """{'sha256', 'runtime', 'architecture'}."""
        return self.s3.file_metadata(self.bucket__name(), self.path())

    def bytes(self) -> builtins.bytes:
        """The zip."""
        return self.s3.file_bytes(self.bucket__name(), self.path())

    def files(self) -> dict[str, builtins.bytes]:
        """What is in the zip: {path: contents}."""
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(self.bytes())) as zipped:
            return {info.filename: zipped.read(info) for info in zipped.infolist() if not info.is_dir()}

    def files__paths(self) -> list[str]:
        """The paths in the zip, sorted."""
        return sorted(self.files())

    def delete(self) -> bool:
        """Delete the zip; False when it wasn't there."""
        return self.exists() and self.s3.file_delete(self.bucket__name(), self.path())

    def _platform(self) -> dict[str, str]:
        return {'runtime': self.runtime, 'architecture': self.architecture}
