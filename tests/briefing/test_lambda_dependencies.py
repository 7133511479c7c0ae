"""Lambda dependencies."""

import pytest

from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency import Lambda__Dependency
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda

INSIDE = """
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Inside_Lambda import Lambda__Dependency__Inside_Lambda

# Load a package from S3 into the Lambda environment
Lambda__Dependency__Inside_Lambda(package_name='pandas').load()

# Now you can import pandas
import pandas as pd

def run(event, context):
    return [pd.__version__, pd.__file__]
"""

HELPER = """
from osbot_lambda.aws.lambda_.boto3__lambda import load_dependency, load_dependencies

# Load single package
load_dependency('requests')

# Load multiple packages
load_dependencies(['requests', 'pandas', 'numpy'])

import requests, pandas, numpy

def run(event, context):
    return [module.__version__ for module in (requests, pandas, numpy)]
"""


@pytest.fixture
def function(tmp_path):
    """function(source): what a function of this source answers; it has this package, and osbot_utils, in its zip."""

    def make(source):
        folder = tmp_path / 'inside'
        folder.mkdir()
        (folder / 'inside.py').write_text(source)
        deploy = Deploy_Lambda('inside.run', source_roots=[folder]).add_osbot_aws()
        deploy.deploy()
        return deploy

    return make


class test_lambda_dependencies:
    def test_inside_lambda_function(self, wheels, function):
        Lambda__Dependency('pandas').install_and_upload()

        version, file = function(INSIDE).invoke()

        assert version == '1.0'
        assert file.startswith('/tmp/')

    def test_using_boto3_helper(self, wheels, function):
        for name in ('requests', 'pandas', 'numpy'):
            Lambda__Dependency(name).install_and_upload()

        assert function(HELPER).invoke() == ['1.0', '1.0', '1.0']

    def test_upload_dependencies_to_s3(self, wheels):
        from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency import Lambda__Dependency

        dep = Lambda__Dependency('pandas')

        # Install locally
        dep.dependency__local.install()

        # Upload to S3
        zip_bytes = dep.dependency__local.files__zipped()
        dep.dependency__s3.upload(zip_bytes)

        assert dep.dependency__s3.exists()
        assert dep.dependency__s3.bytes() == zip_bytes
        assert 'pandas/__init__.py' in dep.dependency__s3.files__paths()
