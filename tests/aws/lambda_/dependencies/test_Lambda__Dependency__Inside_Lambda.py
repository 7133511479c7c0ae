import io
import sys
import zipfile
from pathlib import Path

import pytest
from botocore.stub import Stubber

from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependencies import (
    Lambda__Dependencies,
    load_dependencies,
    load_dependency,
)
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Inside_Lambda import Lambda__Dependency__Inside_Lambda
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__S3 import Lambda__Dependency__S3
from osbot_lambda.errors import Aws__Access_Denied, Dependency__Corrupted, Dependency__Invalid, Dependency__Not_Found


@pytest.fixture(autouse=True)
def path(monkeypatch):
    monkeypatch.setattr(sys, 'path', list(sys.path))
    return sys.path


@pytest.fixture
def inside(session_kwargs, monkeypatch):
    """The package 'tiny', from within a function; it is in S3."""
    monkeypatch.setenv('AWS_LAMBDA_FUNCTION_NAME', 'f')
    inside = Lambda__Dependency__Inside_Lambda(package_name='tiny', session_kwargs=session_kwargs)
    upload(inside.lambda_dependency_s3)
    return inside


def upload(in_s3):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        archive.writestr('tiny_of_s3/__init__.py', 'VALUE = 42')
    in_s3.upload(data.getvalue())


class test_Lambda__Dependency__Inside_Lambda:
    def test_outside_lambda_nothing_is_done(self, monkeypatch, path):
        monkeypatch.setenv('AWS_REGION', 'us-east-1')
        before = list(path)
        inside = Lambda__Dependency__Inside_Lambda(package_name='tiny')
        assert (inside.enabled(), inside.load(), inside.exists(), inside.files()) == (False, False, False, [])
        assert path == before

    def test_it_is_loaded_once(self, inside, path):
        assert (inside.exists(), inside.system_path__contains_folder()) == (False, False)
        assert inside.load() is True
        assert (inside.exists(), inside.files(), path[0]) == (True, ['tiny_of_s3/__init__.py'], inside.folder())
        inside.lambda_dependency_s3.delete()
        before = list(path)
        assert (inside.load(), path) == (True, before)

    def test_it_can_be_imported(self, inside):
        inside.load()
        import tiny_of_s3

        assert tiny_of_s3.VALUE == 42
        del sys.modules['tiny_of_s3']

    def test_elsewhere_it_is_loaded_when_it_is_to_be(self, session_kwargs):
        here = Lambda__Dependency__Inside_Lambda(
            package_name='tiny', session_kwargs=session_kwargs, skip__when_not_inside_lambda=False
        )
        upload(here.lambda_dependency_s3)
        assert (here.enabled(), here.load(), here.exists()) == (True, True, True)

    def test_the_folders(self, inside, path, temp_folder):
        assert Path(inside.folder()).parent == Path(inside.dependencies_folder())
        assert Path(inside.dependencies_folder()).parent == temp_folder
        assert inside.system_path() is path
        assert (inside.system_path__add_folder(), inside.system_path__add_folder()) == (True, False)
        assert inside.system_path__contains_folder()

    @pytest.mark.parametrize('bucket', ['there', 'not there'])
    def test_what_is_not_in_s3(self, inside, bucket):
        inside.lambda_dependency_s3.delete()
        if bucket == 'not there':
            inside.lambda_dependency_s3.s3.bucket_delete(inside.lambda_dependency_s3.bucket__name())
        with pytest.raises(Dependency__Not_Found, match=r'lambdas-dependencies/tiny\.zip is not there') as raised:
            inside.load()
        assert isinstance(raised.value, RuntimeError)  # as in OSBot

    def test_a_corrupted_object_is_named(self, inside):
        in_s3 = inside.lambda_dependency_s3
        in_s3.s3.file_create_from_bytes(b'changed', in_s3.bucket__name(), in_s3.path(), in_s3.metadata())
        with pytest.raises(Dependency__Corrupted, match=rf's3://{in_s3.bucket__name()}/lambdas-dependencies/tiny\.zip'):
            inside.load()
        assert not inside.exists()

    def test_no_permission_is_an_aws_error(self, inside):
        inside.lambda_dependency_s3.bucket__name()
        with Stubber(inside.client()) as stub:
            stub.add_client_error('get_object', 'AccessDenied', 'Access Denied', 403)
            with pytest.raises(Aws__Access_Denied, match=r'GetObject of .*/lambdas-dependencies/tiny\.zip'):
                inside.load()

    def test_the_default_bucket_has_to_be_the_accounts_own(self, inside, account, monkeypatch):
        bucket = inside.lambda_dependency_s3.bucket__name()
        for name, owner in ((bucket, {'ExpectedBucketOwner': account}), ('my-packages', {})):
            monkeypatch.setenv('OSBOT_LAMBDA_S3_BUCKET', name)
            with Stubber(inside.client()) as stub:
                sent = {'Bucket': name, 'Key': 'lambdas-dependencies/tiny.zip', **owner}
                stub.add_client_error('get_object', 'NoSuchKey', http_status_code=404, expected_params=sent)
                with pytest.raises(Dependency__Not_Found):
                    inside.load()

    def test_a_name_is_needed(self):
        with pytest.raises(Dependency__Invalid):
            Lambda__Dependency__Inside_Lambda()


class test_Lambda__Dependencies:
    def test_outside_lambda_nothing_is_done(self):
        assert (load_dependency('requests'), load_dependencies('requests, pandas')) == (False, False)

    @pytest.mark.parametrize('targets', ['tiny, other', ['tiny', 'other']])
    def test_several_are_loaded(self, inside, session_kwargs, path, targets):
        upload(Lambda__Dependency__S3('other', session_kwargs))
        assert Lambda__Dependencies(session_kwargs).load_dependencies(targets) is True
        assert [Path(folder).name for folder in path[:2]] == ['other', 'tiny']
