import pytest

from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency import Lambda__Dependency
from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Aws__Connection

INSIDE = """
from osbot_lambda.aws.lambda_.dependencies.Lambda__Dependency__Inside_Lambda import Lambda__Dependency__Inside_Lambda

Lambda__Dependency__Inside_Lambda(package_name='requests').load()

import requests, charset_normalizer

def run(event, context):
    return [requests.__version__, requests.__file__, charset_normalizer.from_bytes('zwölf'.encode()).best().encoding]
"""


class test_Lambda__Dependency:
    def test_a_function_loads_a_package_of_the_index(self, wheelhouse, session_kwargs, tmp_path):
        done = Lambda__Dependency('requests', session_kwargs).install_and_upload()
        assert (done.result__already_existed, done.result__install_locally, done.result__upload_to_s3) == (
            False,
            True,
            True,
        )
        (tmp_path / 'code').mkdir()
        (tmp_path / 'code' / 'inside.py').write_text(INSIDE)
        deploy = Deploy_Lambda('inside.run', source_roots=[tmp_path / 'code'], session_kwargs=session_kwargs)
        deploy.add_osbot_aws().deploy()
        version, file, encoding = deploy.invoke()
        assert version.startswith('2.')
        assert '/osbot-lambda__dependencies__inside-lambda/requests/requests/' in file
        assert encoding == 'utf_8'  # charset_normalizer came along, compiled as it is

    def test_it_is_installed_and_uploaded_once(self, wheels, session_kwargs):
        dependency = Lambda__Dependency('one', session_kwargs)
        first, second = dependency.install_and_upload(), dependency.install_and_upload()
        assert (first.s3_key, first.sha256) == ('lambdas-dependencies/one.zip', second.sha256)
        assert (second.result__already_existed, second.result__upload_to_s3) == (True, False)
        assert (first.duration__install_locally > 0, second.duration__install_locally) == (True, 0)
        wheels.add('one', version='2.0')
        third = dependency.install_and_upload(refresh=True)
        assert (third.result__upload_to_s3, third.sha256 != first.sha256) == (True, True)
        assert 'one-2.0.dist-info/METADATA' in dependency.dependency__s3.files__paths()

    def test_another_runtime_is_uploaded_anew(self, wheels, session_kwargs):
        Lambda__Dependency('one', session_kwargs, runtime='python3.12').install_and_upload()
        assert Lambda__Dependency('one', session_kwargs, runtime='python3.13').install_and_upload().result__upload_to_s3

    def test_both_sides_are_of_the_same_package_and_cloud(self, session_kwargs, tmp_path):
        settings = {'runtime': 'python3.12', 'architecture': 'arm64', 'temp_folder': str(tmp_path)}
        dependency = Lambda__Dependency('one', session_kwargs, **settings)
        for side in (dependency.dependency__local, dependency.dependency__s3):
            assert side.session is dependency.session
            assert {name: getattr(side, name) for name in settings} == settings
            assert side.package_name == dependency.package_name == 'one'
        assert dependency.dependency__local is dependency.dependency__local

    def test_a_cloud_that_does_not_answer_is_said(self):
        nowhere = {'endpoint_url': 'http://127.0.0.1:9', 'region_name': 'us-east-1', 'max_attempts': 1}
        with pytest.raises(Aws__Connection):
            Lambda__Dependency('one', {**nowhere, 'aws_access_key_id': '123456789012'}).install_and_upload()
