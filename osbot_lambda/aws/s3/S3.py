from osbot_lambda.aws.s3.S3__Policies import S3__Policies
from osbot_lambda.aws.s3.S3__Transfers import S3__Transfers

S3_DEFAULT_FILE_CONTENT_TYPE = 'binary/octet-stream'
S3_HTML_PAGE_CONTENT_TYPE = 'text/html; charset=utf-8'


class S3(S3__Transfers, S3__Policies):
    """Buckets and their files.

        s3 = S3().bucket_create('my-bucket')
        s3.folder_upload('/path/to/code', 'my-bucket', 'lambdas/my-function.zip')

    Shapes : key is a file's full name, 'folder/file.txt'; data is bytes, contents text in UTF-8. session_kwargs (or
             session_kwargs__s3) is a dict, a Session__Kwargs or an AWS_Session; target 'local', 'aws' or a URL.
    Errors : Aws__Not_Found for a bucket or file that has to be there; Aws__Access_Denied also from the questions
             (bucket_exists, file_exists): 'no' is only said when it isn't there.
    Note   : lists are read to their end; iterate_files() and iterate_buckets() read as they are asked.
    """


def s3_file_download(s3_bucket: str, s3_key: str, use_cache: bool = False) -> str:
    """S3().file_download(…), on the target that holds here."""
    return S3().file_download(s3_bucket, s3_key, use_cache)


def s3_file_download_to(s3_bucket: str, s3_key: str, target_file: str, use_cache: bool = False) -> str:
    """S3().file_download_to(…), on the target that holds here."""
    return S3().file_download_to(s3_bucket, s3_key, target_file, use_cache)
