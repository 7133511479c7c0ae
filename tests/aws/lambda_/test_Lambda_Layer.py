import io
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from osbot_lambda.aws.lambda_ import Layer_Content
from osbot_lambda.aws.lambda_.Lambda import Lambda
from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from osbot_lambda.aws.s3.S3 import S3
from osbot_lambda.errors import (
    Aws__Connection,
    Aws__Invalid,
    Aws__Not_Found,
    File__Not_Found,
    Packaging__No_Wheel,
    Setting__Invalid,
    Target__Not_Loopback,
    Zip__Too_Large,
)
from tests.Wheel_Folder import Wheel_Folder

HERE = f'python3.{sys.version_info.minor}'


def zipped(*paths):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as archive:
        for path in paths:
            archive.writestr(path, f'NAME = {path!r}\n')
    return data.getvalue()


def names(data):
    return sorted(zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data).namelist())


@pytest.fixture
def layer(session_kwargs):
    return Lambda_Layer('my-layer', session_kwargs=session_kwargs)


@pytest.fixture
def content(tmp_path):
    """A folder that isn't in a layer's layout, with what doesn't belong in one."""
    folder = tmp_path / 'content'
    for path in ('tool.py', 'package/__init__.py', 'package/notes.txt', 'package/__pycache__/x.pyc', '.env'):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text('')
    return folder


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    return Wheel_Folder(tmp_path / 'wheels').add('one', 'two').use(monkeypatch)


class test_Lambda_Layer:
    # ---- construction

    def test_making_the_object_calls_nothing(self):
        layer = Lambda_Layer('my.layer', session_kwargs={'endpoint_url': 'http://127.0.0.1:9'})
        assert layer.layer_name == 'my-layer'
        assert layer.s3_key() == 'layers/my-layer.zip'
        assert layer.runtimes_for_pip()[0] == 'python3.11'

    def test_a_misspelt_attribute_is_refused(self):
        with pytest.raises(AttributeError, match="did you mean 'runtimes'"):
            Lambda_Layer('my-layer').runtime = 'python3.12'

    @pytest.mark.parametrize('name', ['', 'a b', 'a' * 141])
    def test_a_name_that_lambda_refuses_is_refused_before_any_call(self, name):
        layer = Lambda_Layer(name, session_kwargs={'endpoint_url': 'http://127.0.0.1:9'})
        with pytest.raises(Setting__Invalid, match='no name for a layer'):
            layer.create_from_zip_bytes(zipped('python/a.py'))

    # ---- create

    def test_from_a_folder(self, layer, content):
        answer = layer.create_from_folder(content)
        assert answer['LayerVersionArn'] == layer.arn_latest()
        assert 'ResponseMetadata' not in answer
        assert names(layer.code_zip()) == [
            'python/package/__init__.py',
            'python/package/notes.txt',
            'python/tool.py',
        ]

    def test_a_folder_s_files_may_be_left_out(self, layer, content):
        layer.create_from_folder(content, ignore_pattern='*.txt')
        assert 'python/package/notes.txt' not in names(layer.code_zip())

    @pytest.mark.parametrize(
        ('path', 'becomes'),
        [
            ('python/a.py', 'python/a.py'),
            ('bin/tool', 'bin/tool'),
            ('lib/libz.so', 'lib/libz.so'),
            ('a.py', 'python/a.py'),
            ('a-1.0.dist-info/METADATA', 'python/a-1.0.dist-info/METADATA'),
        ],
    )
    def test_the_prefix_is_put_where_it_is_missing(self, layer, tmp_path, path, becomes):
        (tmp_path / 'content' / path).parent.mkdir(parents=True)
        (tmp_path / 'content' / path).write_text('')
        layer.create_from_folder(tmp_path / 'content')
        assert names(layer.code_zip()) == [becomes]
        layer.create_from_zip_bytes(zipped(path))
        assert names(layer.code_zip()) == [becomes]

    def test_a_bin_folder_beside_packages_is_no_layout(self):
        assert names(Layer_Content.Layer_Content.of_zip(zipped('bin/tool', 'a.py'))) == [
            'python/a.py',
            'python/bin/tool',
        ]

    def test_a_zip_in_a_layer_s_layout_is_published_as_it_is(self, layer):
        data = zipped('python/a.py', 'bin/tool')
        layer.create_from_zip_bytes(data)
        assert Path(layer.code_zip()).read_bytes() == data

    def test_the_same_content_is_the_same_bytes(self, layer, content, tmp_path):
        first = layer.create_from_folder(content)
        content.rename(tmp_path / 'elsewhere')
        (tmp_path / 'elsewhere' / 'tool.py').touch()
        second = layer.create_from_folder(tmp_path / 'elsewhere')
        assert first['Content']['CodeSha256'] == second['Content']['CodeSha256']
        assert (first['Version'], second['Version']) == (1, 2)

    def test_through_the_bucket(self, layer, content, account):
        arn = layer.create_from_folder_via_s3(content)
        assert arn == layer.arn_latest()
        assert layer.bucket() == f'{account}--osbot-lambdas--us-east-1'
        (key,) = layer.s3_folder_files()
        assert key.startswith('layers/my-layer/')
        assert 'python/tool.py' in names(layer.code_zip())

    def test_a_zip_over_the_limit_of_a_call_goes_through_the_bucket(self, layer, monkeypatch):
        monkeypatch.setattr(Lambda_Layer, '__direct_max__', 100)
        layer.create_from_zip_bytes(zipped('python/a.py'))
        assert len(layer.s3_folder_files()) == 1
        assert names(layer.code_zip()) == ['python/a.py']

    def test_from_a_file_and_another_bucket(self, session_kwargs, tmp_path):
        S3(session_kwargs=session_kwargs).bucket_create('my-bucket')
        layer = Lambda_Layer('l', s3_bucket='my-bucket', s3_folder='my/layers', session_kwargs=session_kwargs)
        (tmp_path / 'layer.zip').write_bytes(zipped('a.py'))
        assert layer.create_from_zip_file_via_s3(tmp_path / 'layer.zip')['Version'] == 1
        assert layer.s3_folder_files()[0].startswith('my/layers/l/')

    def test_from_what_is_in_the_bucket(self, layer, tmp_path):
        (tmp_path / 'layer.zip').write_bytes(zipped('python/a.py'))
        assert layer.upload_layer_zip_file_to_s3(tmp_path / 'layer.zip') is True
        assert layer.s3_folder_files() == ['layers/my-layer.zip']
        assert layer.create_from_s3()['Version'] == 1
        with pytest.raises((Aws__Not_Found, Aws__Invalid)):
            layer.create_from_s3('layers/other.zip')

    def test_what_the_layer_says_of_itself_arrives(self, session_kwargs):
        layer = Lambda_Layer(
            'l', ['python3.11', 'python3.10'], 'MIT', description='mine', session_kwargs=session_kwargs
        )
        layer.architecture = 'arm64'
        layer.create_from_zip_bytes(zipped('python/a.py'))
        info = layer.info()
        assert (info['Description'], info['LicenseInfo']) == ('mine', 'MIT')
        assert info['CompatibleRuntimes'] == ['python3.11', 'python3.10']
        assert info['CompatibleArchitectures'] == ['arm64']

    def test_a_layer_over_lambda_s_limit_names_what_is_big(self, layer, content, monkeypatch):
        monkeypatch.setattr(Layer_Content, 'MAX_BYTES', 10)
        (content / 'package' / 'big.bin').write_bytes(b'x' * 11)
        with pytest.raises(Zip__Too_Large, match='package 11, tool'):
            layer.create_from_folder(content)
        with pytest.raises(Zip__Too_Large):
            layer.create_from_zip_bytes(zipped('python/a.py'))
        assert not layer.exists()

    def test_a_folder_that_is_not_there(self, layer, tmp_path):
        with pytest.raises(File__Not_Found):
            layer.create_from_folder(tmp_path / 'nowhere')

    def test_what_is_no_zip_is_refused_by_lambda(self, layer):
        with pytest.raises(Aws__Invalid):
            layer.create_from_zip_bytes(b'no zip')

    # ---- from pip

    def test_from_a_package(self, layer, wheels):
        answer = layer.create_from_pip('one')
        assert answer['CompatibleArchitectures'] == ['x86_64']
        assert answer['CompatibleRuntimes'][0] == 'python3.11'
        assert 'python/one/__init__.py' in names(layer.code_zip())

    def test_from_several_packages(self, layer, wheels):
        layer.create_from_pip(['one', 'two==1.0'])
        assert {'python/one/__init__.py', 'python/two/__init__.py'} < set(names(layer.code_zip()))

    def test_packages_that_differ_by_runtime_are_there_for_each(self, session_kwargs, wheels):
        for tag in ('cp312', 'cp313'):
            wheels.add('fast', tag=f'{tag}-{tag}-manylinux_2_28_aarch64')
        layer = Lambda_Layer(
            'l', runtimes=['python3.12', 'python3.13'], architecture='arm64', session_kwargs=session_kwargs
        )
        layer.create_from_pip('fast')
        found = names(layer.code_zip())
        for runtime in layer.runtimes:
            assert f'python/lib/{runtime}/site-packages/fast/__init__.py' in found
        assert names(layer.zip_from_pip('one'))[0].startswith('python/one')

    def test_a_package_without_a_wheel_publishes_nothing(self, layer, wheels):
        wheels.add('fast', tag='cp311-cp311-win_amd64')
        with pytest.raises(Packaging__No_Wheel):
            layer.create_from_pip('fast')
        assert not layer.exists()

    def test_a_function_imports_it(self, layer, wheelhouse, session_kwargs, local_cloud):
        layer.runtimes = [HERE]
        layer.create_from_pip('requests')
        source = 'import requests\ndef run(event, context): return requests.__version__\n'
        data = io.BytesIO()
        with zipfile.ZipFile(data, 'w') as archive:
            archive.writestr('f.py', source)
        function = Lambda('f', session_kwargs=session_kwargs, runtime=HERE, zip_bytes=data.getvalue())
        function.set_role('arn:aws:iam::123456789012:role/r').add_layer(layer.arn_latest())
        assert function.update()['status'] == 'ok'
        assert function.invoke().startswith('2.')

    # ---- look

    def test_a_layer_that_is_not_there(self, layer):
        assert layer.exists() is False
        assert (layer.latest(), layer.latest_version(), layer.arn_latest()) == ({}, None, None)
        assert layer.versions() == []
        assert layer.delete() is False
        for look in (layer.info, layer.content, layer.code_zip, layer.info_by_arn, layer.policy):
            with pytest.raises(Aws__Not_Found, match='my-layer'):
                look()
        with pytest.raises(Aws__Not_Found, match='my-layer'):
            layer.info(3)

    def test_versions_are_listed_newest_first_to_the_end(self, layer):
        for number in range(53):  # more than a page
            layer.create_from_zip_bytes(zipped(f'python/a{number}.py'))
        assert [version['Version'] for version in layer.versions()] == list(range(53, 0, -1))
        assert [version['Version'] for version in layer.versions(max_items=2)] == [53, 52]
        assert next(layer.iterate_versions())['Version'] == layer.latest_version() == 53
        assert names(layer.code_zip(7)) == ['python/a6.py']
        assert layer.delete() is True
        assert layer.exists() is False

    def test_a_version_in_all_its_forms(self, layer):
        layer.create_from_zip_bytes(zipped('python/a.py'))
        layer.create_from_zip_bytes(zipped('python/b.py'))
        assert layer.info() == layer.version() == layer.info(2) == layer.info_by_arn() == layer.version_by_arn()
        assert layer.info(1) == layer.info_by_arn(layer.arn(1))
        assert layer.arn(2) == layer.arn_latest() == layer.latest()['LayerVersionArn']
        assert layer.content(1) == layer.info(1)['Content']
        assert layer.delete_version(2) is True
        assert layer.latest_version() == 1

    @pytest.mark.parametrize(
        ('region', 'partition'), [('eu-west-1', 'aws'), ('cn-north-1', 'aws-cn'), ('us-gov-west-1', 'aws-us-gov')]
    )
    def test_an_arn_is_made_of_its_parts(self, region, partition):
        session = {'endpoint_url': 'http://127.0.0.1:9', 'aws_access_key_id': '123456789012', 'region_name': region}
        arn = Lambda_Layer('l', session_kwargs=session).arn(3)
        assert arn == f'arn:{partition}:lambda:{region}:123456789012:layer:l:3'

    def test_all_layers(self, session_kwargs):
        for name in ('one', 'two'):
            Lambda_Layer(name, session_kwargs=session_kwargs).create_from_zip_bytes(zipped('python/a.py'))
        layer = Lambda_Layer(session_kwargs=session_kwargs)
        assert [found['LayerName'] for found in layer.layers()] == ['one', 'two']
        assert layer.layers(index_by='LayerName')['two']['LatestMatchingVersion']['Version'] == 1
        assert next(layer.iterate_layers())['LayerName'] == 'one'

    def test_a_version_s_policy(self, layer):
        layer.create_from_zip_bytes(zipped('python/a.py'))
        assert layer.policy() == {}
        layer.call(
            'add_layer_version_permission',
            LayerName='my-layer',
            VersionNumber=1,
            StatementId='all',
            Action='lambda:GetLayerVersion',
            Principal='*',
        )
        assert [statement['Sid'] for statement in layer.policy()['Statement']] == ['all']

    # ---- the download

    def test_a_download_stays_on_this_machine(self, layer, monkeypatch):
        monkeypatch.setattr(Lambda_Layer, 'content', lambda *_: {'Location': 'http://example.com/layer.zip'})
        with pytest.raises(Target__Not_Loopback):
            layer.code_zip()

    def test_a_download_that_fails_leaves_no_file(self, layer, monkeypatch, tmp_path, session_kwargs):
        address = urlsplit(session_kwargs['endpoint_url'])
        location = f'http://{address.netloc}/no/such/layer'
        monkeypatch.setattr(Lambda_Layer, 'content', lambda *_: {'Location': location})
        monkeypatch.setattr('tempfile.tempdir', str(tmp_path))
        with pytest.raises(Aws__Connection, match='my-layer'):
            layer.code_zip()
        assert list(tmp_path.iterdir()) == []

    # ---- under moto

    def test_under_mock_aws_too(self, mocked):
        layer = Lambda_Layer('l', runtimes=['python3.12'])
        assert layer.create_from_zip_bytes(zipped('python/a.py'))['Version'] == 1
        layer.create_from_zip_bytes(zipped('python/b.py'))
        assert layer.latest_version() == 2
        assert sorted(version['Version'] for version in layer.versions()) == [1, 2]
        assert layer.delete() is True
