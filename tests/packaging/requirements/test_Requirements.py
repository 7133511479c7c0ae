import pytest

from osbot_lambda.errors import File__Not_Found, Requirement__Invalid
from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform
from osbot_lambda.packaging.requirements.Requirements import Requirements

LOCK = """
    lock-version = "1.0"
    [[packages]]
    name = "six"
    version = "1.17.0"
    wheels = [{url = "https://host/six.whl", hashes = {sha256 = "ab"}}]
    """


class test_Requirements:
    def test_of_a_list(self):
        found = Requirements.of(['Requests >= 2', 'pydantic[email]  # for checks', 'six==1'], origin='set_packages')
        assert found.requirements == ('requests>=2', 'pydantic[email]', 'six==1')
        assert found.pinned == {'requests', 'pydantic', 'six'}
        assert found.origin == 'set_packages'

    @pytest.mark.parametrize('text', ['', '--index-url https://host', '-e .', 'not a name', 'requests=2'])
    def test_refuses(self, text):
        with pytest.raises(Requirement__Invalid):
            Requirements.of([text])

    @pytest.mark.parametrize(
        ('name', 'text'),
        [
            ('requirements-prod.txt', 'six==1.17.0'),
            ('requirements.in', 'six==1.17.0'),
            ('pyproject.toml', '[project]\nname = "x"\ndependencies = ["six==1.17.0"]'),
            ('pylock.toml', LOCK),
            ('pylock.prod.toml', LOCK),
            ('script.py', '# /// script\n# dependencies = ["six==1.17.0"]\n# ///\n'),
        ],
    )
    def test_the_name_tells_the_kind(self, project, name, text):
        found = Requirements.read(project({name: text}) / name)
        assert [line.partition(' ')[0] for line in found.requirements] == ['six==1.17.0']
        assert found.origin.endswith(name)

    @pytest.mark.parametrize('name', ['requirements.txt', 'pyproject.toml', 'uv.lock', 'pylock.toml', 'script.py'])
    def test_a_file_that_is_not_there(self, tmp_path, name):
        with pytest.raises(File__Not_Found, match=f'{name} is not a file'):
            Requirements.read(tmp_path / name)

    def test_other_names_and_misplaced_groups(self, project):
        root = project({'Pipfile': '', 'requirements.txt': 'six', 'script.py': 'pass'})
        with pytest.raises(Requirement__Invalid, match=r'Pipfile: not a known name: requirements\.txt, pyproject'):
            Requirements.read(root / 'Pipfile')
        with pytest.raises(Requirement__Invalid, match=r'requirements\.txt: extras and groups are of a pyproject'):
            Requirements.read(root / 'requirements.txt', groups=['dev'])
        with pytest.raises(Requirement__Invalid, match=r"script\.py: it has no '# /// script' block"):
            Requirements.read(root / 'script.py')

    def test_a_script_for_another_python(self, project):
        script = project({'s.py': 'import os\n# /// script\n# requires-python = ">=3.13"\n# ///\n'}) / 's.py'
        with pytest.raises(Requirement__Invalid, match=r's\.py:2: it requires Python >=3\.13, and the runtime of the'):
            Requirements.read(script, platform=Lambda_Platform('python3.12'))
        assert Requirements.read(script, platform=Lambda_Platform('python3.13')).requirements == ()
