from typing import TYPE_CHECKING, Optional

from osbot_lambda.schemas.Progress import Progress

if TYPE_CHECKING:
    from osbot_lambda.aws.session.AWS_Session import AWS_Session


class Code_Bucket:
    """The bucket for packages and layers that are too large for a call, made when it isn't there.

    Shapes : bucket is '<account>--osbot-lambdas--<region>' unless another is named.
    Errors : Aws__Error.
    """

    def __init__(self, session: 'AWS_Session', bucket: Optional[str] = None, progress: Optional[Progress] = None):
        self.session, self.progress = session, progress or Progress()
        self.bucket = bucket or f'{session.account_id()}--osbot-lambdas--{session.region_name}'

    def put(self, data: bytes, folder: str) -> dict[str, str]:
        """Write the zip under a name made of its content, in parts, unless it is there: {'S3Bucket', 'S3Key'}."""
        from hashlib import sha256

        from osbot_lambda.aws.s3.S3 import S3

        s3, key = S3(session_kwargs=self.session), f'{folder}/{sha256(data).hexdigest()}.zip'
        if not s3.bucket_exists(self.bucket):
            s3.bucket_create(self.bucket)
        if not s3.file_exists(self.bucket, key):
            task = f'upload to s3://{self.bucket}/{folder}'
            self.progress.start(task, len(data))
            try:
                s3.file_create_from_bytes(data, self.bucket, key, sent=lambda done: self.progress.advance(task, done))
            finally:
                self.progress.finish(task)
        return {'S3Bucket': self.bucket, 'S3Key': key}
