from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Optional, Self, Union

from osbot_lambda.aws.s3.S3__Files import S3__Files
from osbot_lambda.aws.Temp_Folder import Temp_Folder
from osbot_lambda.errors import File__Not_Found


class S3__Transfers(S3__Files):
    """Files and folders of this machine, sent to S3 and fetched from it."""

    def file_upload(self, file: Union[str, Path], bucket: str, folder: str = '') -> str:
        """Send a file into a folder of the bucket, under its own name; its key."""
        key = f'{folder.strip("/")}/{Path(file).name}'.lstrip('/')
        self.file_upload_to_key(file, bucket, key)
        return key

    def file_upload_to_key(self, file: Union[str, Path], bucket: str, key: str, set_content_type: bool = True) -> bool:
        """Send a file; True. set_content_type: by the ending of its name ('.html' is text/html). File__Not_Found."""
        content_type = None
        if set_content_type:
            import mimetypes

            kind, encoding = mimetypes.guess_type(str(file))
            content_type = kind if encoding is None else f'application/{encoding}'
        self._put(Path(file), bucket, key, content_type=content_type)
        return True

    def file_upload_as_temp_file(self, file: Union[str, Path], bucket: str) -> str:
        """Send a file to a new key under tmp_file_folder; the key. Nothing deletes it later: file_delete() does."""
        import uuid

        return self.file_upload(file, bucket, f'{self.tmp_file_folder}/{uuid.uuid4().hex}')

    def file_upload_from_bytes(
        self,
        file_body: bytes,
        bucket: str,
        key: str,
        metadata: Optional[Mapping[str, str]] = None,
        content_type: Optional[str] = None,
    ) -> bool:
        """As file_create_from_bytes()."""
        return self.file_create_from_bytes(file_body, bucket, key, metadata, content_type)

    def folder_upload(self, folder: Union[str, Path], s3_bucket: str, s3_key: str) -> Self:
        """Send what is in the folder, as one zip with it at the root: the code of a Lambda function.

            S3().folder_upload('/path/to/code', 'my-bucket', 'lambdas/my-function.zip')

        The same files give the same bytes. Caches, version control and .env files stay behind. File__Not_Found for a
        folder that isn't there or is empty, Aws__Not_Found for a bucket that isn't there."""
        from osbot_lambda.archive.Zip__Deterministic import Zip__Deterministic

        zipped = Zip__Deterministic().add_folder(folder)
        if not zipped.entries:
            raise File__Not_Found(f'{folder} has no files to send')
        self._put(zipped.bytes(), s3_bucket, s3_key, content_type='application/zip')
        return self

    def file_download(self, bucket: str, key: str, use_cache: bool = False) -> str:
        """Fetch a file into the temporary folder; its path. use_cache: not again, while the file in S3 is the same.

        Each content has a path of its own, known to this user alone; nothing deletes it later."""
        details = self.file_details(bucket, key)
        target = self._temp_file(bucket, key, str(details['ETag']))
        if not (use_cache and target.is_file()):
            self._fetch(bucket, key, details['ContentLength'], target)
        return str(target)

    def file_download_to(self, bucket: str, key: str, target_file: Union[str, Path], use_cache: bool = False) -> str:
        """Fetch a file to this path, in a folder that is made when it isn't there; the path. use_cache: not when a
        file of the same size is there that is as new. Cut short, it leaves what was there."""
        target = Path(target_file)
        if target.is_dir():
            raise File__Not_Found(f'{target} is a folder; file_download_to takes the path of a file')
        details = self.file_details(bucket, key)
        if not (use_cache and _is_as_new(target, details)):
            self._fetch(bucket, key, details['ContentLength'], target)
        return str(target)

    def file_download_and_delete(self, bucket: str, key: str) -> str:
        """As file_download(), and the file in S3 is deleted then."""
        path = self.file_download(bucket, key)
        self.file_delete(bucket, key)
        return path

    def _temp_file(self, bucket: str, key: str, etag: str) -> Path:
        import hashlib

        digest = hashlib.sha256(f'{bucket}/{key}\n{etag}'.encode()).hexdigest()
        name = PurePosixPath(key).name
        return Temp_Folder.own(self.tmp_file_folder) / digest[:24] / (name[-60:] if name.strip('.') else 'file')


def _is_as_new(target: Path, details: dict[str, Any]) -> bool:
    if not target.is_file():
        return False
    there = target.stat()
    return there.st_size == details['ContentLength'] and there.st_mtime >= details['LastModified'].timestamp()
