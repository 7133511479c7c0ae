"""Packages that are kept in S3, loaded by a Lambda function when it starts.

    from osbot_lambda.aws.lambda_.boto3__lambda import load_dependency

    load_dependency('requests')             # uploaded with Lambda__Dependency('requests').install_and_upload()
    import requests

This file needs the standard library and boto3 alone, so that it can be shipped by itself (as boto3__lambda.py, see
Deploy_Lambda.add_file__boto3__lambda()); then its errors are RuntimeErrors, which those of osbot_lambda are too.

Where   : s3://$OSBOT_LAMBDA_S3_BUCKET/lambdas-dependencies/<name>.zip; without that variable the bucket is
          <account>--osbot-lambdas--<region>. The function's role needs s3:GetObject on it.
Trust   : an object is loaded only when its bytes have the SHA-256 that its metadata says, and the default bucket only
          when it is the account's own.
Note    : each package is fetched once for an execution environment, into the temporary folder, and comes before all
          else on sys.path. Outside Lambda nothing is done.
"""

import os
import re
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, Optional, Union
from urllib.parse import quote

FOLDER_IN_S3 = 'lambdas-dependencies'
FOLDER_IN_TEMP = 'osbot-lambda__dependencies__inside-lambda'
LONGEST_NAME = 150  # of 255 that a file's name may have
CHUNK = 1024 * 1024  # bytes
ATTEMPTS = 3  # at reading an object: boto3 repeats calls by itself, but no reading

_lock = threading.RLock()


def ping() -> str:
    """'pong': this file arrived, and can be imported."""
    return 'pong'


def load_dependency(package_name: str) -> bool:
    """Load one package from S3, by the requirement it was uploaded as; False outside Lambda, where nothing is done.

    load_dependency('pydantic[email]>=2')

    Errors : Dependency__Not_Found, Dependency__Corrupted, Dependency__Wrong_Platform, Dependency__Invalid, and
             Dependency__Error with the reason (no permission, no space in /tmp, …); all are RuntimeErrors.
    """
    if not inside_lambda():
        return False
    import botocore.exceptions

    try:
        add_to_path(fetch(package_name, _connect))
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
        advice = "the function's role needs s3:GetObject on its bucket, and s3:ListBucket to tell 'not there'"
        raise _failure('Dependency__Error', package_name, f'could not be fetched: {error}; {advice}') from error
    return True


def load_dependencies(packages: Union[str, Iterable[str]]) -> bool:
    """Load several: a list, or text with commas between them; False outside Lambda. See load_dependency().

    load_dependencies(['requests', 'pandas'])
    """
    return all(load_dependency(name) for name in dependency_names(packages))


# ---- shared with Lambda__Dependency__Inside_Lambda and Lambda__Dependency__S3


def inside_lambda() -> bool:
    """Whether this process is a Lambda function. (AWS_REGION says nothing: laptops and CI have it too.)"""
    return bool(os.environ.get('AWS_LAMBDA_FUNCTION_NAME'))


def dependency_names(packages: Union[str, Iterable[str]]) -> list[str]:
    """The requirements in a list, or in text: 'requests, pydantic[email]>=2,<3' are two."""
    if isinstance(packages, str):
        packages = re.split(r',(?![^\[]*\])\s*(?=[A-Za-z0-9])', packages)
    return [name for package in packages if (name := package.strip(' ,'))]


def dependency_name(package_name: str) -> str:
    """The requirement as the name of a file: 'requests', 'pydantic%5Bemail%5D%3E=2'. No two have the same; case, and
    - _ . in a package's name, make no difference, as on PyPI. Dependency__Invalid for what is no requirement."""
    text = re.sub(r'[ \t]+', '', package_name)
    if not re.search(r'[A-Za-z0-9]', text) or text.startswith('-') or not text.isprintable():
        raise _failure('Dependency__Invalid', package_name, "is no requirement, such as 'requests' or 'pandas>=2'")
    head = re.match(r'[A-Za-z0-9][A-Za-z0-9._-]*', text)
    if head:
        text = re.sub(r'[-_.]+', '-', head[0]).lower() + text[head.end() :]
    name = quote(text, safe='=')
    if len(name) > LONGEST_NAME:
        import hashlib

        name = f'{name[:100]}-{hashlib.sha256(name.encode()).hexdigest()[:32]}'
    return name


def dependency_key(package_name: str) -> str:
    """Its key in the bucket: 'lambdas-dependencies/requests.zip'."""
    return f'{FOLDER_IN_S3}/{dependency_name(package_name)}.zip'


def dependencies_folder() -> str:
    """The folder of this environment that the packages are fetched to."""
    import tempfile

    return os.path.join(tempfile.gettempdir(), FOLDER_IN_TEMP)


def dependency_folder(package_name: str) -> str:
    """Where the package is, or would be; it is complete, or not there."""
    return os.path.join(dependencies_folder(), dependency_name(package_name))


def fetch(package_name: str, connect: Callable[[], tuple[Any, str, Optional[str]]]) -> str:
    """The folder with the package's files, fetched when it isn't there; botocore's errors pass through.

    connect : called only when something has to be fetched; (S3 client, bucket, the bucket's owner or None)."""
    folder = dependency_folder(package_name)
    with _lock:
        if not os.path.isdir(folder):
            try:
                _fetch_to(folder, package_name, *connect())
            except OSError as error:
                if error.errno is None:  # not the operating system's: a refused connection, say
                    raise
                advice = 'the ephemeral storage of the function may be too small'
                raise _failure(
                    'Dependency__Error', package_name, f'could not be unpacked: {error}; {advice}'
                ) from error
    return folder


def add_to_path(folder: str) -> bool:
    """Put the folder before all else on sys.path; False when it is there already."""
    import importlib

    with _lock:
        if folder in sys.path:
            return False
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        return True


def _connect() -> tuple[Any, str, Optional[str]]:
    import boto3

    bucket, owner = os.environ.get('OSBOT_LAMBDA_S3_BUCKET'), None
    if not bucket:
        owner = boto3.client('sts').get_caller_identity()['Account']
        bucket = f'{owner}--osbot-lambdas--{os.environ["AWS_REGION"]}'
    return boto3.client('s3'), bucket, owner


def _fetch_to(folder: str, package_name: str, client: Any, bucket: str, owner: Optional[str]) -> None:
    import shutil
    import tempfile

    parent = os.path.dirname(folder)
    os.makedirs(parent, mode=0o700, exist_ok=True)
    if os.path.islink(parent) or os.stat(parent).st_uid != os.getuid():
        raise _failure('Dependency__Error', package_name, f'is not loaded: {parent} was made by somebody else')
    work = tempfile.mkdtemp(prefix='.fetch-', dir=parent)
    try:
        zip_file, files = os.path.join(work, 'zip'), os.path.join(work, 'files')
        _download(zip_file, package_name, client, bucket, owner)
        _unpack(zip_file, files, package_name)
        try:
            os.rename(files, folder)
        except OSError:
            if not os.path.isdir(folder):  # else another process was faster
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _download(target: str, package_name: str, client: Any, bucket: str, owner: Optional[str]) -> None:
    import botocore.exceptions

    where = {'Bucket': bucket, 'Key': dependency_key(package_name)}
    place = f's3://{bucket}/{where["Key"]}'
    for attempt in range(1, ATTEMPTS + 1):
        try:
            answer = client.get_object(**where, **({'ExpectedBucketOwner': owner} if owner else {}))
        except botocore.exceptions.ClientError as error:
            if error.response.get('Error', {}).get('Code') not in ('NoSuchKey', 'NoSuchBucket', '404'):
                raise
            about = f'{place} is not there; Lambda__Dependency({package_name!r}).install_and_upload() puts it there'
            raise _failure('Dependency__Not_Found', package_name, about) from error
        try:
            found = _save(answer['Body'], target)
            break
        except botocore.exceptions.BotoCoreError:
            if attempt == ATTEMPTS:
                raise
    expected = answer.get('Metadata', {}).get('sha256')
    if found != expected:
        about = f'has the SHA-256 {found}, and its metadata says {expected}' if expected else 'has no SHA-256 to check'
        advice = f'Lambda__Dependency({package_name!r}).install_and_upload(refresh=True) puts it there anew'
        raise _failure('Dependency__Corrupted', package_name, f'{place} {about}, so it is not loaded; {advice}')


def _save(body: Any, target: str) -> str:
    import hashlib

    digest = hashlib.sha256()
    with open(target, 'wb') as file:
        while chunk := body.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _unpack(zip_file: str, files: str, package_name: str) -> None:
    import zipfile

    os.mkdir(files)
    try:
        with zipfile.ZipFile(zip_file) as zipped:
            _check_platform(package_name, ' '.join(zipped.namelist()))
            for info in zipped.infolist():
                path = zipped.extract(info, files)
                if info.external_attr >> 16 & 0o111 and not info.is_dir():
                    os.chmod(path, 0o755)
    except zipfile.BadZipFile as error:
        raise _failure('Dependency__Corrupted', package_name, f'is no zip: {error}') from error


def _check_platform(package_name: str, names: str) -> None:
    """Compiled modules say in their names what they were compiled for."""
    compiled = set(re.findall(r'\.cpython-(\d+)-(x86_64|aarch64)-linux', names))
    here = (f'{sys.version_info[0]}{sys.version_info[1]}', os.uname().machine)
    if compiled and here not in compiled:
        wanted = 'python3.{} on {}'.format(here[0][1:], 'arm64' if here[1] == 'aarch64' else here[1])
        for_what = ', '.join(sorted(f'python3.{version[1:]} on {machine}' for version, machine in compiled))
        advice = 'upload it with the runtime and architecture of the function: Lambda__Dependency(…, runtime=…)'
        raise _failure(
            'Dependency__Wrong_Platform', package_name, f'is compiled for {for_what}; this is {wanted}; {advice}'
        )


def _failure(kind: str, package_name: str, about: str) -> RuntimeError:
    """The typed error, where osbot_lambda is shipped too; else a RuntimeError that says the same."""
    try:
        from osbot_lambda import errors
    except ImportError:
        return RuntimeError(f'dependency {package_name!r} {about}')
    error: RuntimeError = getattr(errors, kind)(package_name, about)
    return error
