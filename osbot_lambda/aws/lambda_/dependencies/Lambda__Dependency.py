from typing import Any, Optional

from osbot_lambda.aws.Aws__Resource import Any_Session
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Base import Lambda__Dependency__Base
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Local import Lambda__Dependency__Local
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__S3 import Lambda__Dependency__S3
from osbot_lambda.aws.lambda_.dependencies.Schema__Status__Upload_Dependency__To_S3 import (
    Schema__Status__Upload_Dependency__To_S3,
)


class Lambda__Dependency(Lambda__Dependency__Base):
    """A package that functions load from S3 when they start: installed here, uploaded once.

        Lambda__Dependency('pandas').install_and_upload()

    and in the function: load_dependency('pandas'), of osbot_lambda.aws.lambda_.boto3__lambda.

    Shapes : see Lambda__Dependency__Base for the attributes.
    """

    def __init__(
        self,
        package_name: str = '',
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        **kwargs: Any,
    ):
        super().__init__(package_name, session_kwargs, target, **kwargs)
        self.__dict__['__local__'] = Lambda__Dependency__Local(**self.same())
        self.__dict__['__s3__'] = Lambda__Dependency__S3(**self.same())

    @property
    def dependency__local(self) -> Lambda__Dependency__Local:
        """The package on this machine."""
        local: Lambda__Dependency__Local = self.__dict__['__local__']
        return local

    @property
    def dependency__s3(self) -> Lambda__Dependency__S3:
        """The package in S3."""
        s3: Lambda__Dependency__S3 = self.__dict__['__s3__']
        return s3

    def install_and_upload(self, refresh: bool = False) -> Schema__Status__Upload_Dependency__To_S3:
        """Install the package here and upload it; nothing is done when S3 has it for this runtime and architecture.

            Lambda__Dependency('pandas').install_and_upload().result__already_existed       # the second time: True

        refresh: install the newest version that the requirement allows, and upload it."""
        import time

        s3, local = self.dependency__s3, self.dependency__local
        start = time.monotonic()
        there = not refresh and s3.is_current()
        metadata = s3.metadata() if there else {}
        duration__install = duration__upload = 0.0
        if not there:
            local.install(refresh)
            duration__install = time.monotonic() - start
            metadata = s3.upload(local.files__zipped())['metadata']
            duration__upload = time.monotonic() - start - duration__install
        return Schema__Status__Upload_Dependency__To_S3(
            package_name=self.package_name,
            s3_bucket=s3.bucket__name(),
            s3_key=s3.path(),
            sha256=metadata.get('sha256', ''),
            duration__install_locally=duration__install,
            duration__upload_to_s3=duration__upload,
            result__already_existed=there,
            result__install_locally=not there,
            result__upload_to_s3=not there,
        )
