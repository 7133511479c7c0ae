import pytest

from osbot_lambda.errors import File__Not_Found
from osbot_lambda.packaging.requirements.Project_Folder import Project_Folder

NAMED = '[project]\nname = "My-App"\nversion = "1.2"\n'


class test_Project_Folder:
    @pytest.mark.parametrize(
        ('files', 'expected'),
        [
            (['src/my_app/__init__.py', 'src/ns/deep/a.py', 'src/one.py', 'src/empty/x.txt', 'my_app/no.py'], None),
            (['my_app/__init__.py', 'my_app/a.json', 'other/__init__.py', 'setup.py', 'tests/__init__.py'], None),
            (['my_app.py', 'other.py'], ['my_app.py']),
            (['lib_a/__init__.py', 'lib_b.py', 'tests/__init__.py', 'docs/x.py', 'setup.py', 'conftest.py'], None),
        ],
        ids=['src', 'named as the project', 'one file', 'flat'],
    )
    def test_layouts(self, project, files, expected):
        root = project({'pyproject.toml': NAMED, **dict.fromkeys(files, '')})
        found = [path for path, _ in Project_Folder(root).distribution().files]
        told = {
            'src/my_app/__init__.py': ['my_app/__init__.py', 'ns/deep/a.py', 'one.py'],
            'my_app/__init__.py': ['my_app/__init__.py', 'my_app/a.json'],
            'lib_a/__init__.py': ['lib_a/__init__.py', 'lib_b.py'],
        }
        assert found == (expected or told[files[0]])

    @pytest.mark.parametrize(
        'toml',
        [
            '[tool.hatch.build.targets.wheel]\npackages = ["code/pkg"]',
            '[tool.setuptools.packages.find]\nwhere = ["code"]',
            '[tool.setuptools.package-dir]\n"" = "code"',
        ],
        ids=['hatch', 'setuptools find', 'setuptools package-dir'],
    )
    def test_layouts_that_are_configured(self, project, toml):
        root = project({'pyproject.toml': NAMED + toml, 'code/pkg/__init__.py': '', 'my_app/__init__.py': ''})
        assert [path for path, _ in Project_Folder(root).distribution().files] == ['pkg/__init__.py']

    def test_name_and_version(self, project):
        one = Project_Folder(project({'pyproject.toml': NAMED}, 'a'))
        assert (one.name, one.version, one.distribution()) == ('my-app', '1.2', None)
        two = Project_Folder(project({'setup.cfg': '[metadata]\nname = My.App\nversion = attr: my_app.version'}, 'b'))
        assert (two.name, two.version, two.needs()) == ('my-app', '0', None)
        three = Project_Folder(project({'pyproject.toml': '[tool.poetry]\nname = "p"\nversion = "3"'}, 'c'))
        assert (three.name, three.version, three.needs()) == ('p', '3', None)

    def test_caches_and_keys_stay(self, project):
        root = project({'pyproject.toml': NAMED, 'my_app/__init__.py': '', 'my_app/.env': '', 'my_app/x.pyc': b''})
        assert [path for path, _ in Project_Folder(root).distribution().files] == ['my_app/__init__.py']

    def test_no_folder(self, tmp_path):
        with pytest.raises(File__Not_Found, match='nowhere is not a folder'):
            Project_Folder(tmp_path / 'nowhere')
