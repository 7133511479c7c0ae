import sys

import pytest

from osbot_lambda.deploy.Deploy_Lambda import Deploy_Lambda
from osbot_lambda.errors import Deploy__Nothing_To_Deploy, Import_Check__Failed
from tests.deploy.Fake_Cloud import Fake_Cloud, Fake_Session
from tests.Wheel_Folder import Wheel_Folder

HERE = f'python3.{sys.version_info[1]}'


@pytest.fixture
def cloud():
    return Fake_Cloud()


@pytest.fixture
def app(tmp_path):
    folder = tmp_path / 'app'
    folder.mkdir()
    (folder / 'api.py').write_text('import helper\ndef run(event, context): return 1\n')
    (folder / 'helper.py').write_text('X = 1\n')
    return folder


@pytest.fixture
def deploy(cloud, app):
    return Deploy_Lambda('api.run', source_roots=[app], session_kwargs=Fake_Session(cloud))


class test_Deploy_Lambda__Reports:
    def test_the_size_report_is_of_what_would_be_deployed(self, deploy, cloud):
        report = deploy.size_report()
        build = deploy.build()
        assert {row.path for row in report.rows} == {'api.py', 'helper.py'}
        assert report.zipped == len(build.package.zip_bytes())
        assert report.unpacked == build.package.size()
        assert str(report).startswith('api: ')
        assert cloud.calls == []

    def test_a_package_that_imports(self, deploy, cloud):
        result = deploy.check_imports()
        assert result.ok
        assert result.handler == 'api.run'
        assert cloud.calls == []

    def test_a_package_that_does_not_import_raises_and_nothing_is_called(self, deploy, app, cloud):
        (app / 'helper.py').write_text('\nimport no_such_tea\n')
        with pytest.raises(Import_Check__Failed, match=r"helper\.py:2 imports 'no_such_tea'") as it:
            deploy.check_imports()
        assert it.value.module == 'no_such_tea'
        assert cloud.calls == []

    def test_deploy_with_a_check_uploads_nothing_that_does_not_import(self, deploy, app, cloud):
        (app / 'helper.py').write_text('\nimport no_such_tea\n')
        with pytest.raises(Import_Check__Failed):
            deploy.deploy(check=True)
        assert cloud.writes == []

    def test_the_functions_variables_and_handler_count(self, deploy, app):
        (app / 'helper.py').write_text('import os\nX = os.environ["TABLE"]\n')
        assert deploy.check_imports().failure.kind == 'exception'
        assert deploy.set_env_variables({'TABLE': 'tea'}).check_imports().ok

    def test_the_named_runtime_counts(self, deploy):
        assert 'no Python 3.77' in deploy.set_runtime('python3.77').check_imports().skipped

    def test_the_layer_of_packages_is_imported_too(self, deploy, app, tmp_path, monkeypatch):
        Wheel_Folder(tmp_path / 'wheels').add('tea').use(monkeypatch)
        (app / 'helper.py').write_text('import tea\n')
        deploy.set_packages_using_layer(['tea'])
        assert deploy.check_imports().ok
        assert 'tea (layer packages)' in deploy.size_report().tree.children

    def test_the_import_report_is_of_what_would_be_deployed(self, deploy, cloud):
        report = deploy.import_report()
        assert [(one.module, one.distribution) for one in report.times] == [
            ('helper', 'your code'),
            ('api', 'your code'),
        ]
        assert report.package_bytes == deploy.size_report().zipped
        assert cloud.calls == []

    @pytest.mark.parametrize('method', ['size_report', 'check_imports', 'import_report'])
    def test_a_container_image_has_its_own_files(self, method, deploy):
        deploy.set_container_image('123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:1')
        with pytest.raises(Deploy__Nothing_To_Deploy, match='is a container image: its files are not known here'):
            getattr(deploy, method)()
