from collections.abc import Iterator
from typing import Any, Optional, Self

from osbot_lambda.aws.Aws__Call_Errors import BY_CODE
from osbot_lambda.aws.Aws__Resource import Aws__Resource
from osbot_lambda.aws.s3.S3__Base import S3__Base
from osbot_lambda.errors import Aws__Conflict, Aws__Error, Aws__Not_Found

MOST_KEYS = 1000  # of one DeleteObjects


class S3__Buckets(S3__Base):
    """Buckets: make, look, empty, delete, versioning, notifications."""

    def bucket_create(self, bucket: str, region: Optional[str] = None, versioning: bool = False) -> Self:
        """Make the bucket in `region` (default: the session's); one that is ours already stays.

            S3().bucket_create('my-bucket').file_create_from_string('hello', 'my-bucket', 'a.txt')

        Aws__Conflict when somebody else has one of that name."""
        where = region or self.session.region_name
        configuration = None if where == 'us-east-1' else {'LocationConstraint': where}
        try:
            self.call('create_bucket', Bucket=bucket, CreateBucketConfiguration=configuration)
        except Aws__Conflict as error:
            if error.code != 'BucketAlreadyOwnedByYou':
                raise
        if versioning:
            self.bucket_versioning__enable(bucket)
        return self

    def bucket_arn(self, bucket: str) -> str:
        """'arn:aws:s3:::my-bucket', in the partition of the session's region; no call."""
        return f'arn:{self.client().meta.partition}:s3:::{bucket}'

    def bucket_exists(self, bucket_name: str) -> bool:
        """Whether the bucket is there. One of somebody else raises Aws__Access_Denied."""
        try:
            self.call('head_bucket', Bucket=bucket_name)
        except Aws__Not_Found:
            return False
        return True

    def bucket_not_exists(self, bucket_name: str) -> bool:
        """Whether it isn't there; asked as bucket_exists()."""
        return not self.bucket_exists(bucket_name)

    def bucket_delete(self, bucket: str, delete_files: bool = False) -> bool:
        """Delete the bucket; False when it wasn't there. Aws__Conflict when it has files, unless delete_files."""
        try:
            if delete_files:
                self.bucket_delete_all_files(bucket)
            self.call('delete_bucket', Bucket=bucket)
        except Aws__Not_Found:
            return False
        return True

    def bucket_delete_all_files(self, bucket: str) -> bool:
        """Delete all files with all their versions and delete markers; True. Aws__Not_Found when there is no bucket."""
        before: list[dict[str, Any]] = []
        while True:
            # the first page each time: a marker may name what was just deleted, and moto then finds nothing behind it
            page = self.call('list_object_versions', Bucket=bucket)
            found = (*page.get('Versions', ()), *page.get('DeleteMarkers', ()))
            objects = [{'Key': one['Key'], 'VersionId': one['VersionId']} for one in found]
            if not objects or objects == before:
                return True
            self.files_delete_objects(bucket, objects)
            before = objects

    def bucket_delete_all_files__with_versioning(self, bucket: str) -> bool:
        """As bucket_delete_all_files(), which asks nothing about versioning."""
        return self.bucket_delete_all_files(bucket)

    def buckets(self) -> list[str]:
        """The names of all buckets, sorted."""
        return sorted(self.iterate_buckets())

    def iterate_buckets(self) -> Iterator[str]:
        """The names of all buckets, page by page as they are asked for."""
        return (bucket['Name'] for bucket in self.iterate('list_buckets', 'Buckets'))

    def files_delete_objects(self, bucket: str, objects: list[dict[str, Any]]) -> bool:
        """Delete files, or versions of files: [{'Key': …, 'VersionId': …}], a thousand a call; True.

        What can't be deleted raises, as the error its code has (Aws__Access_Denied, …), and names the first."""
        for start in range(0, len(objects), MOST_KEYS):
            chunk: dict[str, Any] = {'Objects': objects[start : start + MOST_KEYS], 'Quiet': True}
            failed = self.call('delete_objects', Bucket=bucket, Delete=chunk).get('Errors')
            if failed:
                first = failed[0]
                code = str(first.get('Code', ''))
                raise BY_CODE.get(code, Aws__Error)(
                    f'{len(failed)} of {len(chunk["Objects"])} files were not deleted; the first, '
                    f'{first.get("Key")}: {first.get("Message")}',
                    service='s3',
                    operation='DeleteObjects',
                    resource=bucket,
                    code=code,
                )
        return True

    # ---- versioning

    def bucket_versioning__enable(self, bucket_name: str) -> bool:
        """Keep every version of each file from now on; True."""
        self.call('put_bucket_versioning', Bucket=bucket_name, VersioningConfiguration={'Status': 'Enabled'})
        return True

    def bucket_versioning__enabled(self, bucket_name: str) -> bool:
        """Whether new versions of a file leave the old ones."""
        return self.bucket_versioning__status(bucket_name) == 'Enabled'

    def bucket_versioning__status(self, bucket_name: str) -> Optional[str]:
        """'Enabled', 'Suspended', or None when it was never enabled."""
        status: Optional[str] = self.call('get_bucket_versioning', Bucket=bucket_name).get('Status')
        return status

    # ---- notifications

    def bucket_notification(self, bucket_name: str) -> dict[str, Any]:
        """{'LambdaFunctionConfigurations': […], 'QueueConfigurations': […], …}; {} when there are none."""
        return self.call('get_bucket_notification_configuration', Bucket=bucket_name)

    def bucket_notification_create(self, s3_bucket: str, notification_config: dict[str, Any]) -> Self:
        """Replace all notifications of the bucket, in the shape that bucket_notification() has; {} removes them.

        S3 sends a test to each destination, and refuses (Aws__Invalid) one that doesn't let it: see
        bucket_notification_set_lambda_permission()."""
        self.call(
            'put_bucket_notification_configuration', Bucket=s3_bucket, NotificationConfiguration=notification_config
        )
        return self

    def bucket_notification_set_lambda_permission(self, lambda_arn: str, bucket: Optional[str] = None) -> Self:
        """Let S3 invoke the function: for buckets of this account, or for `bucket` alone. Again changes nothing.

        s3.bucket_notification_set_lambda_permission(Lambda('f').function_arn(), 'my-bucket')
        """
        functions = Aws__Resource(self.session, service_name='lambda')
        try:
            functions.call(
                'add_permission',
                FunctionName=lambda_arn,
                StatementId=f's3-invoke-{bucket}'.replace('.', '_') if bucket else 's3-invoke',
                Action='lambda:InvokeFunction',
                Principal='s3.amazonaws.com',
                SourceAccount=self.session.account_id(),  # the name of a deleted bucket can be somebody else's next
                SourceArn=self.bucket_arn(bucket) if bucket else None,
            )
        except Aws__Conflict as error:
            if error.code != 'ResourceConflictException' or 'already exists' not in error.message:
                raise
        return self
