from typing import TYPE_CHECKING, Any, Optional

from osbot_lambda.aws.lambda_.Lambda__Configuration import Lambda__Configuration
from osbot_lambda.errors import Deploy__Nothing_To_Deploy

if TYPE_CHECKING:
    from osbot_lambda.aws.s3.S3 import S3


class Lambda__Code(Lambda__Configuration):
    """The function's code: from a folder to S3, and from there, or as it is, to Lambda.

    Errors : Deploy__Nothing_To_Deploy when no code is set; File__Not_Found for folder_code; Aws__Error, Deploy__Failed,
             Wait__Timeout.
    """

    def s3(self) -> 'S3':
        """S3 on the same session."""
        from osbot_lambda.aws.s3.S3 import S3

        return S3(session_kwargs=self.session)

    def upload(self) -> Optional[bool]:
        """Zip folder_code and write it to s3_key in s3_bucket; True. Same files, same bytes. None for a container
        image, False when there is no folder_code.

        Where they aren't set, the bucket is '<account>--osbot-lambdas--<region>', made when it isn't there, and the
        key 'lambdas/<name>.zip'.

        lambda_func.set_folder_code('/path/to/code').upload()"""
        if self.image_uri:
            return None
        if not self.folder_code:
            return False
        from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic

        zipped = Zip__Deterministic().add_folder(self.folder_code)
        if not zipped.entries:
            raise Deploy__Nothing_To_Deploy(f'{self.folder_code}, the code of {self.name}, has no files')
        s3, session = self.s3(), self.session
        bucket = self.s3_bucket or f'{session.account_id()}--osbot-lambdas--{session.region_name}'
        key = self.s3_key or f'lambdas/{self.function_name()}.zip'
        if not s3.bucket_exists(bucket):
            s3.bucket_create(bucket)
        s3.file_create_from_bytes(zipped.bytes(), bucket, key)
        self.s3_bucket, self.s3_key = bucket, key
        return True

    def code_update(self, **kwargs: Any) -> dict[str, Any]:
        """UpdateFunctionCode with the code that is set on this object, and `kwargs` (AWS's names) over it; the
        function's configuration. It doesn't wait for the update, but for one that is in progress.

        lambda_func.code_update(Publish=True)['Version']"""
        code = {} if kwargs.keys() & {'ZipFile', 'S3Key', 'ImageUri'} else self._code()
        parameters = {'FunctionName': self.name, **code, **kwargs}
        if not parameters.keys() & {'ZipFile', 'S3Key', 'ImageUri'}:
            raise Deploy__Nothing_To_Deploy(self._no_code())
        if self._is_set('architecture'):
            parameters.setdefault('Architectures', [self.architecture])
        return self._call_when_ready('update_function_code', **parameters)

    def update_lambda_code(self) -> dict[str, Any]:
        """Ship the code that is set on this object (a folder_code is uploaded), and wait; the function's configuration
        as the update began.

        lambda_func.set_zip_bytes(data).update_lambda_code()['CodeSha256']"""
        answer = self.code_update()
        self.wait_for_function_update_to_complete()
        return answer

    def update_lambda_image_uri(self, image_uri: str) -> dict[str, Any]:
        """Another container image for a function that was made from one, and wait; the function's configuration as
        the update began.

        lambda_func.update_lambda_image_uri('123456789012.dkr.ecr.us-east-1.amazonaws.com/my-repo:2')"""
        self.image_uri = image_uri
        return self.update_lambda_code()

    def _code(self) -> dict[str, Any]:
        """code_kwargs(), once a folder_code is uploaded."""
        if self.folder_code and self.zip_bytes is None:
            self.upload()
        return self.code_kwargs()

    def _no_code(self) -> str:
        return f'{self.name} has no code: set zip_bytes, folder_code, s3_bucket and s3_key, or image_uri'
