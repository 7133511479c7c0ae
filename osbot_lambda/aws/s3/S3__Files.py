from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Optional

from osbot_lambda.aws.s3.S3__Buckets import S3__Buckets
from osbot_lambda.errors import Aws__Invalid, Aws__Not_Found

COPIED_AT_ONCE = 5 * 1024**3  # bytes that one CopyObject takes: "Copying objects"
LONGEST_URL = 7 * 24 * 3600  # seconds a signed URL may hold
KEPT = (  # what a copy with new metadata would lose
    'CacheControl',
    'ContentDisposition',
    'ContentEncoding',
    'ContentLanguage',
    'ContentType',
    'Expires',
    'Metadata',
    'WebsiteRedirectLocation',
)
KEPT_IN_PLACE = ('ServerSideEncryption', 'SSEKMSKeyId')


class S3__Files(S3__Buckets):
    """Files as bytes and text, what S3 knows of them, their versions, and the lists of them."""

    # ---- write and read

    def file_create_from_bytes(
        self,
        file_bytes: bytes,
        bucket: str,
        key: str,
        metadata: Optional[Mapping[str, str]] = None,
        content_type: Optional[str] = None,
        sent: Optional[Callable[[int], None]] = None,
    ) -> bool:
        """Write a file; True. metadata is text in ASCII, at most 2 KB; without content_type it is a binary stream.

        sent is called with the bytes of each part that is sent, in the thread that sent it."""
        self._put(bytes(file_bytes), bucket, key, metadata, content_type, sent)
        return True

    def file_create_from_string(self, file_contents: str, bucket: str, key: str) -> bool:
        """Write a text file in UTF-8; True."""
        return self.file_create_from_bytes(file_contents.encode(), bucket, key)

    def file_create_from_string_as_gzip(self, file_contents: str, bucket: str, key: str) -> bool:
        """Write a text, compressed: the same text gives the same bytes. True."""
        import gzip

        packed = gzip.compress(file_contents.encode(), mtime=0)
        return self.file_create_from_bytes(packed, bucket, key, content_type='application/gzip')

    def file_bytes(self, bucket: str, key: str, version_id: Optional[str] = None) -> bytes:
        """What the file holds."""
        body = self.call('get_object', Bucket=bucket, Key=key, VersionId=version_id)['Body']
        with self._errors(self.client(), 'get_object', {'Bucket': bucket, 'Key': key}):
            data: bytes = body.read()
            return data

    def file_contents(self, bucket: str, key: str, encoding: str = 'utf-8', version_id: Optional[str] = None) -> str:
        """What the text file holds."""
        return self.file_bytes(bucket, key, version_id).decode(encoding)

    def file_contents_from_gzip(self, bucket: str, key: str) -> str:
        """The text of a file that was compressed with gzip. gzip.BadGzipFile for another one."""
        import gzip

        return gzip.decompress(self.file_bytes(bucket, key)).decode()

    # ---- what is known of a file

    def file_details(self, bucket: str, key: str) -> dict[str, Any]:
        """{'ContentLength', 'ContentType', 'ETag', 'LastModified', 'Metadata', …}."""
        return self.call('head_object', Bucket=bucket, Key=key)

    def file_exists(self, bucket: str, key: str) -> bool:
        """Whether the file is there. Aws__Access_Denied also when it isn't, and the caller may not list the bucket."""
        try:
            self.file_details(bucket, key)
        except Aws__Not_Found:
            return False
        return True

    def file_not_exists(self, bucket: str, key: str) -> bool:
        """Whether it isn't there; asked as file_exists()."""
        return not self.file_exists(bucket, key)

    def file_content_type(self, bucket: str, key: str) -> str:
        """'binary/octet-stream', 'text/html; charset=utf-8', …"""
        return str(self.file_details(bucket, key).get('ContentType', ''))

    def file_metadata(self, bucket: str, key: str) -> dict[str, str]:
        """The metadata that it was written with; S3 has the names in lower case."""
        found: dict[str, str] = self.file_details(bucket, key).get('Metadata', {})
        return found

    def file_size_in_Mb(self, bucket: str, key: str) -> float:
        """Its size in MB (of 1024 * 1024 bytes), rounded to two digits."""
        return round(self.file_details(bucket, key)['ContentLength'] / 1024**2, 2)

    def file_content_type_update(
        self, bucket: str, key: str, metadata: Optional[Mapping[str, str]], content_type: str
    ) -> dict[str, Any]:
        """Give the file another content type, and other metadata (None: as it is). See file_copy()."""
        return self.file_copy(bucket, key, bucket, key, metadata, content_type)

    def file_metadata_update(self, bucket: str, key: str, metadata: Mapping[str, str]) -> dict[str, Any]:
        """Replace the file's metadata; all else stays. See file_copy()."""
        return self.file_copy(bucket, key, bucket, key, metadata)

    def create_pre_signed_url(
        self, bucket_name: str, object_name: str, operation: str = 'get_object', expiration: int = 3600
    ) -> str:
        """A URL with which anybody may do this one operation for `expiration` seconds, at most 7 days; no call.

            S3().create_pre_signed_url('my-bucket', 'report.pdf', expiration=600)

        Temporary credentials that signed it end it when they expire."""
        about: dict[str, Any] = {'service': 's3', 'operation': operation, 'resource': f'{bucket_name}/{object_name}'}
        if not 1 <= expiration <= LONGEST_URL:
            raise Aws__Invalid(f'expiration is {expiration} s; a signed URL holds 1 to {LONGEST_URL} s', **about)
        client = self.client()
        if operation not in client.meta.method_to_api_mapping:
            raise Aws__Invalid(f'{operation!r} is no operation of S3; get_object and put_object are', **about)
        parameters = {'Bucket': bucket_name, 'Key': object_name}
        with self._errors(client, operation, parameters):
            return str(client.generate_presigned_url(operation, Params=parameters, ExpiresIn=expiration))

    # ---- copy, move, delete

    def file_copy(
        self,
        bucket_source: str,
        key_source: str,
        bucket_destination: str,
        key_destination: str,
        metadata: Optional[Mapping[str, str]] = None,
        content_type: Optional[str] = None,
    ) -> dict[str, Any]:
        """Copy a file inside S3; {'CopyObjectResult': {'ETag', 'LastModified'}, …}.

        Metadata, content type, the other headers and the storage class stay, unless given anew. Over 5 GiB it goes
        in parts, and the tags don't come along."""
        details = self.file_details(bucket_source, key_source)
        given: dict[str, Any] = {'CopySourceIfMatch': details['ETag']}
        in_place = (bucket_source, key_source) == (bucket_destination, key_destination)
        in_parts = details['ContentLength'] > COPIED_AT_ONCE
        anew = metadata is not None or content_type is not None
        for name in ('StorageClass', *(KEPT if anew or in_parts else ()), *(KEPT_IN_PLACE if in_place else ())):
            if name in details:
                given[name] = details[name]
        if anew:
            given['MetadataDirective'] = 'REPLACE'
        if metadata is not None:
            given['Metadata'] = dict(metadata)
        if content_type is not None:
            given['ContentType'] = content_type
        source = {'Bucket': bucket_source, 'Key': key_source}
        if not in_parts:
            return self.call('copy_object', Bucket=bucket_destination, Key=key_destination, CopySource=source, **given)
        client = self.client()
        with self._errors(client, 'copy_object', {'Bucket': bucket_destination, 'Key': key_destination}):
            client.copy(source, bucket_destination, key_destination, given, Config=self.transfer_config())
        copied = self.file_details(bucket_destination, key_destination)
        return {'CopyObjectResult': {name: copied[name] for name in ('ETag', 'LastModified')}}

    def file_move(self, src_bucket: str, src_key: str, dest_bucket: str, dest_key: str) -> bool:
        """Copy the file, then delete where it was; True. Onto itself it stays."""
        if (src_bucket, src_key) == (dest_bucket, dest_key):
            self.file_details(src_bucket, src_key)
            return True
        self.file_copy(src_bucket, src_key, dest_bucket, dest_key)
        return self.file_delete(src_bucket, src_key)

    def file_delete(self, bucket: str, key: str) -> bool:
        """Delete the file; True, as S3 doesn't say whether it was there. With versioning, its versions stay."""
        self.call('delete_object', Bucket=bucket, Key=key)
        return True

    def files_delete(self, bucket: str, keys: Iterable[str]) -> bool:
        """Delete these files; True. See files_delete_objects()."""
        return self.files_delete_objects(bucket, [{'Key': key} for key in keys])

    # ---- versions

    def file_versions(self, bucket: str, key: str) -> list[dict[str, Any]]:
        """All versions of the file, the newest first: [{'VersionId', 'IsLatest', 'LastModified', 'Size', …}]."""
        return list(self._versions(bucket, key, 'Versions'))

    def file_versions__delete_markers(self, bucket: str, key: str) -> list[dict[str, Any]]:
        """Where the file was deleted, the newest first: [{'VersionId', 'IsLatest', 'LastModified', …}]."""
        return list(self._versions(bucket, key, 'DeleteMarkers'))

    def _versions(self, bucket: str, key: str, kind: str) -> Iterator[dict[str, Any]]:
        for page in self._pages('list_object_versions', Bucket=bucket, Prefix=key):
            yield from (one for one in page.get(kind, ()) if one['Key'] == key)
            if any(one['Key'] != key for one in (*page.get('Versions', ()), *page.get('DeleteMarkers', ()))):
                return  # the keys come sorted: from here on they are other files

    # ---- lists

    def find_files(self, bucket: str, prefix: str = '', filter: str = '') -> list[str]:
        """The keys that begin with `prefix` and contain `filter`, sorted.

        S3().find_files('my-bucket', 'reports/', '.pdf')
        """
        return sorted(file['Key'] for file in self.iterate_files(bucket, prefix, filter))

    def files_raw(self, bucket: str, prefix: str = '', filter: str = '') -> list[dict[str, Any]]:
        """As find_files(), with what S3 says of each: [{'Key', 'Size', 'ETag', 'LastModified', 'StorageClass'}]."""
        return list(self.iterate_files(bucket, prefix, filter))

    def iterate_files(self, bucket: str, prefix: str = '', filter: str = '') -> Iterator[dict[str, Any]]:
        """As files_raw(), page by page as they are asked for."""
        found = self.iterate('list_objects_v2', 'Contents', Bucket=bucket, Prefix=prefix)
        return (file for file in found if filter in file['Key'])

    def folder_contents(
        self, s3_bucket: str, parent_folder: str = '', return_full_path: bool = False
    ) -> dict[str, list[str]]:
        """{'folders', 'files'} right under a folder, each sorted: their names, or their full paths.

        A folder's name has no '/' at its end; one that isn't there is empty."""
        prefix = f'{parent_folder.strip("/")}/'.lstrip('/')
        cut = 0 if return_full_path else len(prefix)
        folders: list[str] = []
        files: list[str] = []
        for page in self._pages('list_objects_v2', Bucket=s3_bucket, Prefix=prefix, Delimiter='/'):
            folders += [one['Prefix'][cut:-1] for one in page.get('CommonPrefixes', ())]
            files += [one['Key'][cut:] for one in page.get('Contents', ()) if one['Key'] != prefix]
        return {'folders': sorted(folders), 'files': sorted(files)}

    def folder_files(self, s3_bucket: str, parent_folder: str = '', return_full_path: bool = False) -> list[str]:
        """The files right under a folder; see folder_contents()."""
        return self.folder_contents(s3_bucket, parent_folder, return_full_path)['files']

    def folder_list(self, s3_bucket: str, parent_folder: str = '', return_full_path: bool = False) -> list[str]:
        """The folders right under a folder; see folder_contents()."""
        return self.folder_contents(s3_bucket, parent_folder, return_full_path)['folders']
