from collections.abc import Mapping
from typing import Any, Optional, Self

from osbot_lambda.aws.Aws__Call_Errors import Aws__Call_Errors
from osbot_lambda.aws.Aws__Resource import Aws__Resource
from osbot_lambda.errors import Aws__Conflict, Aws__Error, Aws__Not_Found

MOST_KEYS = 1000  # of one DeleteObjects


class S3(Aws__Resource):
    """Buckets and their files.

    Shapes : key is a file's full name, 'folder/file.txt'; data is bytes, contents text in UTF-8.
    Errors : Aws__Not_Found for a bucket or file that has to be there; Aws__Access_Denied also from the questions
             (bucket_exists, file_exists): 'no' is only said when it isn't there.
    """

    service_name: str = 's3'

    def bucket_create(self, bucket: str, region: Optional[str] = None) -> Self:
        """Make the bucket in `region` (default: the session's); one that is ours already stays."""
        where = region or self.session.region_name
        configuration = None if where == 'us-east-1' else {'LocationConstraint': where}
        try:
            self.call('create_bucket', Bucket=bucket, CreateBucketConfiguration=configuration)
        except Aws__Conflict as error:
            if error.code != 'BucketAlreadyOwnedByYou':
                raise
        return self

    def bucket_exists(self, bucket: str) -> bool:
        """Whether the bucket is there. One of somebody else raises Aws__Access_Denied."""
        try:
            self.call('head_bucket', Bucket=bucket)
        except Aws__Not_Found:
            return False
        return True

    def bucket_delete(self, bucket: str, delete_files: bool = False) -> bool:
        """Delete the bucket; False when it wasn't there. Aws__Conflict when it has files, unless delete_files."""
        try:
            if delete_files:
                self._delete_all_versions(bucket)
            self.call('delete_bucket', Bucket=bucket)
        except Aws__Not_Found:
            return False
        return True

    def buckets(self) -> list[str]:
        """The names of all buckets, sorted."""
        return sorted(bucket['Name'] for bucket in self.iterate('list_buckets', 'Buckets'))

    def file_create_from_bytes(
        self,
        file_bytes: bytes,
        bucket: str,
        key: str,
        metadata: Optional[Mapping[str, str]] = None,
        content_type: Optional[str] = None,
    ) -> bool:
        """Write a file; True."""
        meta = None if metadata is None else dict(metadata)
        self.call('put_object', Bucket=bucket, Key=key, Body=file_bytes, Metadata=meta, ContentType=content_type)
        return True

    def file_create_from_string(self, file_contents: str, bucket: str, key: str) -> bool:
        """Write a text file; True."""
        return self.file_create_from_bytes(file_contents.encode(), bucket, key)

    def file_bytes(self, bucket: str, key: str, version_id: Optional[str] = None) -> bytes:
        """What the file holds."""
        body = self.call('get_object', Bucket=bucket, Key=key, VersionId=version_id)['Body']
        with Aws__Call_Errors('s3', 'GetObject', {'Bucket': bucket, 'Key': key}):
            data: bytes = body.read()
            return data

    def file_contents(self, bucket: str, key: str, encoding: str = 'utf-8', version_id: Optional[str] = None) -> str:
        """What the text file holds."""
        return self.file_bytes(bucket, key, version_id).decode(encoding)

    def file_details(self, bucket: str, key: str) -> dict[str, Any]:
        """{'ContentLength', 'ContentType', 'ETag', 'LastModified', 'Metadata', …}."""
        return self.call('head_object', Bucket=bucket, Key=key)

    def file_exists(self, bucket: str, key: str) -> bool:
        """Whether the file is there."""
        try:
            self.file_details(bucket, key)
        except Aws__Not_Found:
            return False
        return True

    def file_delete(self, bucket: str, key: str) -> bool:
        """Delete the file; True, as S3 doesn't say whether it was there."""
        self.call('delete_object', Bucket=bucket, Key=key)
        return True

    def find_files(self, bucket: str, prefix: str = '', filter: str = '') -> list[str]:
        """The keys that begin with `prefix` and contain `filter`, sorted."""
        found = self.iterate('list_objects_v2', 'Contents', Bucket=bucket, Prefix=prefix)
        return sorted(file['Key'] for file in found if filter in file['Key'])

    def _delete_all_versions(self, bucket: str) -> None:
        found = [
            {'Key': version['Key'], 'VersionId': version['VersionId']}
            for kind in ('Versions', 'DeleteMarkers')
            for version in self.iterate('list_object_versions', kind, Bucket=bucket)
        ]
        for start in range(0, len(found), MOST_KEYS):
            objects = {'Objects': found[start : start + MOST_KEYS], 'Quiet': True}
            failed = self.call('delete_objects', Bucket=bucket, Delete=objects).get('Errors')
            if failed:
                first = failed[0]
                raise Aws__Error(
                    f'{len(failed)} files were not deleted; the first, {first.get("Key")}: {first.get("Message")}',
                    service='s3',
                    operation='DeleteObjects',
                    resource=bucket,
                    code=str(first.get('Code', '')),
                )
