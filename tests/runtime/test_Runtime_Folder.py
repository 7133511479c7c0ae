import subprocess
import sys

import pytest

from osbot_lambda.errors import Runtime__Start_Failed
from osbot_lambda.runtime.Runtime_Folder import Runtime_Folder


class test_Runtime_Folder:
    def test_it_holds_the_runtime_and_boto3_with_their_metadata(self, tmp_path):
        folder = Runtime_Folder(tmp_path / 'runtime')
        folder.make()
        folder.make()
        names = {path.name.partition('-')[0].partition('.')[0] for path in folder.folder.iterdir()}
        assert names >= {
            *Runtime_Folder.CLIENT,
            *Runtime_Folder.BUNDLED,
            'runtime_client',
            'bootstrap',
            'python_dateutil',
        }
        assert list(folder.folder.glob('botocore-*.dist-info/METADATA'))
        folder.remove()
        assert not folder.folder.exists()

    def test_what_it_links_is_not_imported_nor_removed(self, tmp_path):
        code = (
            'import sys; from pathlib import Path\n'
            'import osbot_lambda.runtime.Invoker\n'
            'from osbot_lambda.runtime.Runtime_Folder import Runtime_Folder\n'
            f'folder = Runtime_Folder(Path({str(tmp_path)!r}) / "runtime"); folder.make(); folder.remove()\n'
            'loaded = {"boto3", "botocore", "awslambdaric", "simplejson", "moto", "osbot_utils"} & set(sys.modules)\n'
            'assert not loaded, loaded\n'
            'import boto3, awslambdaric'
        )
        subprocess.run([sys.executable, '-c', code], check=True)

    def test_a_module_that_calls_itself_a_package_is_linked_alone(self, tmp_path):
        import six

        assert six.__spec__.submodule_search_locations == []  # what it says of itself once it is imported
        folder = Runtime_Folder(tmp_path / 'runtime')
        folder.make()
        assert (folder.folder / 'six.py').is_file()
        assert not (folder.folder / 'site-packages').exists()
        folder.remove()

    def test_without_the_runtime_interface_client_it_says_what_to_install(self, tmp_path, monkeypatch):
        monkeypatch.setattr(Runtime_Folder, 'CLIENT', ('no_such_client',))
        with pytest.raises(Runtime__Start_Failed, match=r'no_such_client not found: .*pip install awslambdaric'):
            Runtime_Folder(tmp_path).make()
