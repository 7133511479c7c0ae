import errno
import hashlib
import io
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, IncompleteReadError

from osbot_lambda.aws.lambda_ import boto3__lambda
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__S3 import Lambda__Dependency__S3
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import (
    Dependency__Corrupted,
    Dependency__Error,
    Dependency__Invalid,
    Dependency__Not_Found,
    Dependency__Wrong_Platform,
)

FILE = Path(boto3__lambda.__file__)
HERE = f'{sys.version_info.major}{sys.version_info.minor}'
MACHINE = os.uname().machine
SINGLE_FILE = """
from boto3__lambda import load_dependency

load_dependency('tiny_one')
import tiny_one

def run(event, context):
    return [tiny_one.VALUE, tiny_one.__file__]
"""


def zipped(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return data.getvalue()


TINY = zipped({'tiny_one/__init__.py': 'VALUE = 41 + 1\n'})


class Object_Of_S3:
    """An S3 client that has one object, and notes what it is asked for."""

    def __init__(self, data=TINY, metadata=None, fail_reading=0):
        self.data, self.fail_reading, self.calls = data, fail_reading, []
        self.metadata = {'sha256': hashlib.sha256(data).hexdigest()} if metadata is None else metadata

    def get_object(self, **where):
        self.calls.append(where)
        body = io.BytesIO(self.data)
        if len(self.calls) <= self.fail_reading:
            body.read = self._cut_short
        return {'Body': body, 'Metadata': self.metadata}

    def connect(self):
        return self, 'bucket', 'owner'

    def fetch(self, name='tiny_one'):
        return boto3__lambda.fetch(name, self.connect)

    @staticmethod
    def _cut_short(size):
        raise IncompleteReadError(actual_bytes=1, expected_bytes=2)


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """What load_dependency() sees of a process, as it is in Lambda; gives the temporary folder."""
    folder = tmp_path / 'lambda-tmp'
    folder.mkdir()
    monkeypatch.setattr('tempfile.tempdir', str(folder))
    monkeypatch.setattr(sys, 'path', list(sys.path))
    monkeypatch.setenv('AWS_LAMBDA_FUNCTION_NAME', 'f')
    return folder


def left_in(folder):
    return sorted(path.name for path in (folder / boto3__lambda.FOLDER_IN_TEMP).iterdir())


class test_boto3__lambda:
    def test_ping(self):
        assert boto3__lambda.ping() == 'pong'

    def test_outside_lambda_nothing_is_done(self, monkeypatch):
        monkeypatch.setenv('AWS_REGION', 'us-east-1')  # laptops have it too
        before = list(sys.path)
        assert boto3__lambda.load_dependency('requests') is False
        assert boto3__lambda.load_dependencies(['requests', 'pandas']) is False
        assert sys.path == before

    # ---- names

    @pytest.mark.parametrize(
        ('packages', 'names'),
        [
            ('requests', ['requests']),
            (' requests ,pandas', ['requests', 'pandas']),
            ('pandas>=2,<3,numpy', ['pandas>=2,<3', 'numpy']),
            ('pydantic[email,timezone]>=2,requests', ['pydantic[email,timezone]>=2', 'requests']),
            (['a', ' b '], ['a', 'b']),
            ('', []),
            ([], []),
        ],
    )
    def test_packages_in_a_list_or_in_text(self, packages, names):
        assert boto3__lambda.dependency_names(packages) == names

    @pytest.mark.parametrize(
        ('requirement', 'name'),
        [
            ('requests', 'requests'),
            ('PyYAML', 'pyyaml'),
            ('osbot_utils', 'osbot-utils'),
            ('pandas == 2.1.0', 'pandas==2.1.0'),
            ('pydantic[email]>=2', 'pydantic%5Bemail%5D%3E=2'),
            ('one @ https://host/one.whl', 'one%40https%3A%2F%2Fhost%2Fone.whl'),
            ('./dist/one.whl', '.%2Fdist%2Fone.whl'),
        ],
    )
    def test_a_requirement_is_the_name_of_a_file(self, requirement, name):
        assert boto3__lambda.dependency_name(requirement) == name
        assert boto3__lambda.dependency_key(requirement) == f'lambdas-dependencies/{name}.zip'
        assert Path(boto3__lambda.dependency_folder(requirement)).name == name

    def test_different_requirements_have_different_names(self):
        same = ['pydantic[email]>=2', 'pydanticemail=2', 'pydantic[email]=2', 'pydantic[email]>2', 'pydantic[email]<2']
        assert len({boto3__lambda.dependency_name(one) for one in same}) == len(same)
        long = [f'one @ https://{"x" * 300}/{number}' for number in range(2)]
        assert len({boto3__lambda.dependency_name(one) for one in long}) == 2
        assert max(len(boto3__lambda.dependency_name(one)) for one in long) < 150

    @pytest.mark.parametrize('text', ['', ' ', '..', '--index-url=x', '-r x', 'one\n--index-url x', '[]', 'a\0b'])
    def test_what_is_no_requirement(self, text):
        with pytest.raises(Dependency__Invalid, match='is no requirement'):
            boto3__lambda.dependency_name(text)

    # ---- in a function

    @pytest.fixture
    def function(self, session_kwargs, tmp_path):
        """A function that has boto3__lambda.py alone, and loads tiny_one."""
        (tmp_path / 'code').mkdir()
        (tmp_path / 'code' / 'single.py').write_text(SINGLE_FILE)
        deploy = Deploy_Lambda('single.run', source_roots=[tmp_path / 'code'], session_kwargs=session_kwargs)
        return deploy.add_file(FILE)

    def test_the_file_alone_loads_a_package_once_for_an_environment(self, session_kwargs, function):
        in_s3 = Lambda__Dependency__S3('tiny_one', session_kwargs)
        in_s3.upload(TINY)
        assert function.deploy().warnings == ()
        value, file = function.invoke()
        assert value == 42
        assert file.endswith('/osbot-lambda__dependencies__inside-lambda/tiny-one/tiny_one/__init__.py')
        in_s3.delete()
        assert function.invoke() == [value, file]

    def test_what_is_not_in_s3_is_said(self, function):
        function.deploy()
        error = function.invoke()['error']
        assert "dependency 'tiny_one' s3://" in error
        assert "/lambdas-dependencies/tiny-one.zip is not there; Lambda__Dependency('tiny_one')" in error

    def test_a_corrupted_object_is_not_loaded(self, session_kwargs, function):
        in_s3 = Lambda__Dependency__S3('tiny_one', session_kwargs)
        metadata = in_s3.upload(TINY)['metadata']
        changed = zipped({'tiny_one/__init__.py': 'VALUE = "evil"\n'})
        in_s3.s3.file_create_from_bytes(changed, in_s3.bucket__name(), in_s3.path(), metadata)
        function.deploy()
        assert f'its metadata says {metadata["sha256"]}, so it is not loaded' in function.invoke()['error']

    def test_the_bucket_may_be_named(self, session_kwargs, function, monkeypatch):
        monkeypatch.setenv('OSBOT_LAMBDA_S3_BUCKET', 'my-packages')
        assert Lambda__Dependency__S3('tiny_one', session_kwargs).upload(TINY)['bucket'] == 'my-packages'
        function.set_env_variable('OSBOT_LAMBDA_S3_BUCKET', 'my-packages').deploy()
        assert function.invoke()[0] == 42
        assert S3(session_kwargs).find_files('my-packages') == ['lambdas-dependencies/tiny-one.zip']

    def test_the_file_needs_nothing_of_ours(self, tmp_path):
        shutil.copy(FILE, tmp_path)
        code = (
            'import sys; sys.path.insert(0, sys.argv[1])\n'
            'sys.modules["osbot_lambda"] = None\n'
            'import boto3__lambda\n'
            'try:\n    boto3__lambda.dependency_name("--x")\n'
            'except RuntimeError as error:\n    print(type(error).__name__, error, "boto3" in sys.modules)\n'
        )
        command = [sys.executable, '-B', '-c', code, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("RuntimeError dependency '--x' is no requirement")
        assert done.stdout.endswith('False\n')

    # ---- step by step, in this process

    def test_a_package_comes_before_all_else(self, environment, monkeypatch):
        monkeypatch.setattr(boto3__lambda, '_connect', Object_Of_S3().connect)
        assert boto3__lambda.load_dependencies('tiny_one') is True
        assert sys.path[0] == boto3__lambda.dependency_folder('tiny_one')
        before = list(sys.path)
        assert boto3__lambda.load_dependency('Tiny-One') is True
        assert sys.path == before

    def test_it_is_fetched_once_by_many_threads(self, environment):
        s3, ready = Object_Of_S3(), threading.Barrier(8)

        def work(_):
            ready.wait()
            return s3.fetch()

        with ThreadPoolExecutor(8) as threads:
            assert len(set(threads.map(work, range(8)))) == 1
        assert s3.calls == [
            {'Bucket': 'bucket', 'Key': 'lambdas-dependencies/tiny-one.zip', 'ExpectedBucketOwner': 'owner'}
        ]

    def test_another_process_may_be_faster(self, environment):
        class Slow(Object_Of_S3):
            def get_object(self, **where):
                (Path(boto3__lambda.dependency_folder('tiny_one')) / 'by-the-other').mkdir(parents=True)
                return super().get_object(**where)

        assert os.listdir(Slow().fetch()) == ['by-the-other']
        assert left_in(environment) == ['tiny-one']

    @pytest.mark.parametrize(
        ('metadata', 'about'),
        [({'sha256': '0' * 64}, 'its metadata says 000'), ({}, 'has no SHA-256 to check')],
        ids=['another', 'none'],
    )
    def test_what_is_not_proved_to_be_what_was_uploaded_is_refused(self, environment, metadata, about):
        with pytest.raises(Dependency__Corrupted, match=about) as raised:
            Object_Of_S3(metadata=metadata).fetch()
        assert raised.value.package_name == 'tiny_one'
        assert 's3://bucket/lambdas-dependencies/tiny-one.zip' in str(raised.value)
        assert left_in(environment) == []

    def test_bytes_that_are_no_zip(self, environment):
        with pytest.raises(Dependency__Corrupted, match='is no zip'):
            Object_Of_S3(b'PK nonsense').fetch()
        assert left_in(environment) == []

    @pytest.mark.parametrize(
        ('compiled', 'fits'),
        [
            ((f'{HERE}-{MACHINE}',), True),
            ((f'{HERE}-{MACHINE}', '39-x86_64'), True),
            ((f'39-{MACHINE}',), False),
            ((f'{HERE}-{"aarch64" if MACHINE == "x86_64" else "x86_64"}',), False),
        ],
    )
    def test_what_is_compiled_has_to_fit(self, environment, compiled, fits):
        s3 = Object_Of_S3(zipped({f'one/c.cpython-{what}-linux-gnu.so': '' for what in compiled}))
        if fits:
            assert os.path.isdir(s3.fetch())
            return
        with pytest.raises(Dependency__Wrong_Platform, match=r'is compiled for python3\.\d+ on .* this is python3\.'):
            s3.fetch()
        assert left_in(environment) == []

    def test_what_was_executable_is(self, environment):
        info = zipfile.ZipInfo('bin/run')
        info.external_attr = 0o100755 << 16
        folder = Path(Object_Of_S3(zipped({info: '#!/bin/sh', 'a.txt': ''})).fetch())
        assert [os.access(folder / name, os.X_OK) for name in ('bin/run', 'a.txt')] == [True, False]

    @pytest.mark.parametrize('path', ['../../up.py', '/etc/passwd'])
    def test_no_path_in_the_zip_leads_out_of_the_folder(self, environment, path):
        folder = Object_Of_S3(zipped({path: 'x'})).fetch()
        assert [file.name for file in Path(folder).rglob('*') if file.is_file()] == [Path(path).name]
        assert left_in(environment) == ['tiny-one']

    def test_reading_that_is_cut_short_is_tried_again(self, environment):
        s3 = Object_Of_S3(fail_reading=2)
        assert os.path.isdir(s3.fetch())
        assert len(s3.calls) == 3

    def test_reading_that_is_always_cut_short_is_said(self, environment, monkeypatch):
        monkeypatch.setattr(boto3__lambda, '_connect', Object_Of_S3(fail_reading=9).connect)
        with pytest.raises(Dependency__Error, match=r"'tiny_one' could not be fetched: .* s3:GetObject"):
            boto3__lambda.load_dependency('tiny_one')
        assert left_in(environment) == []

    def test_no_permission_is_said_with_what_is_needed(self, environment, monkeypatch):
        def get_object(**_):
            raise ClientError({'Error': {'Code': 'AccessDenied', 'Message': 'Access Denied'}}, 'GetObject')

        s3 = Object_Of_S3()
        monkeypatch.setattr(s3, 'get_object', get_object)
        monkeypatch.setattr(boto3__lambda, '_connect', s3.connect)
        with pytest.raises(Dependency__Error, match=r'AccessDenied.*needs s3:GetObject') as raised:
            boto3__lambda.load_dependency('tiny_one')
        assert not isinstance(raised.value, Dependency__Not_Found)

    def test_no_space_is_said_with_what_to_do(self, environment, monkeypatch):
        def save(*_):
            raise OSError(errno.ENOSPC, 'No space left on device')

        monkeypatch.setattr(boto3__lambda, '_save', save)
        with pytest.raises(Dependency__Error, match=r'No space left on device.*ephemeral storage'):
            Object_Of_S3().fetch()

    def test_a_folder_of_somebody_else_is_not_used(self, environment, tmp_path):
        (environment / boto3__lambda.FOLDER_IN_TEMP).symlink_to(tmp_path)
        with pytest.raises(Dependency__Error, match='was made by somebody else'):
            Object_Of_S3().fetch()
