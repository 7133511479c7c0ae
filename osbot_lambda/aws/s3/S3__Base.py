from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Optional, Self, Union

from osbot_lambda.aws.Aws__Resource import Any_Session, Aws__Resource
from osbot_lambda.errors import Aws__Not_Found, File__Not_Found

IN_PARTS_FROM = 8 * 1024 * 1024  # bytes: as boto3 has it


class S3__Base(Aws__Resource):
    """What all of S3 stands on: sending and fetching files of any size.

    Shapes : tmp_file_folder is a folder's name under the system's temporary folder, and a prefix in a bucket.
    Note   : from 8 MiB on a file is sent and fetched in parts, in several threads unless use_threads is False.
    """

    service_name: str = 's3'
    use_threads: bool = True
    tmp_file_folder: str = 's3_temp_files'

    def __init__(
        self,
        session_kwargs: Any_Session = None,
        target: Optional[str] = None,
        session_kwargs__s3: Any_Session = None,
        **kwargs: Any,
    ):
        super().__init__(session_kwargs if session_kwargs__s3 is None else session_kwargs__s3, target, **kwargs)

    def s3(self) -> Any:
        """As client()."""
        return self.client()

    def dont_use_threads(self) -> Self:
        """Send and fetch large files in this thread alone, as some notebooks and debuggers need it."""
        self.use_threads = False
        return self

    def transfer_config(self) -> Any:
        """boto3's TransferConfig for large files, with use_threads as it is set here."""
        return self.session.transfer_config(use_threads=self.use_threads, multipart_threshold=IN_PARTS_FROM)

    # ---- for the classes above this one

    def _pages(self, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        client = self.client()
        with self._errors(client, operation, parameters):
            yield from client.get_paginator(operation).paginate(**parameters)

    def _put(
        self,
        body: Union[bytes, Path],
        bucket: str,
        key: str,
        metadata: Optional[Mapping[str, str]] = None,
        content_type: Optional[str] = None,
        sent: Optional[Callable[[int], None]] = None,
    ) -> None:
        """sent is told of each part how many bytes it had, from the threads that send them."""
        given: dict[str, Any] = {}
        if metadata is not None:
            given['Metadata'] = dict(metadata)
        if content_type is not None:
            given['ContentType'] = content_type
        try:
            if isinstance(body, bytes):
                self._put_bytes(body, bucket, key, given, sent)
            else:
                self._put_file(body, bucket, key, given, sent)
        except Aws__Not_Found as error:
            if error.code != 'NoSuchBucket':
                raise
            raise Aws__Not_Found(
                f'{error.message}; make it with S3().bucket_create({bucket!r})',
                service=error.service,
                operation=error.operation,
                resource=error.resource,
                code=error.code,
                status=error.status,
                request_id=error.request_id,
            ) from error

    def _put_bytes(self, body: bytes, bucket: str, key: str, given: dict[str, Any], sent: Any = None) -> None:
        if len(body) < IN_PARTS_FROM:
            self.call('put_object', Bucket=bucket, Key=key, Body=body, **given)
            if sent is not None:
                sent(len(body))
            return
        import io

        self._put_in_parts(io.BytesIO(body), bucket, key, given, sent)

    def _put_file(self, file: Path, bucket: str, key: str, given: dict[str, Any], sent: Any = None) -> None:
        if not file.is_file():
            raise File__Not_Found(f'{file} is not a file')
        if file.stat().st_size < IN_PARTS_FROM:
            self._put_bytes(file.read_bytes(), bucket, key, given, sent)
            return
        with file.open('rb') as stream:
            self._put_in_parts(stream, bucket, key, given, sent)

    def _put_in_parts(self, stream: Any, bucket: str, key: str, given: dict[str, Any], sent: Any = None) -> None:
        client = self.client()
        config = self.transfer_config()
        with self._errors(client, 'put_object', {'Bucket': bucket, 'Key': key}):
            client.upload_fileobj(stream, bucket, key, ExtraArgs=given, Config=config, Callback=sent)

    def _fetch(self, bucket: str, key: str, size: int, target: Path) -> None:
        """Write the object to `target`, which is complete or not there at all."""
        import uuid

        client = self.client()
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.parent / f'.{uuid.uuid4().hex}.part'
        try:
            with part.open('xb') as stream, self._errors(client, 'get_object', {'Bucket': bucket, 'Key': key}):
                if size < IN_PARTS_FROM:
                    stream.write(client.get_object(Bucket=bucket, Key=key)['Body'].read())
                else:
                    client.download_fileobj(bucket, key, stream, Config=self.transfer_config())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
