import pytest

from osbot_lambda.config.Project_Config import Project_Config
from osbot_lambda.errors import Config__Error


@pytest.fixture
def project(tmp_path):
    def write(text: str):
        (tmp_path / 'pyproject.toml').write_text(text)
        return tmp_path

    return write


class test_Project_Config:
    def test_is_read_from_the_nearest_file_upward(self, project):
        folder = project('[tool.osbot-lambda]\ntarget = "aws"\nregion = "eu-west-2"\nprofile = "work"\n')
        below = folder / 'src' / 'deep'
        below.mkdir(parents=True)
        config = Project_Config.load(below)
        assert (config.target, config.region, config.profile) == ('aws', 'eu-west-2', 'work')
        assert config.came_from('target') == f'target in [tool.osbot-lambda] of {folder / "pyproject.toml"}'

    def test_a_nearer_file_hides_one_further_up(self, project):
        folder = project('[tool.osbot-lambda]\ntarget = "aws"\n')
        (folder / 'inner').mkdir()
        (folder / 'inner' / 'pyproject.toml').write_text('[project]\nname = "x"\n')
        assert Project_Config.load(folder / 'inner').target is None

    def test_the_current_folder_is_where_it_starts(self, project, monkeypatch):
        monkeypatch.chdir(project('[tool.osbot-lambda]\ntarget = "aws"\n'))
        assert Project_Config.load().target == 'aws'

    def test_an_edit_is_seen(self, project):
        folder = project('[tool.osbot-lambda]\nregion = "eu-west-1"\n')
        assert Project_Config.load(folder).region == 'eu-west-1'
        project('[tool.osbot-lambda]\nregion = "ap-southeast-2"\n')
        assert Project_Config.load(folder).region == 'ap-southeast-2'

    @pytest.mark.parametrize(
        ('text', 'message'),
        [
            ('[tool.osbot-lambda]\ntraget = "aws"', "'traget' in .* did you mean 'target'"),
            ('[tool.osbot-lambda]\nzzz = "aws"', 'it has profile, region, target'),
            ('[tool.osbot-lambda]\ntarget = 5', 'target in .* is 5, and must be text'),
            ('[tool.osbot-lambda]\ntarget = ""', "target in .* is '', and must be text"),
            ('[tool]\nosbot-lambda = "aws"', 'is not a table'),
            ('[tool.osbot-lambda\n', 'is not TOML'),
        ],
        ids=['misspelt', 'unknown', 'number', 'empty', 'no table', 'no TOML'],
    )
    def test_what_cannot_be_used_is_said(self, project, text, message):
        folder = project(text)
        with pytest.raises(Config__Error, match=message):
            Project_Config.load(folder)
