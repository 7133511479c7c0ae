import tempfile
from pathlib import Path

import pytest

from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Project_Requirements import Project_Requirements
from osbot_lambda.packaging.requirements.Pylock_Toml import Pylock_Toml
from osbot_lambda.packaging.requirements.Uv_Lock import Uv_Lock


class test_Project_Requirements:
    @pytest.mark.parametrize('name', ['requirements.txt', 'pyproject.toml', 'uv.lock', 'pylock.toml'])
    def test_the_nearest_folder_upward(self, project, name):
        text = '[project]\nname = "x"' if name == 'pyproject.toml' else ''
        root = project({name: text, 'src/app/main.py': '', '../requirements.txt': ''})
        assert Project_Requirements.find(root / 'src/app/main.py').folder == root
        assert Project_Requirements.find(root / 'src').folder == root
        assert Project_Requirements.find(root).origin == name

    def test_not_above_the_root_of_version_control(self, project):
        root = project({'.git/HEAD': '', 'app/main.py': '', '../requirements.txt': ''})
        assert Project_Requirements.find(root / 'app').folder is None

    def test_not_what_lies_about_in_shared_folders(self, project, monkeypatch):
        root = project({'requirements.txt': 'six', 'app/main.py': ''})
        monkeypatch.setattr(tempfile, 'tempdir', str(root))
        assert Project_Requirements.find(root / 'app').folder is None
        assert Project_Requirements.find(root).folder == root  # but when it is named
        monkeypatch.setattr(tempfile, 'tempdir', None)
        monkeypatch.setenv('HOME', str(root))
        assert Path.home() == root
        assert Project_Requirements.find(root / 'app').folder is None

    def test_a_pyproject_that_only_configures_tools_is_passed_by(self, project):
        root = project({'requirements.txt': 'six', 'functions/pyproject.toml': '[tool.ruff]\nline-length = 100'})
        assert Project_Requirements.find(root / 'functions').folder == root

    def test_no_project(self):
        none = Project_Requirements()
        assert (none.folder, none.own, none.declared, none.lock, none.origin) == (None, [], {}, None, '')
        assert (none.index_options, none.constraints) == ((), ())

    def test_what_it_declares(self, project):
        root = project(
            {
                'pyproject.toml': """
                    [project]
                    name = "x"
                    dependencies = ["requests[socks]"]
                    optional-dependencies = {web = ["flask"]}
                    [dependency-groups]
                    dev = ["pytest", "requests==1"]
                    """,
                'requirements.txt': '-i https://mirror/simple\n-c limits.txt\nrequests==2.34.2\nidna==3',
                'limits.txt': 'certifi<2027',
            }
        )
        found = Project_Requirements.find(root)
        assert [str(line) for line in found.own] == ['requests[socks]']
        assert {name: str(line) for name, line in found.declared.items()} == {
            'requests': 'requests[socks]',
            'idna': 'idna==3',
            'flask': 'flask',
            'pytest': 'pytest',
        }
        assert found.index_options == ('--index-url https://mirror/simple',)
        assert found.constraints == ('certifi<2027',)

    def test_its_lock(self, project):
        uv = 'version = 1\n[[package]]\nname = "app"\nsource = { virtual = "." }\n'
        pylock = 'lock-version = "1.0"\n'
        assert isinstance(Project_Requirements.find(project({'uv.lock': uv, 'pylock.toml': pylock}, 'a')).lock, Uv_Lock)
        assert isinstance(Project_Requirements.find(project({'pylock.toml': pylock}, 'b')).lock, Pylock_Toml)
        assert Project_Requirements.find(project({'requirements.txt': ''}, 'c')).lock is None

    def test_the_lock_of_its_workspace(self, project):
        uv = """
            version = 1
            [manifest]
            members = ["a"]
            [[package]]
            name = "a"
            source = { editable = "packages/a" }
            dependencies = [{ name = "six" }]
            [[package]]
            name = "six"
            version = "1"
            source = { registry = "https://pypi.org/simple" }
            """
        root = project(
            {
                'uv.lock': uv,
                'packages/a/pyproject.toml': '[project]\nname = "a"',
                'packages/b/pyproject.toml': '[project]\nname = "b"',
            }
        )
        lock = Project_Requirements.find(root / 'packages/a').lock
        assert lock.requirements(Lambda_Platform('python3.12')).requirements == ('six==1',)
        assert Project_Requirements.find(root / 'packages/b').lock is None  # not a member
