import hashlib
import io
import zipfile

import pytest

from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__S3 import Lambda__Dependency__S3
from osbot_lambda.errors import Aws__Not_Found, Dependency__Invalid


def zipped(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        for name, text in files.items():
            archive.writestr(f'{name}.py', text)
    return data.getvalue()


@pytest.fixture
def in_s3(session_kwargs):
    return Lambda__Dependency__S3('pydantic[email]>=2', session_kwargs, runtime='python3.12', architecture='arm64')


class test_Lambda__Dependency__S3:
    def test_a_zip_comes_and_goes(self, in_s3, account):
        assert (in_s3.bucket__exists(), in_s3.exists(), in_s3.is_current(), in_s3.delete()) == (False,) * 4
        data = zipped(b='1', a='2')
        metadata = {'sha256': hashlib.sha256(data).hexdigest(), 'runtime': 'python3.12', 'architecture': 'arm64'}
        assert in_s3.upload(data) == {
            'bucket': f'{account}--osbot-lambdas--us-east-1',
            'key': 'lambdas-dependencies/pydantic%5Bemail%5D%3E=2.zip',
            'metadata': metadata,
        }
        assert (in_s3.bucket__exists(), in_s3.exists(), in_s3.is_current()) == (True, True, True)
        assert (in_s3.metadata(), in_s3.bytes()) == (metadata, data)
        assert (in_s3.files(), in_s3.files__paths()) == ({'b.py': b'1', 'a.py': b'2'}, ['a.py', 'b.py'])
        assert (in_s3.delete(), in_s3.exists(), in_s3.delete()) == (True, False, False)

    def test_what_is_not_there(self, in_s3):
        for bucket in ('not there', 'there'):
            for ask in (in_s3.bytes, in_s3.files, in_s3.metadata):
                with pytest.raises(Aws__Not_Found):
                    ask()
            if bucket == 'not there':
                assert in_s3.setup().setup() is in_s3

    def test_the_bucket_may_be_named(self, in_s3, monkeypatch):
        monkeypatch.setenv('OSBOT_LAMBDA_S3_BUCKET', 'my-packages')
        assert in_s3.bucket__name() == 'my-packages'
        assert in_s3.upload(zipped(a=''))['bucket'] == 'my-packages'
        assert in_s3.s3.buckets() == ['my-packages']

    def test_bytes_that_are_no_zip_are_not_uploaded(self, in_s3):
        with pytest.raises(Dependency__Invalid, match='no zip'):
            in_s3.upload(b'nonsense')
        assert not in_s3.bucket__exists()

    @pytest.mark.parametrize('other', [{'runtime': 'python3.13'}, {'architecture': 'x86_64'}])
    def test_a_zip_for_something_else_is_not_the_current_one(self, in_s3, session_kwargs, other):
        in_s3.upload(zipped(a=''))
        same = {'runtime': 'python3.12', 'architecture': 'arm64'}
        assert not Lambda__Dependency__S3('pydantic[email]>=2', session_kwargs, **{**same, **other}).is_current()

    def test_a_zip_that_functions_would_refuse_is_not_the_current_one(self, in_s3):
        in_s3.setup().s3.file_create_from_bytes(zipped(a=''), in_s3.bucket__name(), in_s3.path())
        assert (in_s3.exists(), in_s3.is_current()) == (True, False)

    def test_the_folder_of_all_packages(self, in_s3):
        assert in_s3.folder_name__lambda_dependencies() == 'lambdas-dependencies'
