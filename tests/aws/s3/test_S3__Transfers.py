import hashlib
import io
import os
import random
import urllib.request
import zipfile
from pathlib import Path

import pytest
from botocore.exceptions import IncompleteReadError

from osbot_lambda.aws.s3.S3 import S3, s3_file_download, s3_file_download_to
from osbot_lambda.errors import Aws__Connection, Aws__Not_Found, Config__Error, File__Not_Found

LARGE = 17 * 1024 * 1024 + 1  # three parts


@pytest.fixture
def s3(session_kwargs):
    return S3(session_kwargs).bucket_create('bucket')


@pytest.fixture(autouse=True)
def temp_folder(monkeypatch, tmp_path):
    folder = tmp_path / 'temp'
    folder.mkdir()
    monkeypatch.setattr('tempfile.tempdir', str(folder))
    return folder


@pytest.fixture(scope='module')
def large():
    return random.Random(1).randbytes(LARGE)


class test_S3__Transfers:
    @pytest.mark.parametrize('threads', [True, False])
    def test_a_large_file_goes_and_comes_in_parts(self, s3, large, tmp_path, threads):
        if not threads:
            assert s3.dont_use_threads() is s3
        (tmp_path / 'large.bin').write_bytes(large)
        assert s3.file_upload(tmp_path / 'large.bin', 'bucket', 'in') == 'in/large.bin'
        assert s3.file_details('bucket', 'in/large.bin')['ETag'].strip('"').endswith('-3')
        path = s3.file_download_to('bucket', 'in/large.bin', tmp_path / 'new' / 'back.bin')
        assert Path(path).read_bytes() == large
        assert [entry.name for entry in (tmp_path / 'new').iterdir()] == ['back.bin']

    def test_large_bytes_go_in_parts_with_their_metadata(self, s3, large):
        s3.file_create_from_bytes(large, 'bucket', 'k', {'a': 'b'}, 'text/html')
        assert (s3.file_metadata('bucket', 'k'), s3.file_content_type('bucket', 'k')) == ({'a': 'b'}, 'text/html')
        assert hashlib.sha256(s3.file_bytes('bucket', 'k')).digest() == hashlib.sha256(large).digest()

    def test_the_settings_of_a_transfer(self, s3):
        assert (s3.transfer_config().use_threads, s3.dont_use_threads().transfer_config().use_threads) == (True, False)

    @pytest.mark.parametrize(
        ('name', 'kind'),
        [
            ('a.html', 'text/html'),
            ('a.json', 'application/json'),
            ('a.tar.gz', 'application/gzip'),
            ('a', 'binary/octet-stream'),
        ],
    )
    def test_the_content_type_is_that_of_the_name(self, s3, tmp_path, name, kind):
        (tmp_path / name).write_text('x')
        assert s3.file_upload_to_key(str(tmp_path / name), 'bucket', 'k') is True
        assert s3.file_content_type('bucket', 'k') == kind
        s3.file_upload_to_key(tmp_path / name, 'bucket', 'k', set_content_type=False)
        assert s3.file_content_type('bucket', 'k') == 'binary/octet-stream'

    def test_a_file_that_is_not_there_is_not_sent(self, s3, tmp_path):
        with pytest.raises(File__Not_Found, match='nothing is not a file'):
            s3.file_upload(tmp_path / 'nothing', 'bucket')

    def test_a_temporary_file_has_a_key_of_its_own(self, s3, tmp_path):
        (tmp_path / 'a.txt').write_text('x')
        keys = {s3.file_upload_as_temp_file(tmp_path / 'a.txt', 'bucket') for _ in range(2)}
        assert len(keys) == 2
        assert all(key.startswith('s3_temp_files/') and key.endswith('/a.txt') for key in keys)
        assert s3.find_files('bucket') == sorted(keys)

    # ---- folders

    def test_a_folder_is_sent_as_a_zip_of_what_is_in_it(self, s3, tmp_path):
        code = tmp_path / 'code'
        (code / 'lib' / '__pycache__').mkdir(parents=True)
        (code / 'handler.py').write_text('def main(event, context): ...')
        (code / 'lib' / 'work.py').write_text('x = 1')
        (code / 'lib' / '__pycache__' / 'work.pyc').write_bytes(b'')
        (code / '.env').write_text('SECRET=1')
        assert s3.folder_upload(str(code), 'bucket', 'lambdas/one.zip') is s3
        with zipfile.ZipFile(io.BytesIO(s3.file_bytes('bucket', 'lambdas/one.zip'))) as zipped:
            assert zipped.namelist() == ['handler.py', 'lib/work.py']
        os.utime(code / 'handler.py', (1, 1))
        s3.folder_upload(code, 'bucket', 'lambdas/two.zip')
        assert s3.file_bytes('bucket', 'lambdas/one.zip') == s3.file_bytes('bucket', 'lambdas/two.zip')

    @pytest.mark.parametrize('make', [False, True], ids=['not there', 'empty'])
    def test_a_folder_with_nothing_to_send(self, s3, tmp_path, make):
        if make:
            (tmp_path / 'code').mkdir()
        with pytest.raises(File__Not_Found, match='code'):
            s3.folder_upload(tmp_path / 'code', 'bucket', 'k')

    @pytest.mark.parametrize('size', [1, LARGE])
    def test_a_bucket_that_is_not_there_is_said_with_what_to_do(self, session_kwargs, tmp_path, size):
        (tmp_path / 'code').mkdir()
        (tmp_path / 'code' / 'handler.py').write_bytes(random.Random(1).randbytes(size))
        with pytest.raises(Aws__Not_Found, match=r"make it with S3\(\).bucket_create\('nowhere'\)") as raised:
            S3(session_kwargs).folder_upload(tmp_path / 'code', 'nowhere', 'k')
        assert raised.value.code == 'NoSuchBucket'

    # ---- downloads

    def test_a_file_is_fetched_into_the_temporary_folder(self, s3, temp_folder):
        s3.file_create_from_string('one', 'bucket', 'in/a.txt')
        path = Path(s3.file_download('bucket', 'in/a.txt'))
        assert (path.name, path.read_text()) == ('a.txt', 'one')
        base = path.parent.parent
        assert (base.parent, base.stat().st_mode & 0o777) == (temp_folder, 0o700)

    @pytest.mark.parametrize('key', ['../../up.txt', '/etc/passwd', 'a/..', '.', 'x' * 500])
    def test_no_key_leads_out_of_the_temporary_folder(self, s3, temp_folder, key):
        s3.file_create_from_string('one', 'bucket', key)
        path = Path(s3.file_download('bucket', key))
        assert path.resolve().is_relative_to(temp_folder)
        assert path.read_text() == 'one'

    def test_the_cache_is_used_while_the_file_is_the_same(self, s3):
        s3.file_create_from_string('one', 'bucket', 'k')
        path = s3.file_download('bucket', 'k')
        Path(path).write_text('cached')
        assert Path(s3.file_download('bucket', 'k', use_cache=True)).read_text() == 'cached'
        assert Path(s3.file_download('bucket', 'k')).read_text() == 'one'
        s3.file_create_from_string('two', 'bucket', 'k')
        assert Path(s3.file_download('bucket', 'k', use_cache=True)).read_text() == 'two'

    def test_a_target_that_is_as_new_is_left_alone(self, s3, tmp_path):
        target = tmp_path / 'k'
        s3.file_create_from_string('one', 'bucket', 'k')
        s3.file_download_to('bucket', 'k', str(target))
        target.write_text('own')
        os.utime(target, (4e9, 4e9))
        s3.file_download_to('bucket', 'k', target, use_cache=True)
        assert target.read_text() == 'own'
        os.utime(target, (1, 1))
        s3.file_download_to('bucket', 'k', target, use_cache=True)
        assert target.read_text() == 'one'
        assert target.stat().st_mode & 0o777 == 0o666 & ~_umask()

    def test_a_download_that_is_cut_short_leaves_what_was_there(self, s3, tmp_path, monkeypatch):
        class Cut:
            def read(self):
                raise IncompleteReadError(actual_bytes=1, expected_bytes=3)

        s3.file_create_from_string('new', 'bucket', 'k')
        monkeypatch.setattr(s3.client(), 'get_object', lambda **_: {'Body': Cut()}, raising=False)
        (tmp_path / 'k').write_text('old')
        with pytest.raises(Aws__Connection):
            s3.file_download_to('bucket', 'k', tmp_path / 'k')
        assert (tmp_path / 'k').read_text() == 'old'
        assert sorted(entry.name for entry in tmp_path.iterdir()) == ['k', 'temp']

    def test_a_target_that_is_a_folder(self, s3, tmp_path):
        with pytest.raises(File__Not_Found, match='is a folder'):
            s3.file_download_to('bucket', 'k', tmp_path)

    def test_what_is_not_there_is_not_fetched(self, s3, tmp_path):
        with pytest.raises(Aws__Not_Found):
            s3.file_download('bucket', 'k')
        with pytest.raises(Aws__Not_Found):
            s3.file_download_to('bucket', 'k', tmp_path / 'k')
        assert not (tmp_path / 'k').exists()

    def test_fetched_and_deleted(self, s3):
        s3.file_create_from_string('one', 'bucket', 'k')
        assert Path(s3.file_download_and_delete('bucket', 'k')).read_text() == 'one'
        assert s3.file_not_exists('bucket', 'k')

    def test_a_temporary_folder_of_somebody_else_is_not_used(self, s3, temp_folder, tmp_path):
        s3.file_create_from_string('one', 'bucket', 'k')
        (temp_folder / f's3_temp_files-{os.getuid()}').symlink_to(tmp_path)
        with pytest.raises(Config__Error, match='made by somebody else'):
            s3.file_download('bucket', 'k')
        s3.tmp_file_folder = str(tmp_path / 'mine')
        assert Path(s3.file_download('bucket', 'k')).is_relative_to(tmp_path / 'mine')

    # ---- URLs, functions

    def test_a_signed_url_reads_and_writes(self, s3):
        s3.file_create_from_string('one', 'bucket', 'a b')
        with urllib.request.urlopen(s3.create_pre_signed_url('bucket', 'a b')) as answer:
            assert answer.read() == b'one'
        url = s3.create_pre_signed_url('bucket', 'a b', 'put_object')
        with urllib.request.urlopen(urllib.request.Request(url, b'two', method='PUT')) as answer:
            assert answer.status == 200
        assert s3.file_contents('bucket', 'a b') == 'two'

    def test_as_functions_on_the_target_that_holds(self, monkeypatch, session_kwargs, s3, tmp_path):
        s3.file_create_from_string('one', 'bucket', 'k')
        monkeypatch.setenv('AWS_ENDPOINT_URL', session_kwargs['endpoint_url'])
        for name in ('aws_access_key_id', 'aws_secret_access_key'):
            monkeypatch.setenv(name.upper(), session_kwargs[name])
        assert Path(s3_file_download('bucket', 'k')).read_text() == 'one'
        assert Path(s3_file_download_to('bucket', 'k', str(tmp_path / 'k'))).read_text() == 'one'

    def test_a_bucket_of_more_than_a_thousand_files(self, s3):
        s3.bucket_versioning__enable('bucket')
        client = s3.client()
        for number in range(1001):
            client.put_object(Bucket='bucket', Key=f'{number:04}')
        assert len(s3.find_files('bucket')) == 1001
        assert s3.bucket_delete('bucket', delete_files=True)


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
