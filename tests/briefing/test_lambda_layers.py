"""Lambda layers."""

import io
import zipfile
from pathlib import Path

import pytest

from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer
from tests.briefing.conftest import zipped


@pytest.fixture
def layer():
    return Lambda_Layer(layer_name='my-layer')


@pytest.fixture
def contents(tmp_path):
    """A folder with one module, which a function is to import."""
    folder = tmp_path / 'contents'
    folder.mkdir()
    (folder / 'in_the_layer.py').write_text('NAME = "contents"\n')
    return str(folder)


def files_of(layer):
    return sorted(zipfile.ZipFile(layer.code_zip()).namelist())


class test_lambda_layers:
    def test_lambda_layer_class(self, layer_arn):
        from osbot_lambda.aws.lambda_.Lambda_Layer import Lambda_Layer

        layer = Lambda_Layer(
            layer_name='my-layer',
            runtimes=['python3.11', 'python3.10'],
            description='My custom layer',
            license_info='MIT',
        )

        assert layer.exists() is False
        layer.create_from_zip_bytes(zipped(**{'python/in_the_layer': ''}))
        info = layer.info()
        assert info['CompatibleRuntimes'] == ['python3.11', 'python3.10']
        assert (info['Description'], info['LicenseInfo']) == ('My custom layer', 'MIT')

    def test_from_folder(self, layer, contents):
        layer.create_from_folder(contents)

        assert files_of(layer) == ['python/in_the_layer.py']

    def test_from_folder_via_s3(self, layer, contents):
        layer_arn = layer.create_from_folder_via_s3(contents)

        assert layer_arn == layer.arn_latest()
        assert layer_arn.endswith(':layer:my-layer:1')
        assert files_of(layer) == ['python/in_the_layer.py']

    def test_from_pip_package(self, layer, wheels):
        result = layer.create_from_pip('requests')

        assert result['LayerVersionArn'] == layer.arn_latest()
        assert 'python/requests/__init__.py' in files_of(layer)

    def test_from_zip_bytes(self, layer, lambda_func):
        zip_bytes = zipped(**{'python/in_the_layer': 'NAME = "zip"\n'})

        layer.create_from_zip_bytes(zip_bytes)

        assert Path(layer.code_zip()).read_bytes() == zip_bytes
        handler = zipped(my_function='from in_the_layer import NAME\n\ndef run(event, context):\n    return NAME\n')
        lambda_func.set_zip_bytes(handler).add_layer(layer.arn_latest()).update()
        assert lambda_func.invoke() == 'zip'

    def test_layer_operations(self, layer):
        zip_bytes = zipped(**{'python/in_the_layer': ''})
        layer.create_from_zip_bytes(zip_bytes)

        # Check existence
        exists = layer.exists()
        assert exists is True

        # Get info
        info = layer.info()
        latest = layer.latest()
        version = layer.latest_version()
        arn = layer.arn_latest()
        assert (info['LayerVersionArn'], latest['LayerVersionArn']) == (arn, arn)
        assert (version, latest['Version']) == (1, 1)

        # List versions
        versions = layer.versions()
        assert [found['Version'] for found in versions] == [1]

        # Delete
        layer.delete()  # All versions
        assert layer.exists() is False
        assert layer.versions() == []
        layer.delete_version(1)  # Specific version

        layer.create_from_zip_bytes(zip_bytes)
        assert layer.latest_version() == 2

        # Download code
        zip_path = layer.code_zip()  # Downloads to temp file
        assert zipfile.ZipFile(io.BytesIO(Path(zip_path).read_bytes())).namelist() == ['python/in_the_layer.py']

    def test_list_all_layers(self, layer, layer_arn):
        arns = {name: layer_arn(name) for name in ('layer1', 'layer2')}

        all_layers = layer.layers()
        by_name = layer.layers(index_by='LayerName')

        assert sorted(found['LayerName'] for found in all_layers) == ['layer1', 'layer2']
        assert by_name['layer1']['LatestMatchingVersion']['LayerVersionArn'] == arns['layer1']
